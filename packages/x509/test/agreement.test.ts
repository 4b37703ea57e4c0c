// How much of CPython's decoder this is: the same dictionary, or a refusal on both sides.
// SSLKIT_MUTANTS sets how many mutants are tried, else SSLKIT_THOROUGH; SSLKIT_SEED from which number they come.

import { scale } from '@sslkit/test-support/thorough.ts';
import { describe, expect, test } from 'vitest';
import { CertificateDecodeError, decodeCertificate } from '../src/index.ts';
import { asCPythonPrints, cpythonAvailable, decodeWithCPython, type Verdict } from './support/cpython-decoder.ts';
import { mutate, randomFrom } from './support/mutator.ts';
import { builtSeeds, limboCertificates, machineRoots } from './support/seed-certificates.ts';

/** Decodes, and lets through every error that decoding must not throw. */
function decodeOwn(der: Uint8Array): Verdict {
  try {
    return asCPythonPrints(decodeCertificate(der));
  } catch (error) {
    if (error instanceof CertificateDecodeError) return null;
    throw error;
  }
}

interface Disagreement {
  der: Uint8Array;
  own: string;
  cpython: string;
}

/** The order of keys counts too, so texts are compared. */
function compare(certificates: readonly Uint8Array[], together: number): Disagreement[] {
  const verdicts = decodeWithCPython(certificates, together);
  return certificates.flatMap((der, index) => {
    const [own, cpython] = [JSON.stringify(decodeOwn(der)), JSON.stringify(verdicts[index])];
    return own === cpython ? [] : [{ der, own, cpython }];
  });
}

/** Asks again, each in a process of its own, for those that seem to differ. */
function disagreements(certificates: readonly Uint8Array[]): { der: string; own: string; cpython: string }[] {
  const doubtful = compare(certificates, 50).map(({ der }) => der);
  return compare(doubtful, 1).map((found) => ({ ...found, der: Buffer.from(found.der).toString('base64') }));
}

describe.skipIf(!cpythonAvailable)('beside CPython (needs python3 on OpenSSL 3.0)', () => {
  test.skipIf(machineRoots.length === 0)('every root of this machine decodes alike (needs /etc/ssl/certs)', () => {
    expect(disagreements(machineRoots)).toEqual([]);
  });

  test.skipIf(process.env['SSLKIT_VECTORS'] === undefined)(
    'every certificate of x509-limbo decodes alike (needs SSLKIT_VECTORS)',
    () => {
      const certificates = limboCertificates();
      expect(certificates.length).toBeGreaterThan(300);
      expect(disagreements(certificates)).toEqual([]);
    },
    60_000,
  );

  test('certificates with one of everything decode alike', () => {
    expect(disagreements(builtSeeds)).toEqual([]);
  });

  const count = Number(process.env['SSLKIT_MUTANTS'] ?? scale(5000, 400));
  const seed = Number(process.env['SSLKIT_SEED'] ?? 1);
  test(
    `of ${count} mutants from seed ${seed}, 99.5 % or more decode alike`,
    () => {
      const random = randomFrom(seed);
      const seeds = [...machineRoots, ...limboCertificates().slice(0, 200)];
      const mutants = Array.from({ length: count }, () => {
        // Half from the certificates with one of everything: roots have little that can be misread.
        const from = random() < 0.5 || seeds.length === 0 ? builtSeeds : seeds;
        return mutate(from[Math.floor(random() * from.length)] as Uint8Array, random);
      });
      const found = disagreements(mutants);
      if (found.length > 0) console.log(`${found.length} of ${count} differ; the first:`, found.slice(0, 3));
      expect(1 - found.length / count).toBeGreaterThanOrEqual(0.995);
    },
    20_000 + count * 10,
  );
});
