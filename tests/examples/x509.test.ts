// Runs what the README of @sslkit/x509 shows, in a folder with the files it speaks of.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateOptions, createCertificate, createCertificateAuthority, decodePem } from '@sslkit/x509';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const DAY = 86_400_000; // milliseconds
const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sslkit-examples-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Writes the chain and the key of a new certificate, and the authority beside them. */
async function layOut(options: CertificateOptions = {}): Promise<void> {
  const authority = await createCertificateAuthority({ subject: 'Example CA' });
  const server = await createCertificate({ authority, ...options });
  writeFileSync('ca.pem', authority.certificatePem);
  writeFileSync('server.pem', server.chainPem);
  writeFileSync('server.key', server.privateKeyPem);
}

/** What an example prints. */
async function printed(example: () => Promise<unknown>): Promise<unknown[][]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await example();
    return log.mock.calls;
  } finally {
    log.mockRestore();
  }
}

test('decode.ts prints the dictionary, and what it leaves out', async () => {
  await layOut({ names: ['example.org'], notAfter: new Date('2049-01-02T03:04:05Z') });
  expect(await printed(() => import('../../examples/x509/decode.ts'))).toEqual([
    [[[['commonName', 'example.org']]], 'Jan  2 03:04:05 2049 GMT', [['DNS', 'example.org']]],
    [
      1,
      'id-ecPublicKey',
      256,
      [{ oid: '1.3.6.1.5.5.7.3.1', name: 'TLS Web Server Authentication' }],
      { ca: false, pathLength: null },
    ],
  ]);
});

test('match.ts prints the names that match, and why none does', async () => {
  await layOut({ names: ['*.example.org', '::1'] });
  expect(await printed(() => import('../../examples/x509/match.ts'))).toEqual([
    ['*.example.org'],
    [undefined],
    ['0:0:0:0:0:0:0:1'],
    ["SSLCertVerificationError: hostname 'example.net' doesn't match either of '*.example.org', '0:0:0:0:0:0:0:1'"],
  ]);
});

test('create.ts writes an authority, and certificates that it has issued with their keys', async () => {
  expect(await printed(() => import('../../examples/x509/create.ts'))).toEqual([]);
  const read = (path: string) => decodePem(readFileSync(path, 'utf8'));
  expect(read('server.pem').issuer).toEqual(read('ca.pem').subject);
  expect(read('client.pem').issuer).toEqual(read('ca.pem').subject);
  expect(read('client.pem').subject).toEqual([[['commonName', 'alice']]]);
  for (const key of ['server.key', 'client.key']) {
    expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o777).toBe(0o600);
  }
});

test('lint.ts prints what is wrong', async () => {
  await layOut({ names: ['db.internal'], days: 1000 });
  expect(await printed(() => import('../../examples/x509/lint.ts'))).toEqual([
    [expect.stringMatching(/^0 error validity-too-long: Valid for 1001? days, at most \d+ are allowed$/)],
    ['0 error internal-name: "db.internal" is not a name of the public internet'],
    ['0 info no-certificate-transparency: There are no signed certificate timestamps'],
  ]);
});

test('watch-expiry.ts names the certificates with less than 30 days left', async () => {
  const from = { notBefore: new Date(Date.now() - 60 * DAY) };
  const until = (days: number) => createCertificate({ ...from, notAfter: new Date(Date.now() + days * DAY) });
  const [soon, later, over] = [await until(10.5), await until(40), await until(-1.5)];
  writeFileSync('server.pem', later.certificatePem + soon.certificatePem);
  writeFileSync('client.pem', over.certificatePem);
  const line = later.certificatePem.split('\n').length;
  expect(await printed(() => import('../../examples/x509/watch-expiry.ts'))).toEqual([
    [`server.pem, line ${line}: 10 days left`],
    ['client.pem, line 1: -2 days left'],
  ]);
});

test('verify.ts has a chain verified without a socket', async () => {
  await layOut({ names: ['localhost'] });
  expect(await printed(() => import('../../examples/x509/verify.ts'))).toEqual([[[['DNS', 'localhost']]]]);
});

test('the README shows the examples as they are', () => {
  const readRoot = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const shown = [...readRoot('packages/x509/README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  const names = ['decode', 'match', 'create', 'lint', 'watch-expiry', 'verify'];
  const regions = names.map((name) => {
    const [, region] =
      readRoot(`examples/x509/${name}.ts`).match(/^\/\/ #region readme\n(.*?)^\/\/ #endregion$/ms) ?? [];
    return region;
  });
  expect(regions).not.toContain(undefined);
  expect(shown).toEqual(regions);
});
