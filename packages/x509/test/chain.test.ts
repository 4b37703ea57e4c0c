import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scale } from '@sslkit/test-support/thorough.ts';
import {
  buildChain,
  type CreatedCertificate,
  createCertificate,
  createCertificateAuthority,
  readPemBundle,
} from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { certificateWith, hex } from './support/der-builder.ts';
import { processorTime } from './support/processor-time.ts';

const year = 365 * 24 * 3600 * 1000;
const ders = (certificates: readonly CreatedCertificate[]) => certificates.map(({ certificate }) => certificate);

describe('a chain of three', () => {
  let root: CreatedCertificate;
  let intermediate: CreatedCertificate;
  let leaf: CreatedCertificate;
  let stranger: CreatedCertificate;
  beforeAll(async () => {
    root = await createCertificateAuthority({ subject: { commonName: 'Root' } });
    intermediate = await createCertificateAuthority({ authority: root, subject: { commonName: 'Intermediate' } });
    leaf = await createCertificate({ authority: intermediate, names: ['example.com'] });
    stranger = await createCertificateAuthority();
  });

  test('is put in order, with the places in the pool', () => {
    const chain = buildChain(leaf.certificate, ders([stranger, root, leaf, intermediate]));
    expect(chain).toEqual({
      certificates: ders([leaf, intermediate, root]),
      positions: [3, 1],
      status: 'complete',
      missingIssuer: null,
      missingKeyIdentifier: null,
      unreadable: [],
    });
  });

  test('without its root names the issuer that is missing, with its key', () => {
    const chain = buildChain(leaf.certificate, ders([stranger, intermediate]));
    expect(chain.status).toBe('missing-issuer');
    expect(chain.certificates).toEqual(ders([leaf, intermediate]));
    expect(chain.missingIssuer).toEqual([[['commonName', 'Root']]]);
    expect(chain.missingKeyIdentifier).toMatch(/^[0-9A-F]{40}$/);
  });

  test('without its intermediate is the leaf alone', () => {
    const chain = buildChain(leaf.certificate, ders([root]));
    expect(chain).toMatchObject({
      status: 'missing-issuer',
      positions: [],
      missingIssuer: [[['commonName', 'Intermediate']]],
    });
  });

  test('is read where a name is empty with a padded length, which counts on what follows', () => {
    const nameless = certificateWith({ issuer: hex('308100'), subject: hex('308100') });
    expect(buildChain(nameless, [])).toMatchObject({ status: 'complete', certificates: [nameless] });
  });

  test('of a root is the root', () => {
    expect(buildChain(root.certificate, [])).toMatchObject({ status: 'complete', certificates: [root.certificate] });
  });

  test('is built from the blocks of a PEM bundle', () => {
    const { certificates } = readPemBundle(root.certificatePem + intermediate.certificatePem + leaf.certificatePem);
    const [, , last] = certificates;
    expect(last && buildChain(last, certificates).certificates).toEqual(ders([leaf, intermediate, root]));
  });

  test('is built beside things in the pool that are no certificates, which are told', () => {
    const chain = buildChain(leaf.certificate, [new Uint8Array(3), ...ders([intermediate, root])]);
    expect(chain.status).toBe('complete');
    expect(chain.positions).toEqual([1, 2]);
    expect(chain.unreadable).toMatchObject([{ position: 0, error: { name: 'CertificateDecodeError' } }]);
  });

  test('does not take an issuer of the right name with another key', async () => {
    const impostor = await createCertificateAuthority({ subject: { commonName: 'Intermediate' } });
    expect(buildChain(leaf.certificate, ders([impostor, root])).status).toBe('missing-issuer');
    expect(buildChain(leaf.certificate, ders([impostor, intermediate, root])).positions).toEqual([1, 2]);
  });

  test('a leaf that is no certificate is an error of decoding', () => {
    expect(() => buildChain(new Uint8Array(3), [])).toThrow(
      expect.objectContaining({ name: 'CertificateDecodeError' }),
    );
  });

  test('a text for the leaf or a number in the pool is a TypeError', () => {
    expect(() => buildChain('leaf' as unknown as Uint8Array, [])).toThrow(TypeError);
    expect(() => buildChain(leaf.certificate, [1 as unknown as Uint8Array])).toThrow(TypeError);
    expect(() => buildChain(leaf.certificate, undefined as unknown as [])).toThrow(TypeError);
  });
});

