import { X509Certificate } from 'node:crypto';
import { createCertificate, createCertificateAuthority, type NameInput } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { encodeName } from '../../src/create/name.ts';
import { DerTag, encodeElement } from '../../src/der/writer.ts';
import { hasOpenssl, openssl } from './peer-programs.ts';

/** The subject as openssl prints it, with the type of each string: `CN=UTF8STRING:name`. */
function printed(subject: Uint8Array): string {
  const output = openssl({ 'name.der': subject }, 'asn1parse', '-inform', 'DER', '-in', 'name.der');
  return [...output.matchAll(/prim: (\w+) *:(.*)/g)].map(([, type, text]) => `${type}:${text}`).join(' ');
}

describe.skipIf(!hasOpenssl)('in the eyes of the openssl command (skipped where there is none)', () => {
  test('each attribute has the string type of RFC 5280', () => {
    const name = encodeName({
      C: 'NL',
      domainComponent: ['org', 'example'],
      O: 'Exämple',
      serialNumber: 'A-1',
      '2.5.4.12': 'Title',
      CN: 'someone',
      emailAddress: 'someone@example.org',
    });
    expect(printed(name)).toBe(
      [
        'OBJECT:countryName PRINTABLESTRING:NL',
        'OBJECT:domainComponent IA5STRING:org OBJECT:domainComponent IA5STRING:example',
        'OBJECT:organizationName UTF8STRING:Exämple',
        'OBJECT:serialNumber PRINTABLESTRING:A-1',
        'OBJECT:title UTF8STRING:Title',
        'OBJECT:commonName UTF8STRING:someone',
        'OBJECT:emailAddress IA5STRING:someone@example.org',
      ].join(' '),
    );
  });

  test('a multi-valued relative name is one SET, sorted whatever the order given', () => {
    const sorted = encodeName([
      [
        ['CN', 'b'],
        ['OU', 'a'],
      ],
      [['O', 'c']],
    ]);
    const reversed = encodeName([
      [
        ['OU', 'a'],
        ['CN', 'b'],
      ],
      [['O', 'c']],
    ]);
    expect(reversed).toEqual(sorted);
    expect(printed(sorted)).toBe(
      'OBJECT:commonName UTF8STRING:b OBJECT:organizationalUnitName UTF8STRING:a OBJECT:organizationName UTF8STRING:c',
    );
  });

  test('bytes for a value stand as they are', () => {
    const value = encodeElement(DerTag.BMP_STRING, Uint8Array.of(0x00, 0x61));
    const output = openssl(
      { 'name.der': encodeName({ commonName: value }) },
      'asn1parse',
      '-inform',
      'DER',
      '-in',
      'name.der',
    );
    expect(output).toMatch(/OBJECT +:commonName\n.*BMPSTRING/);
  });
});

test('the common name is the first name that is text', async () => {
  const { certificate } = await createCertificate({ names: [{ ip: '127.0.0.1' }, 'localhost', 'example.org'] });
  expect(new X509Certificate(certificate).subject).toBe('CN=localhost');
});

test('an internationalised host name is the common name in the form that is among the names', async () => {
  const { certificate } = await createCertificate({ names: ['bücher.example'] });
  const parsed = new X509Certificate(certificate);
  expect(parsed.subject).toBe('CN=xn--bcher-kva.example');
  expect(parsed.subjectAltName).toBe('DNS:xn--bcher-kva.example');
});

test('a name that is too long for a common name does not become one', async () => {
  const long = `${'a'.repeat(60)}.example.org`;
  const { certificate } = await createCertificate({ names: [long] });
  expect(new X509Certificate(certificate).subject).toBeFalsy();
});

test('no two authorities have the same name unless asked to', async () => {
  const [one, two] = await Promise.all([createCertificateAuthority(), createCertificateAuthority()]);
  expect(new X509Certificate(one.certificate).subject).not.toBe(new X509Certificate(two.certificate).subject);
});

test('the DER of a name is taken as it is, as is the subject of a decoded certificate', () => {
  const name = encodeName({ O: 'Example', CN: 'someone' });
  expect(encodeName(name)).toBe(name);
  expect(encodeName([[['organizationName', 'Example']], [['commonName', 'someone']]])).toEqual(name);
});

test.each<[string, unknown, string]>([
  ['an unknown attribute', { nickname: 'x' }, 'ERR_INVALID_ARG_VALUE'],
  ['a malformed identifier', { '1.2.': 'x' }, 'ERR_INVALID_ARG_VALUE'],
  ['an empty value', { commonName: '' }, 'ERR_INVALID_ARG_VALUE'],
  ['a common name of 65 characters', 'x'.repeat(65), 'ERR_INVALID_ARG_VALUE'],
  ['a country of three letters', { countryName: 'NLD' }, 'ERR_INVALID_ARG_VALUE'],
  ['a country in lower case', { C: 'nl' }, 'ERR_INVALID_ARG_VALUE'],
  ['a serial number with a character that PrintableString lacks', { serialNumber: 'a_b' }, 'ERR_INVALID_ARG_VALUE'],
  ['an email address that is not ASCII', { emailAddress: 'é@example.org' }, 'ERR_INVALID_ARG_VALUE'],
  ['a lone surrogate', { commonName: '\ud800' }, 'ERR_INVALID_ARG_VALUE'],
  ['an empty relative name', [[]], 'ERR_INVALID_ARG_VALUE'],
  ['a value that is a number', { commonName: 1 }, 'ERR_INVALID_ARG_TYPE'],
  ['a pair that is none', [[5]], 'ERR_INVALID_ARG_TYPE'],
  ['a name that is a number', 5, 'ERR_INVALID_ARG_TYPE'],
  ['null', null, 'ERR_INVALID_ARG_TYPE'],
])('a subject with %s is refused', (_, name, code) => {
  expect(() => encodeName(name as NameInput)).toThrow(expect.objectContaining({ code }));
});

test('a common name of 64 characters beyond the BMP is taken', () => {
  expect(encodeName('𝒳'.repeat(64)).length).toBeGreaterThan(256);
});
