import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';

const { file, server } = await makeAuthority();
const identity = [file('server.pem'), file('server.key')];
const password = ['--password-file', file('password.txt')];
const encrypt = ['--encrypt-with', file('password.txt')];

test('PKCS#12 and back gives what went in', async () => {
  const p12 = join(makeFolder(), 'server.p12');
  expect((await sslkit(['convert', ...identity, '--to', 'p12', '--out', p12, ...encrypt])).code).toBe(0);
  expect(statSync(p12).mode & 0o777).toBe(0o600);
  const back = await sslkit(['convert', p12, '--to', 'pem', ...password]);
  expect(back).toMatchObject({ code: 0, stdout: server.chainPem + server.privateKeyPem });
});

test('Node reads the PKCS#12 that is written', async () => {
  const p12 = join(makeFolder(), 'server.p12');
  await sslkit(['convert', ...identity, '--to', 'p12', '--out', p12, ...encrypt, '--name', 'my server']);
  expect(() => tls.createSecureContext({ pfx: readFileSync(p12), passphrase: 'secret' })).not.toThrow();
  expect(() => tls.createSecureContext({ pfx: readFileSync(p12), passphrase: 'wrong' })).toThrow();
});

test.skipIf(!hasOpenssl)('openssl reads it too, key, chain and name (skipped without openssl)', async () => {
  const p12 = join(makeFolder(), 'server.p12');
  await sslkit(['convert', ...identity, '--to', 'p12', '--out', p12, ...encrypt, '--name', 'my server']);
  const text = String(execFileSync('openssl', ['pkcs12', '-in', p12, '-nodes', '-passin', 'pass:secret']));
  expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(text).toContain('friendlyName: my server');
  expect(text).toContain('BEGIN PRIVATE KEY');
});

test('PEM to DER and back', async () => {
  const der = join(makeFolder(), 'key.der');
  expect((await sslkit(['convert', file('server.key'), '--to', 'der', '--out', der])).code).toBe(0);
  expect((await sslkit(['convert', der, '--to', 'pem'])).stdout).toBe(server.privateKeyPem);
});

test('--only leaves the rest out', async () => {
  const run = await sslkit(['convert', ...identity, '--to', 'pem', '--only', 'key']);
  expect(run.stdout).toBe(server.privateKeyPem);
});

test('a key is encrypted where a password is named', async () => {
  const run = await sslkit(['convert', file('server.key'), '--to', 'pem', ...encrypt]);
  expect(run.stdout).toContain('BEGIN ENCRYPTED PRIVATE KEY');
  expect((await sslkit(['convert', '-', '--to', 'pem', ...password], { input: run.stdout })).stdout).toBe(
    server.privateKeyPem,
  );
  expect((await sslkit(['convert', '-', '--to', 'pem'], { input: run.stdout })).code).toBe(3);
});

test('the JSON names what was written', async () => {
  const out = join(makeFolder(), 'all.pem');
  const { json } = await sslkitJson(['convert', ...identity, '--to', 'pem', '--out', out]);
  expect(json).toEqual({
    schema: 'sslkit/convert/1',
    file: out,
    form: 'pem',
    items: ['certificate', 'certificate', 'privateKey'],
  });
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['no form', [file('server.pem')], 2],
    ['an unknown form', [file('server.pem'), '--to', 'jks'], 2],
    ['two things in DER', [file('server.pem'), '--to', 'der'], 2],
    ['PKCS#12 without a password', [...identity, '--to', 'p12'], 2],
    ['a key of another', [file('server.pem'), file('client.key'), '--to', 'p12', ...encrypt], 3],
    ['nothing of that kind', [file('server.pem'), '--to', 'pem', '--only', 'crl'], 3],
    ['a missing file', [file('missing.pem'), '--to', 'pem'], 3],
    ['a file that exists', [file('server.pem'), '--to', 'pem', '--out', file('root.pem')], 3],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['convert', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });
});
