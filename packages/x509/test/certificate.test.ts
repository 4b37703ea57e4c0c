import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { Certificate, CertificateDecodeError, decodeCertificate } from '../src/index.ts';
import {
  attribute,
  COMMON_NAME,
  certificateWith,
  der,
  extension,
  hex,
  nameOf,
  sequence,
  withAltNames,
} from './support/der-builder.ts';
import { machineRoots } from './support/seed-certificates.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

/** Asks the openssl command for a self-signed certificate. */
function selfSigned(...options: string[]): Uint8Array {
  const common = ['req', '-x509', '-nodes', '-keyout', '/dev/null', '-outform', 'DER', '-subj', '/CN=test'];
  return new Uint8Array(execFileSync('openssl', [...common, ...options], { stdio: ['ignore', 'pipe', 'ignore'] }));
}

test('asking for the subject does not read the extensions', () => {
  const certificate = new Certificate(certificateWith({ extensions: [der(0x02, [1])] }));
  expect(certificate.subject).toEqual([[['commonName', 'example.com']]]);
  expect(() => certificate.extensions).toThrow(CertificateDecodeError);
});

test('a malformed extension throws where it is asked for, and is absent from the dictionary', () => {
  const certificate = new Certificate(withAltNames(der(0x89, 'unknown')));
  expect(() => certificate.subjectAltName).toThrow(CertificateDecodeError);
  expect(certificate.toDictionary()).not.toHaveProperty('subjectAltName');
});

test('an extension that is there twice throws where it is asked for', () => {
  const usage = extension('551d0f', der(0x03, [7, 0x80]));
  const certificate = new Certificate(certificateWith({ extensions: [usage, usage] }));
  expect(() => certificate.keyUsage).toThrow(expect.objectContaining({ code: 'ERR_ASN1_BAD_VALUE' }));
});

test('what a certificate does not have is null', () => {
  const certificate = new Certificate(certificateWith());
  expect(certificate.subjectAltName).toBeNull();
  expect(certificate.keyUsage).toBeNull();
  expect(certificate.basicConstraints).toBeNull();
  expect(certificate.extensions).toEqual([]);
  expect(certificate.hasEmbeddedTimestamps).toBe(false);
});

test.skipIf(!openssl)('the extensions of a certificate from the openssl command are read (needs openssl)', () => {
  const certificate = new Certificate(
    selfSigned(
      ...['-newkey', 'rsa:2048', '-sha384'],
      ...['-addext', 'keyUsage=critical,digitalSignature,keyCertSign,decipherOnly'],
      ...['-addext', 'extendedKeyUsage=serverAuth,1.2.3.4'],
      ...['-addext', 'certificatePolicies=2.5.29.32.0,1.2.3.4'],
      ...['-addext', 'nameConstraints=permitted;DNS:example.com,excluded;IP:192.0.2.0/255.255.255.0'],
      ...['-addext', 'subjectAltName=DNS:example.com,IP:2001:db8::1'],
    ),
  );
  expect(certificate.keyUsage).toEqual(['digitalSignature', 'keyCertSign', 'decipherOnly']);
  expect(certificate.extendedKeyUsage).toEqual([
    { oid: '1.3.6.1.5.5.7.3.1', name: 'TLS Web Server Authentication' },
    { oid: '1.2.3.4', name: '1.2.3.4' },
  ]);
  expect(certificate.basicConstraints).toEqual({ ca: true, pathLength: null });
  expect(certificate.policies).toEqual([
    { oid: '2.5.29.32.0', name: 'X509v3 Any Policy', practiceStatements: [] },
    { oid: '1.2.3.4', name: '1.2.3.4', practiceStatements: [] },
  ]);
  expect(certificate.nameConstraints).toEqual({
    permitted: [['DNS', 'example.com']],
    excluded: [['IP Address', '192.0.2.0/255.255.255.0']],
  });
  expect(certificate.subjectAltName).toEqual([
    ['DNS', 'example.com'],
    ['IP Address', '2001:DB8:0:0:0:0:0:1'],
  ]);
  expect(certificate.subjectKeyIdentifier).toMatch(/^[0-9A-F]{40}$/);
  expect(certificate.authorityKeyIdentifier?.keyIdentifier).toBe(certificate.subjectKeyIdentifier);
  expect(certificate.publicKey).toMatchObject({
    algorithm: 'rsaEncryption',
    bits: 2048,
    curve: null,
    exponent: 65537n,
  });
  expect(certificate.signatureAlgorithm).toEqual({
    name: 'sha384WithRSAEncryption',
    oid: '1.2.840.113549.1.1.12',
    hash: 'sha384',
  });
});

