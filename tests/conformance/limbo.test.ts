import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CERT_NONE,
  CERT_REQUIRED,
  OPENSSL_VERSION_NUMBER,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  VERIFY_X509_PARTIAL_CHAIN,
  VERIFY_X509_STRICT,
} from '@sslkit/context';
import { SSLCertVerificationError, SSLError } from '@sslkit/errors';
import { describe, expect, test } from 'vitest';
import { takeCertificate } from '../support/certificates.ts';
import { collectHandshakeErrors, makeMemoryPair } from '../support/memory-pair.ts';

/** A case of x509-limbo, as far as it is used here. */
interface LimboCase {
  readonly id: string;
  /** Whose certificate is judged. */
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly peer_certificate_key: string | null;
  readonly expected_peer_name: { readonly value: string } | null;
}

/** What CPython answered: a verify code with its text, or why the case was not run. */
interface PythonResult {
  readonly id: string;
  readonly actual_result: 'SUCCESS' | 'FAILURE' | 'SKIPPED';
  readonly context: string | null;
}

const folder = process.env['SSLKIT_VECTORS'];
const FLAG_SETS = [
  ['python-3.11-defaults', 0],
  ['python-3.13-flags', VERIFY_X509_STRICT | VERIFY_X509_PARTIAL_CHAIN],
] as const;
/** Python's harness says so where the certificate could not even be shown. */
const CANNOT_LOAD = /^peer cannot load chain: \[(?:\w+): (?<reason>\w+)\]/;

if (folder === undefined) {
  test.skip('CPython’s verdicts on x509-limbo (skipped: SSLKIT_VECTORS is not set)', () => {});
} else {
  const cases = new Map(readCases(folder).map((one) => [one.id, one]));

  describe.each(FLAG_SETS)('x509-limbo as %s', (name, flags) => {
    const results = readResults(folder, name);
    const decided = results.filter(({ actual_result }) => actual_result !== 'SKIPPED');
    const unloadable = results.filter(({ context }) => CANNOT_LOAD.test(context ?? ''));

    test('the results cover the cases', () => {
      expect(results.map(({ id }) => id).sort()).toEqual([...cases.keys()].sort());
      expect(decided.length).toBeGreaterThan(150);
    });

    test.each(decided)('$id: $actual_result $context', async ({ id, actual_result, context }) => {
      expect(await judge(takeCase(id), flags)).toEqual({ actual_result, context });
    });

    for (const { id, context } of unloadable) {
      // Newer versions load such a certificate without a word, and the handshake refuses it.
      const newer = context?.includes('INVALID_CERTIFICATE') && OPENSSL_VERSION_NUMBER >= 0x30200000;
      test.skipIf(newer)(`${id}: ${context}${newer ? ' (skipped: OpenSSL 3.0 alone looks there)' : ''}`, async () => {
        const reason = CANNOT_LOAD.exec(context ?? '')?.groups?.['reason'];
        await expect(judge(takeCase(id), flags)).rejects.toMatchObject({ reason });
      });
    }
  });

  function takeCase(id: string): LimboCase {
    const found = cases.get(id);
    if (found === undefined) throw new Error(`No case ${id}`);
    return found;
  }
}

/**
 * Shakes hands as a case says and words the verdict as the result files do.
 *
 * @throws SSLError where the peer cannot load its own certificate.
 */
async function judge(limbo: LimboCase, flags: number): Promise<Pick<PythonResult, 'actual_result' | 'context'>> {
  const judgesClient = limbo.validation_kind === 'CLIENT';
  const client = new SSLContext(PROTOCOL_TLS_CLIENT);
  const server = new SSLContext(PROTOCOL_TLS_SERVER);
  const [judging, judged] = judgesClient ? [server, client] : [client, server];
  judged.loadCertChain({
    cert: [limbo.peer_certificate, ...limbo.untrusted_intermediates].join('\n'),
    key: limbo.peer_certificate_key ?? '',
  });
  judging.checkHostname = !judgesClient && limbo.expected_peer_name !== null;
  judging.verifyMode = CERT_REQUIRED;
  judging.verifyFlags |= flags;
  if (limbo.trusted_certs.length > 0) judging.loadVerifyLocations({ cadata: limbo.trusted_certs.join('\n') });
  if (judgesClient) {
    const { chainPem, privateKeyPem } = await takeCertificate('server');
    server.loadCertChain({ cert: chainPem, key: privateKeyPem });
    client.checkHostname = false;
    client.verifyMode = CERT_NONE;
  }
  const pair = makeMemoryPair(client, server, {
    client: { serverHostname: judgesClient ? 'localhost' : (limbo.expected_peer_name?.value ?? null) },
  });
  const errors = collectHandshakeErrors(pair);
  // The side that judges explains; the other one only where no certificate came to be judged.
  const [first, second] = judgesClient ? [errors.server, errors.client] : [errors.client, errors.server];
  return wordVerdict(first, second);
}

function wordVerdict(first: unknown, second: unknown): Pick<PythonResult, 'actual_result' | 'context'> {
  if (first === undefined && second === undefined) return { actual_result: 'SUCCESS', context: null };
  if (first instanceof SSLCertVerificationError) {
    return { actual_result: 'FAILURE', context: `${first.verifyCode} ${first.verifyMessage}` };
  }
  if (second instanceof SSLError) return { actual_result: 'FAILURE', context: `SSLError ${second.reason}` };
  throw first;
}

function readCases(folder: string): LimboCase[] {
  const json = gunzipSync(readFileSync(join(folder, 'x509-limbo-core.json.gz'))).toString('utf8');
  return (JSON.parse(json) as { testcases: LimboCase[] }).testcases;
}

function readResults(folder: string, name: string): PythonResult[] {
  const json = readFileSync(join(folder, `x509-limbo-core.${name}.json`), 'utf8');
  return (JSON.parse(json) as { results: PythonResult[] }).results;
}
