import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createRequest } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';
import { tlsServer } from './support/servers.ts';

const { file, server, root, crlPem } = await makeAuthority();

const kindsOf = (json: { sources: { items: { kind: string }[] }[] }) =>
  json.sources.flatMap(({ items }) => items.map(({ kind }) => kind));

describe('what a file holds is found out', () => {
  test('certificates in PEM, with the chain as a tree', async () => {
    const run = await sslkit(['inspect', file('server.pem'), '--no-lint']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('  names        localhost, 127.0.0.1\n');
    expect(run.stdout).toMatch(/chain\n {2}CN=Test Root \(not here\)\n {2}└─ Test Intermediate .*\n {5}└─ localhost /);
  });

  test('a certificate in DER', async () => {
    const { json } = await sslkitJson(['inspect', file('server.der')]);
    expect(json.sources[0].items).toMatchObject([{ kind: 'certificate', subject: 'CN=localhost', line: null }]);
  });

  test('a bundle of everything', async () => {
    const { requestPem } = await createRequest({ names: ['www.example.org'] });
    const all = server.privateKeyPem + requestPem + crlPem + root.certificatePem;
    const { json } = await sslkitJson(['inspect', '-'], { input: all });
    expect(kindsOf(json)).toEqual(['privateKey', 'request', 'crl', 'certificate']);
    expect(json.sources[0].items[1]).toMatchObject({ names: ['www.example.org'], key: 'EC P-256' });
    expect(json.sources[0].items[2].revoked).toMatchObject([{ reason: 'keyCompromise' }]);
  });

  test('a server', async () => {
    const { json } = await sslkitJson(['inspect', `localhost:${await tlsServer(server)}`]);
    expect(json.sources[0].items).toHaveLength(2);
  });

  test('a request whose signature is wrong is told', async () => {
    const { request } = await createRequest({ names: ['www.example.org'] });
    const forged = Uint8Array.from(request);
    forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 1;
    const { json } = await sslkitJson(['inspect', writeFiles({ 'request.der': forged })('request.der')]);
    expect(json.sources[0].items[0].problem).toBeTypeOf('string');
  });
});

describe.skipIf(!hasOpenssl)('what openssl writes is read (skipped without openssl)', () => {
  const folder = makeFolder();
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  const identity = ['-inkey', file('server.key'), '-in', file('server.pem'), '-passout', 'pass:secret'];

  test.each([
    ['AES and SHA-256', []],
    ['triple DES and SHA-1', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'SHA1']],
    ['without a MAC', ['-nomac']],
    ['SHA-512 in the MAC', ['-macalg', 'SHA512']],
  ])('PKCS#12: %s', async (_name, words) => {
    openssl('pkcs12', '-export', ...identity, ...words, '-out', at('identity.p12'));
    const { code, json } = await sslkitJson(['inspect', at('identity.p12'), '--password-file', file('password.txt')]);
    expect(code).toBe(0);
    expect(kindsOf(json)).toEqual(['pkcs12', 'certificate', 'certificate', 'privateKey']);
    const wrong = await sslkit(['inspect', at('identity.p12'), '--password-file', file('wrong.txt')]);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect((await sslkit(['inspect', at('identity.p12')])).code).toBe(3);
  });

  test.each([
    ['PKCS#8', ['pkcs8', '-topk8']],
    ['the older form', ['ec', '-aes128']],
  ])('an encrypted key: %s', async (_name, words) => {
    openssl(...words, '-in', file('server.key'), '-passout', 'pass:secret', '-out', at('encrypted.key'));
    const { json } = await sslkitJson(['inspect', at('encrypted.key'), '--password-file', file('password.txt')]);
    expect(json.sources[0].items).toMatchObject([{ kind: 'privateKey', key: 'EC P-256', encrypted: true }]);
    const unopened = await sslkitJson(['inspect', at('encrypted.key')]);
    expect(unopened.json.sources[0].items).toEqual([{ kind: 'privateKey', line: 1, encrypted: true }]);
    expect((await sslkit(['inspect', at('encrypted.key'), '--password-file', file('wrong.txt')])).code).toBe(3);
  });
});

test('--check ends with 12 where lint finds an error, and lint says it inline', async () => {
  const run = await sslkit(['inspect', file('expired.pem'), '--check']);
  expect(run.code).toBe(12);
  expect(run.stdout).toMatch(/error +.*\[expired\]/);
  expect((await sslkit(['inspect', file('expired.pem')])).code).toBe(0);
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['a missing file', [file('missing.pem')], 3],
    ['a folder', [file('')], 3],
    ['an empty file', [file('empty.pem')], 3],
    ['garbage', [file('garbage.pem')], 3],
    ['damaged PEM', [file('damaged.pem')], 3],
    ['an unknown profile', [file('server.pem'), '--profile', 'none'], 2],
    ['nothing', [], 2],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['inspect', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });

  test('10 MB of PEM are read to their end', async () => {
    const large = server.certificatePem.repeat(Math.ceil(10_000_000 / server.certificatePem.length));
    const run = await sslkitJson(['inspect', '-', '--no-lint'], { input: large });
    expect(run.code).toBe(0);
    expect(run.json.sources[0].items.length).toBeGreaterThan(10_000);
  }, 60_000);
});
