import {
  type CreatedCertificate,
  createCertificate,
  createCertificateAuthority,
  lintBundle,
  readPemBundle,
} from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { processorTime } from './support/processor-time.ts';

const brief = (certificates: readonly (CreatedCertificate | Uint8Array)[]) =>
  lintBundle(
    certificates.map((entry) => (entry instanceof Uint8Array ? entry : entry.certificate)),
    'internal',
  ).map(({ position, rule }) => [position, rule]);

let root: CreatedCertificate;
let upper: CreatedCertificate;
let lower: CreatedCertificate;
let leaf: CreatedCertificate;
let stranger: CreatedCertificate;
beforeAll(async () => {
  root = await createCertificateAuthority();
  upper = await createCertificateAuthority({ authority: root });
  lower = await createCertificateAuthority({ authority: upper });
  leaf = await createCertificate({ authority: lower, names: ['www.sslkit.dev'] });
  stranger = await createCertificateAuthority();
});

describe('lintBundle', () => {
  test('finds nothing in a bundle from the leaf upwards without the root', () => {
    expect(brief([leaf, lower, upper])).toEqual([]);
    expect(brief([leaf])).toEqual([]);
    expect(brief([])).toEqual([]);
  });

  test('finds nothing in the chain that createCertificate gives', () => {
    expect(lintBundle(readPemBundle(leaf.chainPem).certificates, 'internal')).toEqual([]);
  });

  test('tells that intermediates are in the wrong order', () => {
    expect(brief([leaf, upper, lower])).toEqual([[1, 'bundle-order']]);
  });

  test('tells that the leaf is not first', () => {
    expect(brief([lower, leaf, upper])).toEqual([
      [1, 'bundle-leaf-not-first'],
      [0, 'bundle-order'],
    ]);
  });

  test('tells that the root is sent', () => {
    expect(brief([leaf, lower, upper, root])).toEqual([[3, 'bundle-has-root']]);
    expect(brief([root])).toEqual([]);
  });

  test('tells what is not of the chain', () => {
    expect(brief([leaf, stranger, lower, upper])).toEqual([[1, 'bundle-unrelated']]);
    expect(brief([leaf, upper])).toEqual([[1, 'bundle-unrelated']]);
  });

  test('tells what stands there twice', () => {
    expect(brief([leaf, lower, leaf, upper])).toEqual([[2, 'bundle-duplicate']]);
  });

  test('tells what is no certificate', () => {
    expect(brief([leaf, new Uint8Array(3), lower, upper])).toEqual([[1, 'bundle-unreadable']]);
  });

  test('tells that authorities have issued each other', async () => {
    const { privateKey } = await createCertificateAuthority();
    const a = await createCertificateAuthority({ subject: { commonName: 'A' }, privateKey });
    const b = await createCertificateAuthority({ subject: { commonName: 'B' }, authority: a });
    const aByB = await createCertificateAuthority({ subject: { commonName: 'A' }, privateKey, authority: b });
    const end = await createCertificate({ authority: a, names: ['www.sslkit.dev'] });
    expect(brief([end, aByB, b])).toEqual([[0, 'bundle-loop']]);
  });

  test('gives the findings of each certificate of the chain with its place', async () => {
    const past = new Date(Date.now() - 1000);
    const expired = await createCertificateAuthority({
      authority: root,
      notAfter: past,
      notBefore: new Date(past.getTime() - 1e9),
    });
    const server = await createCertificate({ authority: expired, names: [], subject: { commonName: 'x' } });
    expect(brief([server, expired])).toEqual([
      [0, 'no-subject-alt-name'],
      [1, 'expired'],
    ]);
  });

  test('2,000 certificates are linted in under two seconds', () => {
    const bundle = Array.from({ length: 2000 }, () => leaf.certificate);
    expect(processorTime(() => lintBundle(bundle, 'internal'))).toBeLessThan(2000);
  });

  test('nothing to iterate over is a TypeError, another profile a RangeError', () => {
    expect(() => lintBundle(undefined as unknown as [], 'internal')).toThrow(TypeError);
    expect(() => lintBundle([], 'other' as 'internal')).toThrow(RangeError);
  });
});
