import {
  createCertificate,
  createCertificateAuthority,
  createCrl,
  createRequest,
  decodeCertificate,
  signRequest,
} from '@sslkit/x509';
import { expect, test } from 'vitest';
import { DerCursor } from '../../src/der/reader.ts';

/** Walks every element, in strict mode: throws on anything but DER. */
function walk(bytes: Uint8Array): number {
  const cursor = new DerCursor(bytes, { strict: true });
  let elements = 0;
  while (cursor.more()) {
    cursor.skip();
    elements += 1;
    if (cursor.constructed) elements += walk(cursor.bytes.subarray(cursor.contentStart, cursor.contentEnd));
  }
  return elements;
}

test('a created certificate decodes, as strict DER, to what was asked for', async () => {
  const authority = await createCertificateAuthority({ subject: { C: 'NL', O: 'Exämple', CN: 'The CA' } });
  const { certificate } = await createCertificate({
    authority,
    subject: [
      [['commonName', 'example.org']],
      [
        ['userId', 'u'],
        ['domainComponent', 'd'],
      ],
    ],
    names: ['example.org', '2001:db8::1', { dns: Uint8Array.of(0x61, 0, 0x62) }, { directoryName: { O: 'x' } }],
    serialNumber: '0ABC',
    notBefore: new Date('2024-02-29T01:02:03.999Z'),
    notAfter: new Date('2050-01-01T00:00:00Z'),
    ocsp: ['http://ocsp.example.org/'],
    caIssuers: ['http://example.org/ca.der'],
    crlDistributionPoints: ['http://example.org/a.crl'],
  });
  expect(decodeCertificate(certificate, { strict: true })).toEqual({
    subject: [
      [['commonName', 'example.org']],
      [
        ['userId', 'u'],
        ['domainComponent', 'd'],
      ],
    ],
    issuer: [[['countryName', 'NL']], [['organizationName', 'Exämple']], [['commonName', 'The CA']]],
    version: 3,
    serialNumber: '0ABC',
    notBefore: 'Feb 29 01:02:03 2024 GMT',
    notAfter: 'Jan  1 00:00:00 2050 GMT',
    subjectAltName: [
      ['DNS', 'example.org'],
      ['IP Address', '2001:DB8:0:0:0:0:0:1'],
      ['DNS', 'a\0b'],
      ['DirName', [[['organizationName', 'x']]]],
    ],
    OCSP: ['http://ocsp.example.org/'],
    caIssuers: ['http://example.org/ca.der'],
    crlDistributionPoints: ['http://example.org/a.crl'],
  });
});

test('the subject of a decoded certificate can be the subject of a new one', async () => {
  const { certificate } = await createCertificate({
    subject: [
      [
        ['commonName', 'a'],
        ['userId', 'b'],
      ],
      [['title', 'c']],
    ],
  });
  const { subject } = decodeCertificate(certificate);
  const again = await createCertificate({ subject });
  expect(decodeCertificate(again.certificate).subject).toEqual(subject);
});

test('everything that is created is DER throughout', async () => {
  const authority = await createCertificateAuthority({ keyType: 'Ed25519' });
  const { request, privateKey } = await createRequest({ names: ['example.org'], mustStaple: true });
  const { certificate } = await signRequest(request, { authority });
  const { crl } = await createCrl({ authority, revoked: [{ certificate, reason: 'superseded' }] });
  for (const bytes of [authority.certificate, request, privateKey, certificate, crl]) {
    expect(walk(bytes)).toBeGreaterThan(4);
  }
});