const keys = [
  [['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 256, 'prime256v1', 'sha256'],
  [['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp521r1'], 521, 'secp521r1', 'sha256'],
  [['-newkey', 'ed25519'], 256, null, null],
  [['-newkey', 'ed448'], 456, null, null],
  [['-newkey', 'rsa:1024', '-sigopt', 'rsa_padding_mode:pss', '-sha512'], 1024, null, 'sha512'],
] as const;

test.skipIf(!openssl).each(keys)(
  'the key and the digest of %j are read (needs openssl)',
  (options, bits, curve, hash) => {
    const certificate = new Certificate(selfSigned(...options));
    expect(certificate.publicKey).toMatchObject({ bits, curve });
    expect(certificate.signatureAlgorithm.hash).toBe(hash);
  },
);

test.skipIf(machineRoots.length === 0)(
  'roots give the fingerprints, dates and keys that Node sees (needs /etc/ssl/certs)',
  async () => {
    for (const root of machineRoots) {
      const own = new Certificate(root, { strict: true });
      const node = new X509Certificate(root);
      expect(await own.fingerprint()).toBe(node.fingerprint256);
      expect(await own.fingerprint('SHA-1')).toBe(node.fingerprint);
      expect(own.notAfter?.getTime()).toBe(Date.parse(node.validTo));
      expect(own.basicConstraints?.ca ?? true).toBe(node.ca || own.version === 1);
      const details = node.publicKey.asymmetricKeyDetails;
      if (details?.modulusLength !== undefined) expect(own.publicKey.bits).toBe(details.modulusLength);
      else expect(own.publicKey.curve).toBe(details?.namedCurve);
      expect(own.toDictionary()).toEqual(decodeCertificate(root));
    }
  },
);

test('each extension has its own DER and its value', () => {
  const usage = extension('551d0f', der(0x03, [7, 0x80]));
  const [found] = new Certificate(certificateWith({ extensions: [usage] })).extensions;
  expect(found).toMatchObject({ oid: '2.5.29.15', name: 'X509v3 Key Usage', critical: false });
  expect(found?.der).toEqual(usage);
  expect(found?.value).toEqual(hex('03020780'));
});

test('toJSON() gives plain values, and names what is malformed', () => {
  const name = nameOf(attribute(COMMON_NAME, der(0x03, [0, 0xab])));
  const json = JSON.parse(
    JSON.stringify(new Certificate(certificateWith({ subject: name, extensions: [extension('551d11', hex('0500'))] }))),
  );
  expect(json).toMatchObject({
    subject: [[['commonName', 'AB']]],
    notBefore: '2025-01-01T00:00:00.000Z',
    subjectAltName: null,
    malformed: ['subjectAltName'],
  });
});

test('signedPart, signature and der are the bytes of the certificate without what follows it', () => {
  const bytes = certificateWith();
  const certificate = new Certificate(Buffer.concat([bytes, hex('0000')]));
  expect(certificate.der).toEqual(bytes);
  expect(certificate.signature).toEqual(hex('010203'));
  expect(certificate.signedPart[0]).toBe(0x30);
  expect(certificate.der.subarray(certificate.signedPart.byteOffset - certificate.der.byteOffset)[0]).toBe(0x30);
});

test('strict refuses what is BER but not DER, at its place', () => {
  const boolean = certificateWith({
    extensions: [sequence(der(0x06, hex('551d0f')), der(0x01, [1]), der(0x04, hex('03020780')))],
  });
  expect(new Certificate(boolean).extensions[0]?.critical).toBe(true);
  expect(() => new Certificate(boolean, { strict: true }).extensions).toThrow(
    expect.objectContaining({ code: 'ERR_ASN1_NOT_DER', offset: expect.any(Number) }),
  );
  const trailing = Buffer.concat([certificateWith(), hex('00')]);
  expect(() => new Certificate(trailing, { strict: true })).toThrow(
    expect.objectContaining({ code: 'ERR_ASN1_NOT_DER', offset: trailing.length - 1 }),
  );
});

test('decoding a Buffer leaves its bytes alone', () => {
  const bits = nameOf(attribute(COMMON_NAME, der(0x03, [4, 0xff])));
  const bytes = Buffer.from(certificateWith({ subject: bits, serial: der(0x02, [0xff, 0x7f]) }));
  const before = Buffer.from(bytes);
  expect(decodeCertificate(bytes).subject).toEqual([[['commonName', Uint8Array.of(0xf0)]]]);
  expect(bytes).toEqual(before);
});