describe('cross-signed authorities', () => {
  let oldRoot: CreatedCertificate;
  let newRoot: CreatedCertificate;
  let leaf: CreatedCertificate;
  const crossSign = (options: { notBefore?: Date; notAfter?: Date } = {}) =>
    createCertificateAuthority({
      authority: oldRoot,
      subject: { commonName: 'New' },
      privateKey: newRoot.privateKey,
      ...options,
    });
  beforeAll(async () => {
    oldRoot = await createCertificateAuthority({ subject: { commonName: 'Old' } });
    newRoot = await createCertificateAuthority({ subject: { commonName: 'New' } });
    leaf = await createCertificate({ authority: newRoot, names: ['example.com'] });
  });

  test('the shortest way to a root is taken', async () => {
    const cross = await crossSign();
    expect(buildChain(leaf.certificate, ders([oldRoot, cross, newRoot])).positions).toEqual([2]);
    expect(buildChain(leaf.certificate, ders([oldRoot, cross])).positions).toEqual([1, 0]);
  });

  test('a longer way of valid certificates is taken before an expired one', async () => {
    const cross = await crossSign();
    const expired = await createCertificateAuthority({
      subject: { commonName: 'New' },
      privateKey: newRoot.privateKey,
      notBefore: new Date(Date.now() - 2 * year),
      notAfter: new Date(Date.now() - year),
    });
    const pool = ders([expired, oldRoot, cross]);
    expect(buildChain(leaf.certificate, pool).positions).toEqual([2, 1]);
    expect(buildChain(leaf.certificate, pool, { at: new Date(Date.now() - 1.5 * year) }).positions).toEqual([0]);
    expect(buildChain(leaf.certificate, [expired.certificate]).positions).toEqual([0]);
  });

  test('two authorities that sign each other and no root are a loop', async () => {
    const oldByNew = await createCertificateAuthority({
      authority: newRoot,
      subject: { commonName: 'Old' },
      privateKey: oldRoot.privateKey,
    });
    const newByOld = await crossSign();
    const chain = buildChain(leaf.certificate, ders([oldByNew, newByOld]));
    expect(chain).toMatchObject({ status: 'loop', positions: [1, 0], missingIssuer: null });
    expect(buildChain(leaf.certificate, ders([oldByNew, newByOld, oldRoot])).status).toBe('complete');
  });
});

describe('pathological pools', () => {
  test('5,000 authorities that may all have signed each other end within two seconds', async () => {
    const extensions = [
      { oid: '2.5.29.14', value: null },
      { oid: '2.5.29.35', value: null },
    ];
    const one = await createCertificateAuthority({ subject: { commonName: 'A' } });
    const many = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        createCertificateAuthority({
          authority: one,
          privateKey: one.privateKey,
          subject: { commonName: index % 2 === 0 ? 'A' : ' a  ' },
          extensions,
        }),
      ),
    );
    const leaf = await createCertificate({ authority: one, extensions });
    const pool = Array.from({ length: 50 }, () => ders(many)).flat();
    const build = () => expect(buildChain(leaf.certificate, pool).certificates.length).toBeGreaterThan(1);
    expect(processorTime(build)).toBeLessThan(2000);
  });

  const length = scale(300, 100);
  test(`a chain of ${length} certificates is followed to its end`, async () => {
    const key = await createCertificateAuthority();
    const links: CreatedCertificate[] = [];
    let above: CreatedCertificate | undefined;
    for (let index = 0; index < length; index++) {
      above = await createCertificateAuthority({
        subject: { commonName: `Level ${index}` },
        privateKey: key.privateKey,
        ...(above === undefined ? {} : { authority: above }),
      });
      links.push({ ...above, chain: [] });
    }
    const leaf = links.at(-1);
    const chain = leaf && buildChain(leaf.certificate, ders(links));
    expect(chain?.status).toBe('complete');
    expect(chain?.certificates).toHaveLength(length);
  });
});

describe('certificates of openssl', () => {
  const probe = () => {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const hasOpenssl = probe();

  test.skipIf(!hasOpenssl)(
    `a chain of openssl is put in order${hasOpenssl ? '' : ' (skipped: no openssl command)'}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'sslkit-chain-'));
      const openssl = (...options: string[]) =>
        execFileSync('openssl', options, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
        openssl(
          'req',
          '-x509',
          ...curve,
          '-keyout',
          'root.key',
          '-out',
          'root.pem',
          '-subj',
          '/C=XX/CN=Root',
          '-days',
          '30',
        );
        openssl('req', ...curve, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf');
        const issue = [
          'x509',
          '-req',
          '-in',
          'leaf.csr',
          '-CA',
          'root.pem',
          '-CAkey',
          'root.key',
          '-CAcreateserial',
          '-days',
          '30',
        ];
        writeFileSync(join(folder, 'leaf.pem'), openssl(...issue));
        const bundle = readPemBundle(
          openssl('x509', '-in', 'root.pem').toString() + openssl('x509', '-in', 'leaf.pem', '-text').toString(),
        );
        const [root, leaf] = bundle.certificates;
        if (root === undefined || leaf === undefined) throw new Error('openssl wrote no certificate');
        expect(buildChain(leaf, [root])).toMatchObject({ status: 'complete', certificates: [leaf.der, root.der] });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
