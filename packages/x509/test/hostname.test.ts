import { CertificateError } from '@sslkit/errors';
import { Certificate, type CertificateNames, checkHost, checkIp, createCertificate, matchHostname } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';

const subject = (...names: string[]) => names.map((name) => [['commonName', name]] as const);
const san = (...names: [string, string][]): CertificateNames => ({ subject: [], subjectAltName: names });
const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });

function refusal(cert: CertificateNames, host: string): unknown {
  try {
    matchHostname(cert, host);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('matchHostname', () => {
  test.each([
    ['a DNS name', san(['DNS', 'example.com']), 'example.com'],
    ['a DNS name in another case', san(['DNS', 'EXAMPLE.com']), 'example.COM'],
    ['a later DNS name', san(['DNS', 'a'], ['IP Address', '1.2.3.4'], ['DNS', 'example.com']), 'example.com'],
    ['a wildcard for one label', san(['DNS', '*.example.com']), 'www.example.com'],
    ['a wildcard with one dot', san(['DNS', '*.com']), 'example.com'],
    ['a wildcard for a label with an underscore', san(['DNS', '*.example.com']), 'a_b.example.com'],
    ['an IPv4 address', san(['IP Address', '1.2.3.4']), '1.2.3.4'],
    ['an address with the newline of old OpenSSL', san(['IP Address', '1.2.3.4\n']), '1.2.3.4'],
    ['an IPv6 address in another spelling', san(['IP Address', '2001:DB8:0:0:0:0:0:1']), '2001:db8::1'],
    ['a common name', { subject: subject('other', 'example.com') }, 'example.com'],
    ['a common name beside an email', { subject: subject('a.b'), subjectAltName: [['email', 'x@y']] }, 'a.b'],
    ['a common name that is an address', { subject: subject('1.2.3.4') }, '1.2.3.4'],
  ] as [string, CertificateNames, string][])('%s matches', (_, cert, host) => {
    expect(() => matchHostname(cert, host)).not.toThrow();
  });

  // The messages are what CPython 3.11 words; the documentation promises them.
  test.each([
    [san(['DNS', 'a.com']), 'b.com', "hostname 'b.com' doesn't match 'a.com'"],
    [san(['DNS', 'a.com'], ['DNS', '']), 'b.com', "hostname 'b.com' doesn't match either of 'a.com', ''"],
    [san(['DNS', "o'neil"]), 'b"c\'d', "hostname 'b\"c\\'d' doesn't match \"o'neil\""],
    [
      san(['DNS', 'a\0\u00ad\u{e000}\u{1f600}\u{f0000}\\']),
      'b\n',
      "hostname 'b\\n' doesn't match 'a\\x00\\xad\\ue000\u{1f600}\\U000f0000\\\\'",
    ],
    [san(['IP Address', '1.2.3.4']), 'b.com', "hostname 'b.com' doesn't match '1.2.3.4'"],
    [san(['DNS', '1.2.3.4']), '1.2.3.4', "hostname '1.2.3.4' doesn't match '1.2.3.4'"],
    [san(['IP Address', '1.2.3.4']), '1.2.3.4 ', "hostname '1.2.3.4 ' doesn't match '1.2.3.4'"],
    [
      { subject: subject('a.b'), subjectAltName: [['IP Address', '1.2.3.4']] },
      'a.b',
      "hostname 'a.b' doesn't match '1.2.3.4'",
    ],
    [san(['email', 'b.com']), 'b.com', 'no appropriate commonName or subjectAltName fields were found'],
    [san(['DNS', '*.*.com']), 'b.com', "too many wildcards in certificate DNS name: '*.*.com'."],
    [san(['DNS', 'a.*.com']), 'b.com', "wildcard can only be present in the leftmost label: 'a.*.com'."],
    [san(['DNS', '*']), 'b.com', "sole wildcard without additional labels are not support: '*'."],
    [san(['DNS', 'f*']), 'b.com', "sole wildcard without additional labels are not support: 'f*'."],
    [san(['DNS', 'f*.com']), 'foo.com', "partial wildcards in leftmost label are not supported: 'f*.com'."],
    [
      san(['DNS', 'f*.com'], ['DNS', 'foo.com']),
      'foo.com',
      "partial wildcards in leftmost label are not supported: 'f*.com'.",
    ],
    [{ subject: subject('*') }, 'b.com', "sole wildcard without additional labels are not support: '*'."],
  ] as [CertificateNames, string, string][])('%j for %j is a CertificateError: %s', (cert, host, message) => {
    const error = refusal(cert, host);
    expect(error).toBeInstanceOf(CertificateError);
    expect(error).toMatchObject({ message });
  });

  test('a name that does not match and a wildcard that is not allowed have codes of their own', () => {
    expect(refusal(san(['DNS', 'a']), 'b')).toMatchObject({ code: 'ERR_SSL_HOSTNAME_MISMATCH' });
    expect(refusal(san(['DNS', '*']), 'b')).toMatchObject({ code: 'ERR_SSL_WILDCARD_NOT_ALLOWED' });
  });

  test.each([
    ['127.1', "'127.1' is not a quad-dotted IPv4 address."],
    ['0x7f000001', "'0x7f000001' is not a quad-dotted IPv4 address."],
    ['010.0.0.1', "'010.0.0.1' is not a quad-dotted IPv4 address."],
    ['256.0.0.1', "'256.0.0.1' is neither an IPv4 nor an IP6 address."],
    ['1.2.3.4\0', 'embedded null character'],
    ['<invalid>', "'<invalid>' is neither an IPv4 nor an IP6 address."],
  ])('the address %s in a certificate is a RangeError where an address is looked for', (address, message) => {
    expect(() => matchHostname(san(['IP Address', address]), '1.2.3.4')).toThrow(invalid);
    expect(refusal(san(['IP Address', address]), '1.2.3.4')).toMatchObject({ message });
    expect(refusal(san(['IP Address', address]), 'a.com')).toBeInstanceOf(CertificateError);
  });

  test.each([[null], [undefined], [{}]])('the certificate %j is a RangeError', (cert) => {
    expect(() => matchHostname(cert, 'example.com')).toThrow(invalid);
  });

  test('a host name that is no string is a TypeError', () => {
    expect(() => matchHostname(san(['DNS', 'a']), 1 as unknown as string)).toThrow(TypeError);
  });
});

describe('checkHost', () => {
  test('gives the name that matches, as the certificate has it', () => {
    expect(checkHost(san(['DNS', 'a.com'], ['DNS', '*.Example.com']), 'www.EXAMPLE.com')).toBe('*.Example.com');
  });

  test.each([
    [
      'a common name beside an address',
      { subject: subject('a.b'), subjectAltName: [['IP Address', '1.2.3.4']] },
      'a.b',
    ],
    ['any of several common names', { subject: subject('x', 'a.b') }, 'a.b'],
    ['a wildcard in a common name', { subject: subject('*.a.b') }, 'x.a.b'],
    ['an underscore without a wildcard', san(['DNS', 'a_b.c']), 'a_b.c'],
    ['a literal star', san(['DNS', '*.com']), '*.com'],
    ['a star for a star', san(['DNS', '*.a.com']), '*.a.com'],
    ['an xn-- label for a wildcard', san(['DNS', '*.a.com']), 'xn--bcher-kva.a.com'],
    ['the same trailing dot', san(['DNS', 'a.com.']), 'a.com.'],
    ['a dot in front, for any subdomain', san(['DNS', 'x.y.a.com']), '.a.com'],
  ] as [string, CertificateNames, string][])('%s matches', (_, cert, host) => {
    expect(checkHost(cert, host)).toBeTypeOf('string');
  });

  test.each([
    ['a wildcard with one dot', san(['DNS', '*.com']), 'a.com'],
    ['a wildcard for two labels', san(['DNS', '*.a.com']), 'x.y.a.com'],
    ['a wildcard for no label', san(['DNS', '*.a.com']), 'a.com'],
    ['a wildcard for an underscore', san(['DNS', '*.a.com']), 'a_b.a.com'],
    ['a wildcard above an underscore', san(['DNS', '*.a_b.com']), 'x.a_b.com'],
    ['a partial wildcard', san(['DNS', 'f*.a.com']), 'foo.a.com'],
    ['a wildcard in an inner label', san(['DNS', 'a.*.com']), 'a.b.com'],
    ['a common name beside a DNS name', { subject: subject('a.b'), subjectAltName: [['DNS', 'c.d']] }, 'a.b'],
    ['a trailing dot on the host', san(['DNS', 'a.com']), 'a.com.'],
    ['a trailing dot on the name', san(['DNS', 'a.com.']), 'a.com'],
    ['text after a NUL', san(['DNS', 'a.com\0.evil.com']), 'a.com'],
    ['text before a NUL, with a dot in front', san(['DNS', 'x\0.evil.com']), '.evil.com'],
    ['the Kelvin sign for a k', san(['DNS', '\u212a.com']), 'k.com'],
    ['an empty name', san(['DNS', '']), ''],
    ['no name at all', {}, 'a.com'],
  ] as [string, CertificateNames, string][])('%s does not match', (_, cert, host) => {
    expect(checkHost(cert, host)).toBeUndefined();
  });

  test('common names are not looked at where commonName is false', () => {
    expect(checkHost({ subject: subject('a.b') }, 'a.b', { commonName: false })).toBeUndefined();
  });

  test('a star stands for itself alone where wildcards is false', () => {
    expect(checkHost(san(['DNS', '*.a.com']), 'x.a.com', { wildcards: false })).toBeUndefined();
    expect(checkHost(san(['DNS', '*.a.com']), '*.a.com', { wildcards: false })).toBe('*.a.com');
  });

  test.each([
    ['f*.a.com', 'foo.a.com', true],
    ['*o.a.com', 'foo.a.com', true],
    ['f*o.a.com', 'foo.a.com', false],
    ['f-*.a.com', 'f-oo.a.com', false],
    ['*-f.a.com', 'x-f.a.com', true],
    ['x*.a.com', 'xn--oo.a.com', false],
    ['x*.a.com', 'xxn--oo.a.com', true],
    ['*n.a.com', 'xn--n.a.com', false],
    ['xn--*.a.com', 'xn--oo.a.com', false],
  ])('with partial wildcards %s for %s: %s', (pattern, host, matches) => {
    expect(checkHost(san(['DNS', pattern]), host, { partialWildcards: true }) !== undefined).toBe(matches);
  });

  test('a NUL in the host is a RangeError', () => {
    expect(() => checkHost(san(['DNS', 'a']), 'a\0')).toThrow(invalid);
  });
});

describe('checkIp', () => {
  const cert: CertificateNames = {
    subject: subject('9.9.9.9'),
    subjectAltName: [
      ['DNS', '8.8.8.8'],
      ['IP Address', '<invalid>'],
      ['IP Address', '1.2.3.4'],
      ['IP Address', '2001:DB8:0:0:0:0:0:1'],
    ],
  };

  test.each([
    ['1.2.3.4', '1.2.3.4'],
    ['2001:db8::1', '2001:DB8:0:0:0:0:0:1'],
    ['2001:db8::0.0.0.1', '2001:DB8:0:0:0:0:0:1'],
    ['8.8.8.8', undefined],
    ['9.9.9.9', undefined],
    ['::ffff:1.2.3.4', undefined],
    ['1.2.3', undefined],
    ['01.2.3.4', undefined],
    ['[2001:db8::1]', undefined],
    ['2001:db8::1%lo', undefined],
    ['<invalid>', undefined],
    ['', undefined],
  ])('%s is found as %s', (address, name) => {
    expect(checkIp(cert, address)).toBe(name);
  });

  test('octets are an address too', () => {
    expect(checkIp(cert, Uint8Array.of(1, 2, 3, 4))).toBe('1.2.3.4');
    expect(checkIp(cert, Uint8Array.of(1, 2, 3))).toBeUndefined();
  });

  test('a number is a TypeError', () => {
    expect(() => checkIp(cert, 1 as unknown as string)).toThrow(TypeError);
  });
});

test('a Certificate is taken as its dictionary is, with names and without', async () => {
  const named = new Certificate((await createCertificate({ names: ['www.example.com', '1.2.3.4'] })).certificate);
  expect(checkHost(named, 'www.example.com')).toBe('www.example.com');
  expect(checkIp(named, '1.2.3.4')).toBe('1.2.3.4');
  expect(() => matchHostname(named, 'www.example.com')).not.toThrow();
  const unnamed = new Certificate((await createCertificate({ subject: { commonName: 'a.b' } })).certificate);
  expect(checkHost(unnamed, 'a.b')).toBe('a.b');
  expect(() => matchHostname(unnamed, 'a.b')).not.toThrow();
  expect(() => matchHostname(unnamed, 'c.d')).toThrow(CertificateError);
});
