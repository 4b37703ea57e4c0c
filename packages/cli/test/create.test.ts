import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';

/** A folder in which `sslkit create` has made an authority. */
async function folderWithAuthority() {
  const cwd = makeFolder();
  expect(await sslkit(['create', 'ca', 'My CA', '--out', 'ca'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'ca.key\nca.pem\n',
  });
  return { cwd, at: (name: string) => join(cwd, name), run: (...words: string[]) => sslkit(words, { cwd }) };
}

const read = (path: string) => new X509Certificate(readFileSync(path));

describe('what is created verifies', () => {
  test('a server below an authority', async () => {
    const { run, at } = await folderWithAuthority();
    expect(await run('create', 'server', 'localhost', '10.0.0.1', '--ca', 'ca.pem', '--out', 'server')).toMatchObject({
      code: 0,
    });
    expect(await run('verify', 'server.pem', '--cafile', 'ca.pem', '--name', '10.0.0.1')).toMatchObject({ code: 0 });
    const certificate = read(at('server.pem'));
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(at('server.key'))))).toBe(true);
    expect(statSync(at('server.key')).mode & 0o777).toBe(0o600);
  });

  test('a client below an intermediate, with an encrypted key', async () => {
    const { run, at } = await folderWithAuthority();
    writeFileSync(at('password'), 'secret\n');
    expect((await run('create', 'intermediate', 'Middle', '--ca', 'ca.pem')).stdout).toBe('middle.key\nmiddle.pem\n');
    const words = ['--ca', 'middle.pem', '--encrypt-with', 'password', '--out', 'jane', '--days', '3'];
    expect(await run('create', 'client', 'Jane Doe', ...words)).toMatchObject({ code: 0 });
    expect(await run('verify', 'jane.pem', '--cafile', 'ca.pem', '--purpose', 'client')).toMatchObject({ code: 0 });
    expect(readFileSync(at('jane.key'), 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    expect(createPrivateKey({ key: readFileSync(at('jane.key')), passphrase: 'secret' }).type).toBe('private');
  });

  test('a request, and the certificate for it', async () => {
    const { run, at } = await folderWithAuthority();
    expect((await run('create', 'csr', 'www.example.org', '--key-type', 'RSA-2048')).code).toBe(0);
    expect(
      (await run('create', 'server', '--csr', 'www.example.org.csr', '--ca', 'ca.pem', '--out', 'www')).stdout,
    ).toBe('www.pem\n');
    expect(read(at('www.pem')).checkPrivateKey(createPrivateKey(readFileSync(at('www.example.org.key'))))).toBe(true);
  });

  test('a revocation list', async () => {
    const { run } = await folderWithAuthority();
    await run('create', 'server', 'localhost', '--ca', 'ca.pem', '--out', 'server');
    expect(
      (await run('create', 'crl', '--ca', 'ca.pem', '--revoke', 'server.pem', '--reason', 'superseded')).code,
    ).toBe(0);
    expect((await run('verify', 'server.pem', '--cafile', 'ca.pem', '--crl', 'crl.pem')).code).toBe(10);
  });

  test('a self-signed certificate with a subject of its own, on standard output', async () => {
    const run = await sslkit(['create', 'selfsigned', 'localhost', '--subject', 'CN=Me, O="A, B"', '--out', '-']);
    expect(new X509Certificate(run.stdout.slice(run.stdout.indexOf('-----BEGIN CERT'))).subject).toBe(
      'CN=Me\nO=A\\, B',
    );
    expect(run.stdout).toContain('PRIVATE KEY');
  });

  test.skipIf(!hasOpenssl)('openssl agrees (skipped without openssl)', async () => {
    const { run, at } = await folderWithAuthority();
    await run('create', 'server', 'localhost', '--ca', 'ca.pem', '--key-type', 'P-384', '--out', 'server');
    const words = [
      'verify',
      '-x509_strict',
      '-verify_hostname',
      'localhost',
      '-CAfile',
      at('ca.pem'),
      at('server.pem'),
    ];
    expect(String(execFileSync('openssl', words))).toContain('OK');
  });

  test('an existing key is used and left where it is', async () => {
    const { run, at } = await folderWithAuthority();
    await run('create', 'csr', 'a.example', '--out', 'a');
    const words = ['create', 'server', 'a.example', '--ca', 'ca.pem', '--key', 'a.key', '--out', 'again'];
    expect((await run(...words)).stdout).toBe('again.pem\n');
    expect(existsSync(at('again.key'))).toBe(false);
  });
});

