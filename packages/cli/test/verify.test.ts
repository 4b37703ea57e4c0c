import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';
import { tlsServer } from './support/servers.ts';

const { file, server, intermediate } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];

describe('the verdict', () => {
  test.each([
    ['a good chain', ['server.pem', '--name', 'localhost'], 0, []],
    ['an address', ['server.pem', '--name', '127.0.0.1'], 0, []],
    ['another name', ['server.pem', '--name', 'example.org'], 8, ['HOSTNAME_MISMATCH']],
    ['another address', ['server.pem', '--name', '127.0.0.2'], 8, ['IP_ADDRESS_MISMATCH']],
    ['an expired certificate', ['expired.pem'], 9, ['CERT_HAS_EXPIRED']],
    ['two faults at once', ['expired.pem', '--name', 'x.org'], 8, ['HOSTNAME_MISMATCH', 'CERT_HAS_EXPIRED']],
    ['a missing intermediate', ['alone.pem'], 7, ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY']],
    ['the wrong purpose', ['client.pem'], 11, ['INVALID_PURPOSE']],
    ['a client', ['client.pem', '--purpose', 'client'], 0, []],
    ['a server as a client', ['server.pem', '--purpose', 'client'], 11, ['INVALID_PURPOSE']],
    ['a date beyond the end', ['server.pem', '--at', '2035-01-01'], 9, ['CERT_HAS_EXPIRED']],
    ['a date before the beginning', ['server.pem', '--at', '2001-01-01'], 9, null],
  ])('%s', async (_name, [source = '', ...words], code, problems) => {
    const { json, code: exitCode } = await sslkitJson(['verify', file(source), ...trust, ...words]);
    expect(exitCode).toBe(code);
    expect(json).toMatchObject({ schema: 'sslkit/verify/1', exitCode: code });
    if (problems !== null) expect(json.problems.map((problem: { code: string }) => problem.code)).toEqual(problems);
  });

  test('a revoked certificate ends with 10', async () => {
    const words = ['verify', file('server.pem'), ...trust, '--crl', file('crl.pem')];
    expect(await sslkitJson(words)).toMatchObject({
      code: 10,
      json: { problems: [{ code: 'CERT_REVOKED', depth: 0 }] },
    });
  });

  test('a certificate that the list does not name is verified', async () => {
    const other = await createCertificate({ authority: intermediate, names: ['localhost'] });
    const path = writeFiles({ 'other.pem': other.chainPem })('other.pem');
    expect(await sslkit(['verify', path, ...trust, '--crl', file('crl.pem')])).toMatchObject({ code: 0 });
  });

  test('--crl-all asks for the list of every issuer', async () => {
    const words = ['verify', file('expired.pem'), ...trust, '--crl', file('crl.pem'), '--crl-all'];
    const { json } = await sslkitJson(words);
    expect(json.problems).toMatchObject([{ code: 'UNABLE_TO_GET_CRL', depth: 1 }, { code: 'CERT_HAS_EXPIRED' }]);
  });

  test('--untrusted completes the chain', async () => {
    const words = ['verify', file('alone.pem'), ...trust, '--untrusted', file('intermediate.pem')];
    expect(await sslkit(words)).toMatchObject({ code: 0 });
  });

  test('a server is asked for its chain', async () => {
    const port = await tlsServer(server);
    expect(await sslkit(['verify', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
    expect(await sslkit(['verify', `localhost:${port}`])).toMatchObject({ code: 7 });
  });

  test('standard input is read', async () => {
    expect(await sslkit(['verify', '-', ...trust], { input: server.chainPem })).toMatchObject({ code: 0 });
  });
});

test.skipIf(!hasOpenssl).each([
  ['server.pem', []],
  ['expired.pem', []],
  ['client.pem', []],
  ['server.pem', ['-crl_check', '-CRLfile', file('crl.pem')]],
  ['alone.pem', []],
])('agrees with openssl verify about %s %j (skipped without openssl)', async (name, extra) => {
  const words = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file('root.pem'), ...extra];
  const chain = name === 'alone.pem' ? [] : ['-untrusted', file('intermediate.pem')];
  const theirs = await promisify(execFile)('openssl', [...words, ...chain, file(name)]).then(
    () => true,
    () => false,
  );
  const list = extra.length > 0 ? ['--crl', file('crl.pem')] : [];
  expect((await sslkit(['verify', file(name), ...trust, ...list])).code === 0).toBe(theirs);
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['a missing file', [file('missing.pem')], 3],
    ['a folder', [file('')], 3],
    ['an empty file', [file('empty.pem')], 3],
    ['garbage', [file('garbage.pem')], 3],
    ['damaged PEM', [file('damaged.pem')], 3],
    ['a key', [file('server.key')], 3],
    ['a date that is none', [file('server.pem'), '--at', 'tomorrow'], 2],
    ['an unknown purpose', [file('server.pem'), '--purpose', 'email'], 2],
    ['a list that is none', [file('server.pem'), '--crl', file('root.pem')], 3],
    ['neither file nor host', ['nonsense'], 2],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['verify', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });
});
