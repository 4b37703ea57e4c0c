import { X509Certificate } from 'node:crypto';
import { scale } from '@sslkit/test-support/thorough.ts';
import { createCertificateAuthority, createRequest, type KeyType, signRequest } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { takeKey } from './keys.ts';
import { hasOpenssl, openssl, opensslKey } from './peer-programs.ts';

describe.skipIf(!hasOpenssl)('with the openssl command (skipped where there is none)', () => {
  test.each<KeyType>(['P-256', 'P-384', 'P-521', 'Ed25519', 'RSA-2048'])(
    '%s: openssl verifies a request and what it asks for',
    async (keyType) => {
      const { requestPem } = await createRequest({
        privateKey: await takeKey(keyType, 'leaf'),
        subject: { O: 'Example', CN: 'example.org' },
        names: ['example.org', '::1'],
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['serverAuth'],
        mustStaple: true,
      });
      const seen = openssl({ 'it.pem': requestPem }, 'req', '-in', 'it.pem', '-noout', '-verify', '-text');
      expect(seen).toMatch(/verify OK/);
      expect(seen).toMatch(/Subject: O = Example, CN = example.org\n/);
      expect(seen).toMatch(/Subject Alternative Name: \n +DNS:example.org, IP Address:0:0:0:0:0:0:0:1\n/);
      expect(seen).toMatch(/status_request/);
    },
  );

  test('a request without wishes has no attributes', async () => {
    const { requestPem } = await createRequest({ subject: 'example.org' });
    const seen = openssl({ 'it.pem': requestPem }, 'req', '-in', 'it.pem', '-noout', '-verify', '-text');
    expect(seen).toMatch(/Attributes:\n +\(none\)/);
  });

  test.each([
    ['P-256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-sha256']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-sha512']],
    ['P-521', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], ['-sha384']],
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], ['-sha384']],
    ['Ed25519', ['-algorithm', 'ED25519'], []],
  ])(
    '%s: a request of openssl is signed with its subject and names, and nothing else of it',
    async (_, key, digest) => {
      const pem = opensslKey(...key);
      const wishes = [
        '-addext',
        'subjectAltName=DNS:example.org,IP:127.0.0.1',
        '-addext',
        'basicConstraints=critical,CA:TRUE',
        '-addext',
        'keyUsage=keyCertSign',
      ];
      const request = openssl(
        { 'key.pem': pem },
        'req',
        '-new',
        '-key',
        'key.pem',
        '-subj',
        '/O=Example/CN=x',
        ...digest,
        ...wishes,
      );
      const authority = await createCertificateAuthority();
      const signed = await signRequest(request.slice(request.indexOf('-----BEGIN')), { authority });
      const files = { 'leaf.pem': signed.certificatePem, 'ca.pem': authority.certificatePem };
      expect(openssl(files, 'verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem', 'leaf.pem')).toBe(
        'leaf.pem: OK\n',
      );
      const seen = openssl(files, 'x509', '-in', 'leaf.pem', '-noout', '-text');
      expect(seen).toMatch(/Subject: O = Example, CN = x\n/);
      expect(seen).toMatch(/Subject Alternative Name: \n +DNS:example.org, IP Address:127.0.0.1\n/);
      expect(seen).toMatch(/CA:FALSE/);
      expect(seen).not.toMatch(/Certificate Sign/);
    },
  );
});

test('the signer may overrule the subject and the names, and choose the role', async () => {
  const authority = await createCertificateAuthority();
  const { request } = await createRequest({ names: ['example.org'] });
  const overruled = await signRequest(request, { authority, subject: 'other', names: ['example.net'] });
  const nameless = await signRequest(request, { authority, names: [] });
  const intermediate = await signRequest(request, { authority, role: 'intermediate' });
  expect(new X509Certificate(overruled.certificate).subject).toBe('CN=other');
  expect(new X509Certificate(overruled.certificate).subjectAltName).toBe('DNS:example.net');
  expect(new X509Certificate(nameless.certificate).subjectAltName).toBeUndefined();
  expect(new X509Certificate(intermediate.certificate).ca).toBe(true);
});

test('a request for names without a subject gives critical names', async () => {
  const authority = await createCertificateAuthority();
  const { request } = await createRequest({ subject: '', names: ['example.org'] });
  const { certificate } = await signRequest(request, { authority });
  // subjectAltName, TRUE
  expect(Buffer.from(certificate).toString('hex')).toContain('0603551d110101ff');
});

test('a request whose content or signature was changed is refused', async () => {
  const authority = await createCertificateAuthority();
  for (const keyType of ['P-256', 'Ed25519', 'RSA-2048'] as const) {
    const { request } = await createRequest({ privateKey: await takeKey(keyType, 'leaf'), subject: 'example.org' });
    const changed = Buffer.from(request);
    changed.write('exbmple.org', changed.indexOf('example.org'));
    await expect(signRequest(changed, { authority })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    const resigned = request.slice();
    resigned[resigned.length - 1] = (resigned[resigned.length - 1] ?? 0) ^ 1;
    await expect(signRequest(resigned, { authority })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  }
});

test('names that are no names do not get into a certificate', async () => {
  const authority = await createCertificateAuthority();
  for (const value of [
    Uint8Array.of(0x30, 0),
    Uint8Array.of(0x30, 2, 5, 0),
    Uint8Array.of(0x30, 2, 0x89, 0),
    Uint8Array.of(4, 0),
  ]) {
    const { request } = await createRequest({ subject: 'x', extensions: [{ oid: '2.5.29.17', value }] });
    await expect(signRequest(request, { authority })).rejects.toMatchObject({ name: 'CertificateDecodeError' });
  }
});

test('a subject that is no name does not get into a certificate', async () => {
  const authority = await createCertificateAuthority();
  for (const subject of [Uint8Array.of(5, 0), Uint8Array.of(0x30, 2, 0x31, 0), Uint8Array.of(0x30, 2, 5, 0)]) {
    const { request } = await createRequest({ subject });
    await expect(signRequest(request, { authority })).rejects.toMatchObject({ name: 'CertificateDecodeError' });
  }
});

test('every request cut short or with one byte changed is refused with an error of a known kind', async () => {
  const authority = await createCertificateAuthority();
  const { request } = await createRequest({ names: ['example.org'] });
  const codes = new Set<string>();
  const attempt = (der: Uint8Array) =>
    signRequest(der, { authority }).then(
      () => codes.add('signed'),
      (error) => codes.add(String(error.code)),
    );
  for (let index = 0; index < request.length; index += scale(1, 7)) {
    const changed = request.slice();
    changed[index] = (changed[index] ?? 0) ^ 0x21;
    await Promise.all([attempt(request.subarray(0, index)), attempt(changed)]);
  }
  expect([...codes].filter((code) => !/^ERR_(ASN1_|X509_UNSUPPORTED|INVALID_ARG_VALUE)/.test(code))).toEqual([]);
});

test.each([
  ['no options', undefined, 'ERR_INVALID_ARG_TYPE'],
  ['no authority', {}, 'ERR_INVALID_ARG_TYPE'],
])('signing with %s is refused', async (_, options, code) => {
  const { request } = await createRequest({ subject: 'x' });
  await expect(signRequest(request, options as never)).rejects.toMatchObject({ code });
});
