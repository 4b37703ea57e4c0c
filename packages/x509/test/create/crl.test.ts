import { scale } from '@sslkit/test-support/thorough.ts';
import { createCertificate, createCertificateAuthority, createCrl, type KeyType } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { takeKey } from './keys.ts';
import { hasOpenssl, hasPython, openssl, opensslRefusal, python } from './peer-programs.ts';

const DAY = 86_400_000; // milliseconds

describe.skipIf(!hasOpenssl)('with the openssl command (skipped where there is none)', () => {
  test.each<KeyType>(['P-256', 'Ed25519', 'RSA-2048'])(
    '%s: a revoked certificate is refused and another one is not',
    async (keyType) => {
      const authority = await createCertificateAuthority({ privateKey: await takeKey(keyType, 'authority') });
      const [good, bad] = await Promise.all([createCertificate({ authority }), createCertificate({ authority })]);
      const { crlPem } = await createCrl({
        authority,
        revoked: [{ certificate: bad.certificate, reason: 'keyCompromise' }],
      });
      const files = {
        'ca.pem': authority.certificatePem,
        'crl.pem': crlPem,
        'good.pem': good.certificatePem,
        'bad.pem': bad.certificatePem,
      };
      const check = ['verify', '-x509_strict', '-crl_check', '-CRLfile', 'crl.pem', '-CAfile', 'ca.pem'];
      expect(openssl(files, ...check, 'good.pem')).toBe('good.pem: OK\n');
      expect(opensslRefusal(files, ...check, 'bad.pem')).toContain('certificate revoked');
      expect(openssl(files, 'crl', '-in', 'crl.pem', '-noout', '-CAfile', 'ca.pem')).toContain('verify OK');
    },
  );

  test('every field is written as openssl reads it', async () => {
    const authority = await createCertificateAuthority({ subject: 'The CA' });
    const thisUpdate = new Date('2049-12-31T23:00:00Z');
    const { crl } = await createCrl({
      authority,
      thisUpdate,
      nextUpdate: new Date('2050-01-02T00:00:00Z'),
      crlNumber: 2n ** 64n,
      revoked: [
        { serialNumber: 0x80, reason: 'certificateHold', revocationDate: new Date('2020-02-29T12:00:00Z') },
        { serialNumber: 'ABCDEF', invalidityDate: new Date('2019-01-01T00:00:00Z') },
      ],
    });
    const seen = openssl({ 'it.der': crl }, 'crl', '-inform', 'DER', '-in', 'it.der', '-noout', '-text');
    for (const expected of [
      /Version 2 \(0x1\)/,
      /Issuer: CN = The CA\n/,
      /Last Update: Dec 31 23:00:00 2049 GMT\n +Next Update: Jan {2}2 00:00:00 2050 GMT\n/,
      /Authority Key Identifier: \n/,
      /CRL Number: \n +(18446744073709551616|0x010000000000000000)\n/,
      /Serial Number: 80\n +Revocation Date: Feb 29 12:00:00 2020 GMT\n +CRL entry extensions:\n +X509v3 CRL Reason Code: \n +Certificate Hold\n/,
      /Serial Number: ABCDEF\n +Revocation Date: Dec 31 23:00:00 2049 GMT\n +CRL entry extensions:\n +Invalidity Date: \n +Jan {2}1 00:00:00 2019 GMT\n/,
    ]) {
      expect(seen).toMatch(expected);
    }
  });

  test('a list of nobody has no list of entries, and one without extensions no list of those', async () => {
    const authority = await createCertificateAuthority();
    const empty = await createCrl({
      authority,
      extensions: [
        { oid: '2.5.29.20', value: null },
        { oid: '2.5.29.35', value: null },
      ],
    });
    const seen = openssl({ 'it.pem': empty.crlPem }, 'crl', '-in', 'it.pem', '-noout', '-text');
    expect(seen).toContain('No Revoked Certificates');
    expect(seen).not.toContain('CRL extensions');
    const structure = openssl({ 'it.pem': empty.crlPem }, 'asn1parse', '-in', 'it.pem');
    // After the two dates the signed part ends: nothing at its depth follows.
    expect(structure).toMatch(/UTCTIME.*\n.*UTCTIME.*\n +\d+:d=1 /);
  });

  test('an expired list is refused', async () => {
    const authority = await createCertificateAuthority();
    const leaf = await createCertificate({ authority });
    const { crlPem } = await createCrl({ authority, nextUpdate: new Date(Date.now() - DAY) });
    const files = { 'ca.pem': authority.certificatePem, 'crl.pem': crlPem, 'leaf.pem': leaf.certificatePem };
    const output = opensslRefusal(
      files,
      'verify',
      '-crl_check',
      '-CRLfile',
      'crl.pem',
      '-CAfile',
      'ca.pem',
      'leaf.pem',
    );
    expect(output).toContain('CRL has expired');
  });

  const many = scale(100_000, 10_000);
  test(`${many} entries are written as openssl reads them`, async () => {
    const authority = await createCertificateAuthority();
    const revoked = Array.from({ length: many }, (_, index) => ({
      serialNumber: index + 1,
      reason: 'superseded' as const,
    }));
    const { crl } = await createCrl({ authority, revoked });
    const seen = openssl({ 'it.der': crl }, 'crl', '-inform', 'DER', '-in', 'it.der', '-noout', '-crlnumber');
    expect(seen).toMatch(/^crlNumber=/);
    expect(crl.length).toBeGreaterThan(many * 30);
  });
});

test.skipIf(!hasPython)('CPython loads a CRL and counts it (skipped where there is no python3)', async () => {
  const authority = await createCertificateAuthority();
  const { crlPem } = await createCrl({ authority });
  const program = `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations('all.pem')
print(context.cert_store_stats())`;
  expect(python({ 'all.pem': authority.certificatePem + crlPem }, program)).toBe("{'x509': 1, 'crl': 1, 'x509_ca': 1}");
});

describe('refusals', () => {
  const authority = createCertificateAuthority();
  test.each<[string, object, string]>([
    [
      'the same serial number twice',
      { revoked: [{ serialNumber: 1 }, { serialNumber: '01' }] },
      'ERR_INVALID_ARG_VALUE',
    ],
    ['an entry for nobody', { revoked: [{}] }, 'ERR_INVALID_ARG_VALUE'],
    ['an entry with both', { revoked: [{ serialNumber: 1, certificate: '' }] }, 'ERR_INVALID_ARG_VALUE'],
    ['an unknown reason', { revoked: [{ serialNumber: 1, reason: 'unspecified' }] }, 'ERR_INVALID_ARG_VALUE'],
    ['an entry that is null', { revoked: [null] }, 'ERR_INVALID_ARG_TYPE'],
    ['a date that is text', { revoked: [{ serialNumber: 1, revocationDate: '2020' }] }, 'ERR_INVALID_ARG_TYPE'],
    ['entries that are no array', { revoked: 5 }, 'ERR_INVALID_ARG_TYPE'],
    ['a negative number', { crlNumber: -1 }, 'ERR_OUT_OF_RANGE'],
    ['an end before the beginning', { thisUpdate: new Date(9000), nextUpdate: new Date(0) }, 'ERR_INVALID_ARG_VALUE'],
  ])('%s', async (_, options, code) => {
    await expect(createCrl({ authority: await authority, ...options })).rejects.toMatchObject({ code });
  });
});