describe('files', () => {
  test('are not overwritten without --force, and nothing is left behind', async () => {
    const { run, at } = await folderWithAuthority();
    const before = readFileSync(at('ca.key'));
    const names = readdirSync(at('.'));
    const refused = await run('create', 'ca', 'Other', '--out', 'ca');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('--force');
    expect(readFileSync(at('ca.key'))).toEqual(before);
    expect(readdirSync(at('.'))).toEqual(names);
    expect((await run('create', 'ca', 'Other', '--out', 'ca', '--force')).code).toBe(0);
    expect(readFileSync(at('ca.key'))).not.toEqual(before);
    expect(statSync(at('ca.key')).mode & 0o777).toBe(0o600);
  });

  test('are all there or none: a certificate in the way keeps the key from being written', async () => {
    const { run, at } = await folderWithAuthority();
    writeFileSync(at('server.pem'), 'something dear');
    expect((await run('create', 'server', 'localhost', '--ca', 'ca.pem', '--out', 'server')).code).toBe(3);
    expect(existsSync(at('server.key'))).toBe(false);
  });

  test('are named in the JSON', async () => {
    const cwd = makeFolder();
    const { json } = await sslkitJson(['create', 'ca', 'My CA'], { cwd });
    expect(json).toMatchObject({
      schema: 'sslkit/create/1',
      files: ['ca.key', 'ca.pem'],
      certificate: { subject: 'CN=My CA' },
    });
  });
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['an unknown kind', ['planet'], 2],
    ['a server without an authority', ['server', 'localhost'], 2],
    ['a server without a name', ['server', '--ca', 'ca.pem'], 2],
    ['an unknown kind of key', ['ca', 'X', '--key-type', 'DSA'], 2],
    ['a subject that is none', ['ca', '--subject', 'CN='], 2],
    ['an authority that is missing', ['server', 'localhost', '--ca', 'missing.pem'], 3],
    ['an authority without its key', ['server', 'localhost', '--ca', 'lonely.pem'], 3],
    ['the key of another', ['server', 'localhost', '--ca', 'ca.pem', '--ca-key', 'other.key'], 3],
    ['an authority that is none', ['server', 'localhost', '--ca', 'leaf.pem'], 3],
    ['a folder that is missing', ['ca', 'X', '--out', 'missing/ca'], 3],
    ['an unknown reason', ['crl', '--ca', 'ca.pem', '--revoke', '0A', '--reason', 'boredom'], 2],
    ['days that are none', ['ca', 'X', '--days', 'many'], 2],
  ])('%s', async (_name, words, code) => {
    const { cwd, run, at } = await folderWithAuthority();
    writeFileSync(at('lonely.pem'), readFileSync(at('ca.pem')));
    await run('create', 'csr', 'x', '--out', 'other');
    await run('create', 'server', 'localhost', '--ca', 'ca.pem', '--out', 'leaf');
    const names = readdirSync(cwd);
    const bad = await run('create', ...words);
    expect(bad).toMatchObject({ code, stdout: '' });
    expect(bad.stderr).toMatch(/^sslkit: \S/);
    expect(bad.stderr).not.toMatch(/\n {4}at /);
    expect(readdirSync(cwd)).toEqual(names);
  });
});
