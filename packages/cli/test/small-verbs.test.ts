import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { writeFiles } from './support/files.ts';

const { file } = await makeAuthority();

describe('match', () => {
  test('ends with 0 where every name matches and with 8 where one does not', async () => {
    expect(await sslkit(['match', file('server.pem'), 'localhost', '127.0.0.1'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const run = await sslkit(['match', file('server.pem'), 'localhost', 'example.org']);
    expect(run.code).toBe(8);
    expect(run.stdout).toContain('no  example.org');
  });

  test('tells where the rules of Python and OpenSSL part', async () => {
    const { certificatePem } = await createCertificate({ names: ['*.org'] });
    const path = writeFiles({ 'wildcard.pem': certificatePem })('wildcard.pem');
    const { json } = await sslkitJson(['match', path, 'example.org']);
    expect(json.verdicts).toMatchObject([{ name: 'example.org', openssl: null, python: { matches: true } }]);
  });
});

describe('ciphers', () => {
  test('lists what connections use', async () => {
    const { json } = await sslkitJson(['ciphers']);
    expect(json.ciphers[0]).toMatchObject({ name: 'TLS_AES_256_GCM_SHA384', protocol: 'TLSv1.3', strengthBits: 256 });
    expect((await sslkit(['ciphers'])).stdout).toContain('ECDHE-RSA-AES256-GCM-SHA384');
  });

  test('a list that selects nothing ends with 2', async () => {
    expect(await sslkit(['ciphers', 'NONSENSE'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('paths', () => {
  test('counts the certificates of the file that is in use', async () => {
    const { json } = await sslkitJson(['paths'], {
      env: { SSL_CERT_FILE: file('root.pem'), SSL_CERT_DIR: '/nowhere' },
    });
    expect(json.places).toMatchObject([
      { kind: 'file', path: file('root.pem'), isOverridden: true, exists: true, certificates: 1 },
      { kind: 'folder', path: '/nowhere', exists: false },
    ]);
    expect(json.certificates).toBe(1);
  });

  test('tells of a file that is no bundle', async () => {
    const { json, code } = await sslkitJson(['paths'], { env: { SSL_CERT_FILE: file('garbage.pem') } });
    expect(code).toBe(0);
    expect(json.places[0]).toMatchObject({ certificates: null, problem: expect.any(String) });
  });
});

describe('random', () => {
  test.each([
    ['hex', /^[0-9a-f]{20}\n$/],
    ['base64', /^[\w+/]{14}==\n$/],
    ['base64url', /^[\w-]{14}\n$/],
  ])('gives 10 bytes as %s', async (form, pattern) => {
    expect((await sslkit(['random', '10', '--form', form])).stdout).toMatch(pattern);
  });

  test('gives other bytes each time', async () => {
    const [one, other] = await Promise.all([sslkit(['random']), sslkit(['random'])]);
    expect(one.stdout).not.toBe(other.stdout);
  });

  test.each([[['0']], [['-1']], [['ten']], [['1.5']], [['4', '--form', 'roman']]])('%j ends with 2', async (words) => {
    expect(await sslkit(['random', ...words])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('doctor', () => {
  test('finds everything well, with a connection of its own', async () => {
    const { json, code } = await sslkitJson(['doctor'], { env: { SSL_CERT_FILE: file('root.pem') } });
    expect(code).toBe(0);
    expect(json.isWell).toBe(true);
    const connection = json.findings.find(({ topic }: { topic: string }) => topic === 'connection');
    expect(connection).toMatchObject({ state: 'good', text: expect.stringContaining('TLSv1.3') });
  });

  test('warns with 12 where nothing is trusted', async () => {
    const run = await sslkit(['doctor'], { env: { SSL_CERT_FILE: '/nowhere', SSL_CERT_DIR: '/nowhere' } });
    expect(run.code).toBe(12);
    expect(run.stdout).toMatch(/! trust store/);
  });
});

test('standard output that is closed early is no failure', async () => {
  const { start } = await import('./support/command.ts');
  const child = start(['ciphers']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
