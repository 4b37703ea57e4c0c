import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROTOCOL_TLS_SERVER, SSLContext } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext } from '@sslkit/test-support/contexts.ts';
import { makeMemoryPair, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import { encryptPrivateKey } from '@sslkit/x509';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const PASSWORD = 'open sesame';
const folder = mkdtempSync(join(tmpdir(), 'sslkit-credentials-'));
const inFolder = (name: string) => join(folder, name);
const withCode = (code: string) => expect.objectContaining({ code });

let certPem = '';
let keyPem = '';
let encryptedPem = '';

beforeAll(async () => {
  const server = await takeCertificate('server');
  certPem = server.chainPem;
  keyPem = server.privateKeyPem;
  encryptedPem = (await encryptPrivateKey(server.privateKey, PASSWORD, { iterations: 1000 })).privateKeyPem;
  const files = {
    'cert.pem': certPem,
    'key.pem': keyPem,
    'both.pem': `${certPem}${keyPem}`,
    'key-first.pem': `${keyPem}${certPem}`,
    'encrypted.pem': `${certPem}${encryptedPem}`,
    'empty.pem': '',
    'garbage.pem': 'This is no PEM file.\n',
    'broken.pem': certPem.replace(/^[A-Za-z0-9+/]{64}$/m, '!!!!'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(inFolder(name), text);
});

afterAll(() => rmSync(folder, { recursive: true }));

const makeServer = () => new SSLContext(PROTOCOL_TLS_SERVER);

async function expectServes(context: SSLContext): Promise<void> {
  const pair = makeMemoryPair(await makeClientContext(), context);
  shakeHands(pair);
  const { certificate } = await takeCertificate('server');
  expect(pair.client.object.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate));
}

describe('from files', () => {
  test.each([
    ['both.pem', undefined],
    ['key-first.pem', undefined],
    ['both.pem', null],
    ['cert.pem', 'key.pem'],
    ['both.pem', 'key.pem'],
  ])('loadCertChain(%s, %s) serves the certificate', async (certfile, keyfile) => {
    const context = makeServer();
    context.loadCertChain(inFolder(certfile), typeof keyfile === 'string' ? inFolder(keyfile) : keyfile);
    await expectServes(context);
  });

  test('a path may be bytes or a file URL', async () => {
    const context = makeServer();
    context.loadCertChain(Buffer.from(inFolder('cert.pem')), pathToFileURL(inFolder('key.pem')));
    await expectServes(context);
  });

  test.each([
    ['certfile', 'missing.pem', undefined],
    ['keyfile', 'cert.pem', 'missing.pem'],
  ])('a missing %s is ENOENT', (_, certfile, keyfile) => {
    const load = () => makeServer().loadCertChain(inFolder(certfile), keyfile && inFolder(keyfile));
    expect(load).toThrow(withCode('ENOENT'));
    expect(load).not.toThrow(SSLError);
  });

  test('a directory is EISDIR', () => {
    expect(() => makeServer().loadCertChain(folder)).toThrow(withCode('EISDIR'));
  });

  test.each(['empty.pem', 'garbage.pem', 'broken.pem', 'key.pem'])('%s as a certificate is no PEM', (name) => {
    expect(() => makeServer().loadCertChain(inFolder(name))).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_PEM_LIB', errno: 524297, library: 'SSL', reason: null }),
    );
  });

  test.each(['cert.pem', 'empty.pem', 'garbage.pem'])('%s as a key is no PEM', (name) => {
    expect(() => makeServer().loadCertChain(inFolder('cert.pem'), inFolder(name))).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_PEM_LIB', errno: 524297, library: 'SSL', reason: null }),
    );
  });

  test('the key of another certificate is refused', async () => {
    const other = await takeCertificate('client');
    writeFileSync(inFolder('other.pem'), other.privateKeyPem);
    expect(() => makeServer().loadCertChain(inFolder('cert.pem'), inFolder('other.pem'))).toThrow(
      expect.objectContaining({
        code: 'ERR_SSL_KEY_VALUES_MISMATCH',
        errno: 116,
        library: 'X509',
        reason: 'KEY_VALUES_MISMATCH',
      }),
    );
  });

  test('a key of another kind is refused', async () => {
    const other = await takeCertificate('serverRsa');
    expect(() => makeServer().loadCertChain({ cert: certPem, key: other.privateKeyPem })).toThrow(SSLError);
  });

  test.each([42, true, [], {}, new Uint8Array(3)])('a path of %o is a type error', (path) => {
    const certfile = path as unknown as string;
    expect(() => makeServer().loadCertChain(certfile)).toThrow(TypeError);
    expect(() => makeServer().loadCertChain(inFolder('cert.pem'), certfile)).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test('no path is a type error', () => {
    const context = makeServer() as unknown as { loadCertChain(): void };
    expect(() => context.loadCertChain()).toThrow(TypeError);
  });

  test('a NUL in a path is a value error', () => {
    expect(() => makeServer().loadCertChain('cert\0.pem')).toThrow(withCode('ERR_INVALID_ARG_VALUE'));
  });
});

describe('passwords', () => {
  const load = (password?: unknown) => {
    const context = makeServer();
    context.loadCertChain(inFolder('encrypted.pem'), null, password as string);
    return context;
  };

  test.each([
    ['text', PASSWORD],
    ['bytes', Buffer.from(PASSWORD)],
    ['a function that gives text', () => PASSWORD],
    ['a function that gives bytes', () => Buffer.from(PASSWORD)],
  ])('a password as %s opens the key', async (_, password) => {
    await expectServes(load(password));
  });

  test.each(['wrong', '', Buffer.from('wrong'), () => 'wrong'])('the wrong password %o is refused', (password) => {
    expect(() => load(password)).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_PEM_LIB', errno: 524297, library: 'SSL', reason: null }),
    );
  });

  test('no password for an encrypted key is an error, without asking anybody', () => {
    expect(() => load()).toThrow(withCode('ERR_SSL_PASSWORD_REQUIRED'));
  });

  test('a function for the password is called once', () => {
    const password = vi.fn(() => PASSWORD);
    load(password);
    expect(password).toHaveBeenCalledOnce();
  });

  test('a function for the password is not called for a key in the clear', () => {
    const password = vi.fn(() => PASSWORD);
    makeServer().loadCertChain(inFolder('both.pem'), null, password);
    expect(password).not.toHaveBeenCalled();
  });

  test('what the function throws comes out as it is', () => {
    const reason = new Error('no password today');
    expect(() =>
      load(() => {
        throw reason;
      }),
    ).toThrow(reason);
  });

  test.each([42, null, undefined, {}])('a function that gives %o is a type error', (result) => {
    expect(() => load(() => result)).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test.each([42, true, {}, []])('a password of %o is a type error, even for a key in the clear', (password) => {
    expect(() => load(password)).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
    const inTheClear = () => makeServer().loadCertChain(inFolder('both.pem'), null, password as unknown as string);
    expect(inTheClear).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test('1024 bytes of password are tried, 1025 are a value error', () => {
    expect(() => load('x'.repeat(1024))).toThrow(withCode('ERR_SSL_PEM_LIB'));
    expect(() => load('x'.repeat(1025))).toThrow(withCode('ERR_INVALID_ARG_VALUE'));
    expect(() => load(() => 'x'.repeat(1025))).toThrow(withCode('ERR_INVALID_ARG_VALUE'));
    expect(() => load('é'.repeat(513))).toThrow(withCode('ERR_INVALID_ARG_VALUE'));
  });

  test('a password that is too long does not matter for a key in the clear', async () => {
    const context = makeServer();
    context.loadCertChain(inFolder('both.pem'), null, 'x'.repeat(2000));
    await expectServes(context);
  });

  test('the bytes of a password are left as they were', () => {
    const password = Buffer.from(PASSWORD);
    load(password);
    expect(password.toString()).toBe(PASSWORD);
  });

  test('a context keeps working after a failed attempt', async () => {
    const context = makeServer();
    expect(() => context.loadCertChain(inFolder('encrypted.pem'), null, 'wrong')).toThrow(SSLError);
    context.loadCertChain(inFolder('encrypted.pem'), null, PASSWORD);
    await expectServes(context);
  });
});

describe('from memory', () => {
  test.each([
    ['PEM text', () => ({ cert: certPem, key: keyPem })],
    ['PEM bytes', () => ({ cert: Buffer.from(certPem), key: new Uint8Array(Buffer.from(keyPem)) })],
    ['one PEM text', () => ({ cert: `${certPem}${keyPem}` })],
    ['an encrypted key', () => ({ cert: certPem, key: encryptedPem, password: PASSWORD })],
  ])('%s', async (_, credentials) => {
    const context = makeServer();
    context.loadCertChain(credentials());
    await expectServes(context);
  });

  test('DER', async () => {
    const { certificate, privateKey } = await takeCertificate('server');
    const context = makeServer();
    context.loadCertChain({ cert: certificate, key: privateKey });
    await expectServes(context);
  });

  test('an encrypted key in DER', async () => {
    const { certificate, privateKey } = await takeCertificate('server');
    const { privateKey: der } = await encryptPrivateKey(privateKey, PASSWORD, { iterations: 1000 });
    const context = makeServer();
    expect(() => context.loadCertChain({ cert: certificate, key: der })).toThrow(withCode('ERR_SSL_PASSWORD_REQUIRED'));
    context.loadCertChain({ cert: certificate, key: der, password: PASSWORD });
    await expectServes(context);
  });

  test('a DER chain', async () => {
    const { chain, privateKey } = await takeCertificate('serverBelowIntermediate');
    const context = makeServer();
    context.loadCertChain({ cert: Buffer.concat(chain), key: privateKey });
    const pair = makeMemoryPair(await makeClientContext(), context);
    shakeHands(pair);
    expect(pair.client.object.getUnverifiedChain()).toEqual(chain.map((der) => Buffer.from(der)));
  });

  test.each([
    ['nothing', {}],
    ['a key alone', { key: 'x' }],
  ])('%s is a missing argument', (_, credentials) => {
    expect(() => makeServer().loadCertChain(credentials)).toThrow(TypeError);
  });

  test.each([42, true, {}, null])('a certificate of %o is a type error', (cert) => {
    expect(() => makeServer().loadCertChain({ cert: cert as unknown as string })).toThrow(
      withCode('ERR_INVALID_ARG_TYPE'),
    );
  });

  test('garbage is no PEM', () => {
    expect(() => makeServer().loadCertChain({ cert: 'garbage', key: keyPem })).toThrow(withCode('ERR_SSL_PEM_LIB'));
    expect(() => makeServer().loadCertChain({ cert: certPem, key: 'garbage' })).toThrow(withCode('ERR_SSL_PEM_LIB'));
  });

  test.each([
    ['cut short', (der: Uint8Array) => der.subarray(0, -10)],
    ['changed inside', (der: Uint8Array) => der.map((byte, index) => (index === 6 ? byte ^ 0xff : byte))],
  ])('a certificate in DER that was %s is refused', async (_, change) => {
    const { certificate, privateKey } = await takeCertificate('server');
    expect(() => makeServer().loadCertChain({ cert: change(certificate), key: privateKey })).toThrow(SSLError);
  });

  test('one certificate for each kind of key is kept, and a second one of a kind replaces the first', async () => {
    const context = makeServer();
    for (const name of ['serverRsa', 'otherName', 'server'] as const) {
      const { chainPem, privateKeyPem } = await takeCertificate(name);
      context.loadCertChain({ cert: chainPem, key: privateKeyPem });
    }
    await expectServes(context);
    const client = await makeClientContext({ version: 771 });
    client.setCiphers('ECDHE-RSA-AES128-GCM-SHA256');
    const pair = makeMemoryPair(client, context);
    shakeHands(pair);
    const { certificate } = await takeCertificate('serverRsa');
    expect(pair.client.object.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate));
  });
});

describe('from PKCS#12', () => {
  const hasOpenssl = (() => {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  const makePkcs12 = async (password: string, ...more: string[]) => {
    const { chainPem, privateKeyPem } = await takeCertificate('server');
    writeFileSync(inFolder('p12.pem'), `${privateKeyPem}${chainPem}`);
    const parameters = ['pkcs12', '-export', '-in', inFolder('p12.pem'), '-passout', `pass:${password}`, ...more];
    return execFileSync('openssl', parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
  };

  test.skipIf(!hasOpenssl)('a file of the openssl command serves the certificate (skipped without it)', async () => {
    const context = makeServer();
    context.loadCertChain({ pfx: await makePkcs12(PASSWORD), password: PASSWORD });
    await expectServes(context);
  });

  test.skipIf(!hasOpenssl)('an empty password works (skipped without the openssl command)', async () => {
    const context = makeServer();
    context.loadCertChain({ pfx: await makePkcs12(''), password: '' });
    await expectServes(context);
  });

  test.skipIf(!hasOpenssl)('the wrong or no password is refused (skipped without the openssl command)', async () => {
    const pfx = await makePkcs12(PASSWORD);
    expect(() => makeServer().loadCertChain({ pfx, password: 'wrong' })).toThrow(SSLError);
    expect(() => makeServer().loadCertChain({ pfx })).toThrow(SSLError);
  });

  test.skipIf(!hasOpenssl)('a file without a key says so (skipped without the openssl command)', async () => {
    const pfx = await makePkcs12(PASSWORD, '-nokeys');
    expect(() => makeServer().loadCertChain({ pfx, password: PASSWORD })).toThrow(
      withCode('ERR_SSL_PKCS12_INCOMPLETE'),
    );
  });

  test.each([Buffer.alloc(0), Buffer.from('garbage'), Buffer.from([0x30, 0x03, 0x02, 0x01, 0x03])])(
    '%o is no PKCS#12 file',
    (pfx) => {
      expect(() => makeServer().loadCertChain({ pfx, password: PASSWORD })).toThrow(SSLError);
    },
  );

  test('text is a type error', () => {
    expect(() => makeServer().loadCertChain({ pfx: 'text' as unknown as Uint8Array })).toThrow(
      withCode('ERR_INVALID_ARG_TYPE'),
    );
  });
});
