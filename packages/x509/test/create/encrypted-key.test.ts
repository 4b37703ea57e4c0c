import { createPrivateKey } from 'node:crypto';
import { scale } from '@sslkit/test-support/thorough.ts';
import { createCertificate, decryptPrivateKey, encryptPrivateKey, type KeyType } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { hasOpenssl, hasPython, openssl, opensslKey, python } from './peer-programs.ts';

const QUICK = { iterations: 1000 };

/** The public key of a PEM private key, as node:crypto has it. */
function publicHalf(privateKeyPem: string, passphrase?: string): string {
  const { x, y, n } = createPrivateKey({ key: privateKeyPem, passphrase }).export({ format: 'jwk' });
  return [x, y, n].join();
}

describe.skipIf(!hasOpenssl)('with the openssl command (skipped where there is none)', () => {
  test.each<KeyType>(['P-256', 'P-384', 'P-521', 'Ed25519', 'RSA-2048'])(
    '%s: openssl reads the key, plain and encrypted',
    async (keyType) => {
      const { privateKeyPem } = await createCertificate({ keyType });
      const encrypted = await encryptPrivateKey(privateKeyPem, 'pässword', QUICK);
      const files = { 'plain.pem': privateKeyPem, 'encrypted.pem': encrypted.privateKeyPem };
      const plain = openssl(files, 'pkey', '-in', 'plain.pem');
      expect(plain).toBe(privateKeyPem);
      expect(openssl(files, 'pkey', '-in', 'encrypted.pem', '-passin', 'pass:pässword')).toBe(privateKeyPem);
    },
  );

  test('what is written is PBES2 with HMAC-SHA-256 and AES-256-CBC', async () => {
    const { privateKey } = await createCertificate();
    const encrypted = await encryptPrivateKey(privateKey, 'secret', QUICK);
    const files = { 'it.der': encrypted.privateKey };
    const seen = openssl(files, 'asn1parse', '-inform', 'DER', '-in', 'it.der');
    expect(seen).toMatch(/:PBES2\n[\s\S]*:PBKDF2\n[\s\S]*:03E8\n[\s\S]*:hmacWithSHA256\n[\s\S]*:aes-256-cbc\n/);
    expect(encrypted.privateKeyPem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
  });

  test.each([
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256'],
    ['-v2', 'aes-192-cbc', '-v2prf', 'hmacWithSHA384'],
    ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1'],
  ])('a key that openssl encrypted with %s %s %s %s is opened', async (...scheme) => {
    const pem = opensslKey('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    const args = ['pkcs8', '-topk8', '-in', 'it.pem', '-passout', 'pass:sécret', ...scheme];
    const encrypted = openssl({ 'it.pem': pem }, ...args);
    expect((await decryptPrivateKey(encrypted, 'sécret')).privateKeyPem).toBe(pem);
    const bytes = new TextEncoder().encode('sécret');
    expect((await decryptPrivateKey(encrypted, bytes)).privateKeyPem).toBe(pem);
  });

  test.each([
    ['scrypt', ['-scrypt']],
    ['triple DES', ['-v2', 'des3']],
    ['the schemes of PKCS#5 version 1', ['-v1', 'PBE-SHA1-3DES']],
  ])('%s is refused as unsupported', async (_, scheme) => {
    const pem = opensslKey('-algorithm', 'ED25519');
    const encrypted = openssl(
      { 'it.pem': pem },
      'pkcs8',
      '-topk8',
      '-in',
      'it.pem',
      '-passout',
      'pass:secret',
      ...scheme,
    );
    await expect(decryptPrivateKey(encrypted, 'secret')).rejects.toMatchObject({ code: 'ERR_X509_UNSUPPORTED' });
  });

  test.each([
    ['EC', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'EC PRIVATE KEY'],
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'RSA PRIVATE KEY'],
  ])('an %s key in its older form is taken, as PEM and as DER', async (_, args, label) => {
    const pem = opensslKey(...args);
    const older = openssl({ 'it.pem': pem }, 'pkey', '-in', 'it.pem', '-traditional');
    expect(older).toContain(label);
    const body = older.replace(/-----.*-----|\n/g, '');
    for (const privateKey of [older, Buffer.from(body, 'base64')]) {
      const certificate = await createCertificate({ privateKey });
      expect(publicHalf(certificate.privateKeyPem)).toBe(publicHalf(pem));
    }
  });

  test('a key encrypted by headers in the PEM block is refused as unsupported', async () => {
    const pem = opensslKey('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    const older = openssl({ 'it.pem': pem }, 'ec', '-in', 'it.pem', '-aes128', '-passout', 'pass:secret');
    const privateKey = older.slice(older.indexOf('-----BEGIN'));
    await expect(createCertificate({ privateKey, password: 'secret' })).rejects.toMatchObject({
      code: 'ERR_X509_UNSUPPORTED',
    });
  });

  test('a key of another kind is refused as unsupported', async () => {
    for (const args of [
      ['-algorithm', 'X25519'],
      ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
    ]) {
      await expect(createCertificate({ privateKey: opensslKey(...args) })).rejects.toMatchObject({
        code: 'ERR_X509_UNSUPPORTED',
      });
    }
  });
});

test('node:crypto opens an encrypted key', async () => {
  const { privateKeyPem } = await createCertificate();
  const encrypted = await encryptPrivateKey(privateKeyPem, 'secret', QUICK);
  expect(publicHalf(encrypted.privateKeyPem, 'secret')).toBe(publicHalf(privateKeyPem));
});

test.skipIf(!hasPython)(
  'CPython loads an encrypted key with its chain (skipped where there is no python3)',
  async () => {
    const { chainPem, privateKey } = await createCertificate({ names: ['localhost'] });
    const { privateKeyPem } = await encryptPrivateKey(privateKey, 'secret', QUICK);
    const program = `
import ssl
ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain('chain.pem', 'key.pem', 'secret')
print('loaded')`;
    expect(python({ 'chain.pem': chainPem, 'key.pem': privateKeyPem }, program)).toBe('loaded');
  },
);

test('an encrypted key signs with its password, and not without', async () => {
  const { certificate, privateKey } = await createCertificate();
  const encrypted = await encryptPrivateKey(privateKey, 'secret', QUICK);
  for (const form of [encrypted.privateKey, encrypted.privateKeyPem]) {
    const again = await createCertificate({ privateKey: form, password: 'secret' });
    expect(again.privateKey).toEqual(privateKey);
    const authority = { certificate, privateKey: form, password: 'secret' };
    await expect(createCertificate({ authority })).resolves.toHaveProperty('certificate');
    await expect(createCertificate({ privateKey: form })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  }
});

test('a wrong password is refused, also where the padding happens to be right', async () => {
  const { privateKey } = await createCertificate();
  const encrypted = await encryptPrivateKey(privateKey, 'secret', { iterations: 1 });
  const attempts = Array.from({ length: scale(1500, 300) }, (_, index) =>
    decryptPrivateKey(encrypted.privateKey, `wrong ${index}`),
  );
  const results = await Promise.allSettled(attempts);
  const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'opened'));
  expect(new Set(codes)).toEqual(new Set(['ERR_INVALID_ARG_VALUE']));
});

test('the same key and password never give the same bytes', async () => {
  const { privateKey } = await createCertificate();
  const [one, two] = await Promise.all([1, 2].map(() => encryptPrivateKey(privateKey, 'secret', QUICK)));
  expect(one?.privateKey).not.toEqual(two?.privateKey);
});

describe('refusals', () => {
  test.each<[string, unknown[], object]>([
    ['an empty password', ['', {}], { name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' }],
    ['no password', [undefined, {}], { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }],
    ['no iterations', ['secret', { iterations: 0 }], { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }],
    ['half an iteration', ['secret', { iterations: 0.5 }], { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }],
  ])('%s', async (_, [password, options], expected) => {
    const { privateKey } = await createCertificate();
    await expect(encryptPrivateKey(privateKey, password as string, options as object)).rejects.toMatchObject(expected);
  });

  test('a key that asks for more rounds than anyone needs', async () => {
    const { privateKey } = await createCertificate();
    const encrypted = Buffer.from((await encryptPrivateKey(privateKey, 'secret', { iterations: 0x010203 })).privateKey);
    encrypted[encrypted.indexOf(Buffer.from('0203010203', 'hex')) + 2] = 0x7f;
    await expect(decryptPrivateKey(encrypted, 'secret')).rejects.toMatchObject({ code: 'ERR_X509_UNSUPPORTED' });
  });

  test('bytes that are no key', async () => {
    for (const bytes of [
      Uint8Array.of(),
      Uint8Array.of(0x30, 0),
      Uint8Array.of(0x30, 3, 2, 1, 0),
      new Uint8Array(99),
    ]) {
      await expect(encryptPrivateKey(bytes, 'secret')).rejects.toMatchObject({ name: 'CertificateDecodeError' });
      await expect(decryptPrivateKey(bytes, 'secret')).rejects.toMatchObject({ name: 'CertificateDecodeError' });
      await expect(createCertificate({ privateKey: bytes })).rejects.toMatchObject({ name: 'CertificateDecodeError' });
    }
    await expect(decryptPrivateKey(5 as never, 'secret')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('a key with damaged numbers', async () => {
    const { privateKey } = await createCertificate();
    const damaged = privateKey.slice();
    damaged.fill(0xff, 36, 68);
    await expect(createCertificate({ privateKey: damaged })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('every key cut short or with one byte changed gives an error of a known kind or a key', async () => {
    const { privateKey } = await createCertificate();
    const encrypted = (await encryptPrivateKey(privateKey, 'secret', { iterations: 1 })).privateKey;
    const codes = new Set<string>();
    const attempt = async (der: Uint8Array) => {
      try {
        await decryptPrivateKey(der, 'secret');
      } catch (error) {
        codes.add(String(Object(error).code));
      }
    };
    for (let index = 0; index < encrypted.length; index += scale(1, 5)) {
      await attempt(encrypted.subarray(0, index));
      const changed = encrypted.slice();
      changed[index] = (changed[index] ?? 0) ^ 0x11;
      await attempt(changed);
    }
    expect([...codes].filter((code) => !/^ERR_(ASN1_|X509_UNSUPPORTED|INVALID_ARG_VALUE)/.test(code))).toEqual([]);
  });
});
