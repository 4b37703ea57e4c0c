// The rules of CPython's dictionary one by one, with the expected output here, so that they hold where Python is missing.

import { describe, expect, test } from 'vitest';
import { CertificateDecodeError, commonNames, decodeCertificate, decodeCertificateWithNames } from '../src/index.ts';
import { asCPythonPrints, cpythonAvailable, decodeWithCPython } from './support/cpython-decoder.ts';
import * as build from './support/der-builder.ts';

const { attribute, certificateWith, der, extension, hex, nameOf, sequence, withAltNames } = build;
const CN = build.COMMON_NAME;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const commonName = (tag: number, ...value: (Uint8Array | string)[]): Uint8Array =>
  certificateWith({ subject: nameOf(attribute(CN, der(tag, ...value))) });
const otherName = (oid: string, ...value: Uint8Array[]): Uint8Array =>
  withAltNames(der(0xa0, der(0x06, hex(oid)), der(0xa0, ...value)));
const UPN = '2b060104018237140203';
const access = (...entries: Uint8Array[]): Uint8Array =>
  certificateWith({ extensions: [extension(build.INFO_ACCESS, sequence(...entries))] });
const accessEntry = (method: string, location: Uint8Array): Uint8Array => sequence(der(0x06, hex(method)), location);
const OCSP = '2b06010505073001';
const points = (...entries: Uint8Array[]): Uint8Array =>
  certificateWith({ extensions: [extension(build.DISTRIBUTION_POINTS, sequence(...entries))] });
const fullName = (...names: Uint8Array[]): Uint8Array => sequence(der(0xa0, der(0xa0, ...names)));
const utcTime = (text: string): Uint8Array => certificateWith({ notBefore: der(0x17, text) });
const generalizedTime = (text: string): Uint8Array => certificateWith({ notBefore: der(0x18, text) });

/** Per rule: the certificate, and what its dictionary must hold; undefined for a key that must be absent. */
const shown: [rule: string, der: Uint8Array, expected: Record<string, unknown>][] = [
  ['an empty name is no relative names', certificateWith({ subject: nameOf() }), { subject: [] }],
  ['an empty relative name vanishes', certificateWith({ subject: sequence(der(0x31)) }), { subject: [] }],
  [
    'a relative name with two attributes stays one, in the order of the encoding',
    certificateWith({
      subject: sequence(der(0x31, attribute('55040a', der(0x0c, 'b')), attribute(CN, der(0x0c, 'a')))),
    }),
    {
      subject: [
        [
          ['organizationName', 'b'],
          ['commonName', 'a'],
        ],
      ],
    },
  ],
  [
    'an attribute without a name has its identifier',
    certificateWith({ subject: nameOf(attribute('550400', der(0x0c, 'x')), attribute('883703', der(0x0c, 'y'))) }),
    { subject: [[['2.5.4.0', 'x']], [['2.999.3', 'y']]] },
  ],
  [
    'rare attributes have OpenSSL’s long names',
    certificateWith({
      subject: nameOf(
        attribute('2b06010505070901', der(0x0c, 'x')),
        attribute('2b0601040182373c020103', der(0x13, 'DE')),
      ),
    }),
    { subject: [[['id-pda-dateOfBirth', 'x']], [['jurisdictionCountryName', 'DE']]] },
  ],
  ['UTF8String keeps a byte order mark', commonName(0x0c, utf8('\uFEFFx')), { subject: [[['commonName', '\uFEFFx']]] }],
  ['NUL stays in a name', commonName(0x0c, 'a\0b'), { subject: [[['commonName', 'a\0b']]] }],
  ['PrintableString is ISO 8859-1', commonName(0x13, 'caf\xe9*'), { subject: [[['commonName', 'café*']]] }],
  ['T61String is ISO 8859-1', commonName(0x14, '\xff\x80'), { subject: [[['commonName', 'ÿ\x80']]] }],
  ['BMPString is two bytes a character', commonName(0x1e, hex('20ac0041')), { subject: [[['commonName', '€A']]] }],
  ['UniversalString is four', commonName(0x1c, hex('0001f600')), { subject: [[['commonName', '😀']]] }],
  ['BIT STRING is bytes', commonName(0x03, hex('04ff')), { subject: [[['commonName', Uint8Array.of(0xf0)]]] }],
  [
    'a string in pieces is joined',
    commonName(0x2c, der(0x0c, 'a'), der(0x0c, 'b')),
    { subject: [[['commonName', 'ab']]] },
  ],

  ['no version is 1', certificateWith({ version: new Uint8Array(0) }), { version: 1 }],
  ['version 3 is version 4', certificateWith({ version: der(0xa0, der(0x02, [3])) }), { version: 4 }],
  ['version 255 is version 256', certificateWith({ version: der(0xa0, der(0x02, [0, 255])) }), { version: 256 }],
  ['version -1 is 0', certificateWith({ version: der(0xa0, der(0x02, [255])) }), { version: 0 }],
  [
    'a version beyond 64 bits is 0',
    certificateWith({ version: der(0xa0, der(0x02, hex('010000000000000000'))) }),
    { version: 0 },
  ],
  ['serial number 0 is 00', certificateWith({ serial: der(0x02, [0]) }), { serialNumber: '00' }],
  ['a serial number has whole bytes', certificateWith({ serial: der(0x02, [0x0a, 0xbc]) }), { serialNumber: '0ABC' }],
  ['a leading zero byte is not shown', certificateWith({ serial: der(0x02, [0, 0x80]) }), { serialNumber: '80' }],
  ['-1 is -01', certificateWith({ serial: der(0x02, [0xff]) }), { serialNumber: '-01' }],
  ['-128 is -80', certificateWith({ serial: der(0x02, [0x80]) }), { serialNumber: '-80' }],
  ['-256 is -0100', certificateWith({ serial: der(0x02, [0xff, 0]) }), { serialNumber: '-0100' }],

  ['a day is padded with a blank', utcTime('250102030405Z'), { notBefore: 'Jan  2 03:04:05 2025 GMT' }],
  ['UTCTime from 50 is in the last century', utcTime('500101000000Z'), { notBefore: 'Jan  1 00:00:00 1950 GMT' }],
  ['UTCTime to 49 is in this one', utcTime('491231235959Z'), { notBefore: 'Dec 31 23:59:59 2049 GMT' }],
  ['an offset is applied', utcTime('250101000000+0130'), { notBefore: 'Dec 31 22:30:00 2024 GMT' }],
  ['a negative one too', utcTime('241231233000-0100'), { notBefore: 'Jan  1 00:30:00 2025 GMT' }],
  ['missing seconds are 00', utcTime('2501010304Z'), { notBefore: 'Jan  1 03:04:00 2025 GMT' }],
  ['a fraction is kept', generalizedTime('20250102030405.123Z'), { notBefore: 'Jan  2 03:04:05.123 2025 GMT' }],
  ['year 1 is not padded', generalizedTime('00010101000000Z'), { notBefore: 'Jan  1 00:00:00 1 GMT' }],
  ['year 0 is a year', generalizedTime('00000101000000Z'), { notBefore: 'Jan  1 00:00:00 0 GMT' }],
  ['Feb 29 of a leap year is a day', generalizedTime('20240229000000Z'), { notBefore: 'Feb 29 00:00:00 2024 GMT' }],
  ...[
    ...[
      '20250230000000Z',
      '20250229000000Z',
      '20251301000000Z',
      '20250101240000Z',
      '20250101000060Z',
      '20250101000000',
    ],
    ...[
      '20250101000000z',
      '',
      '120250101000000Z',
      '20250101000000.Z',
      '2025010100000Z',
      '20250101000000Z0',
      '2025000100000Z',
    ],
    ...['20251x01000000Z', '18990101000000+0100'],
  ].map((text): [string, Uint8Array, Record<string, unknown>] => [
    `GeneralizedTime “${text}” is a bad time value`,
    generalizedTime(text),
    { notBefore: 'Bad time value' },
  ]),

  ['DNS keeps NUL', withAltNames(der(0x82, 'a\0b.com')), { subjectAltName: [['DNS', 'a\0b.com']] }],
  [
    'email and URI',
    withAltNames(der(0x81, 'a@b'), der(0x86, 'x:y')),
    {
      subjectAltName: [
        ['email', 'a@b'],
        ['URI', 'x:y'],
      ],
    },
  ],
  ['IPv4', withAltNames(der(0x87, [192, 0, 2, 1])), { subjectAltName: [['IP Address', '192.0.2.1']] }],
  [
    'IPv6 is in upper case and not shortened',
    withAltNames(
      der(0x87, hex('20010db8000000000000000000000001')),
      der(0x87, hex('00000000000000000000ffffc0000201')),
    ),
    {
      subjectAltName: [
        ['IP Address', '2001:DB8:0:0:0:0:0:1'],
        ['IP Address', '0:0:0:0:0:FFFF:C000:201'],
      ],
    },
  ],
  [
    'any other length of an address is <invalid>',
    withAltNames(der(0x87, [1, 2, 3])),
    { subjectAltName: [['IP Address', '<invalid>']] },
  ],
  [
    'DirName is a name',
    withAltNames(der(0xa4, build.plainName)),
    { subjectAltName: [['DirName', [[['commonName', 'example.com']]]]] },
  ],
  [
    'Registered ID is a long name or dotted',
    withAltNames(der(0x88, hex('550403')), der(0x88, hex('2b06010505070301')), der(0x88, hex('2a0304'))),
    {
      subjectAltName: [
        ['Registered ID', 'commonName'],
        ['Registered ID', 'TLS Web Server Authentication'],
        ['Registered ID', '1.2.3.4'],
      ],
    },
  ],
  ['UPN', otherName(UPN, der(0x0c, 'u@x')), { subjectAltName: [['othername', 'UPN:u@x']] }],
  [
    'UPN of another string type',
    otherName(UPN, der(0x16, 'u@x')),
    { subjectAltName: [['othername', '<unsupported>']] },
  ],
  [
    'SRVName is IA5String',
    otherName('2b06010505070807', der(0x16, '_x.y')),
    { subjectAltName: [['othername', 'SRVName:_x.y']] },
  ],
  [
    'SmtpUTF8Mailbox',
    otherName('2b06010505070809', der(0x0c, utf8('ü@x'))),
    { subjectAltName: [['othername', 'SmtpUTF8Mailbox:ü@x']] },
  ],
  ['XmppAddr', otherName('2b06010505070805', der(0x0c, 'x')), { subjectAltName: [['othername', 'XmppAddr:x']] }],
  ['NAIRealm', otherName('2b06010505070808', der(0x0c, 'x')), { subjectAltName: [['othername', 'NAIRealm:x']] }],
  ['an unknown other name', otherName('2a0304', der(0x0c, 'x')), { subjectAltName: [['othername', '<unsupported>']] }],
  ['an other name stops at NUL', otherName(UPN, der(0x0c, 'a\0b')), { subjectAltName: [['othername', 'UPN:a']] }],
  ['and after a newline', otherName(UPN, der(0x0c, 'a\nb')), { subjectAltName: [['othername', 'UPN:a\n']] }],
  [
    'and at 2,036 characters',
    otherName(UPN, der(0x0c, 'a'.repeat(3000))),
    { subjectAltName: [['othername', `UPN:${'a'.repeat(2032)}`]] },
  ],
  [
    'X400Name and EdiPartyName are <unsupported>',
    withAltNames(der(0xa3, der(0x30)), der(0xa5, der(0xa1, der(0x0c, 'x')))),
    {
      subjectAltName: [
        ['X400Name', '<unsupported>'],
        ['EdiPartyName', '<unsupported>'],
      ],
    },
  ],
  ['an empty subjectAltName is an empty list', withAltNames(), { subjectAltName: [] }],
  [
    'a subjectAltName that is there twice is absent',
    certificateWith({ extensions: [1, 2].map(() => extension(build.SUBJECT_ALT_NAME, sequence(der(0x82, 'a')))) }),
    { subjectAltName: undefined },
  ],
  [
    'one with an unknown kind of name is absent',
    withAltNames(der(0x82, 'a'), der(0x89, 'b')),
    { subjectAltName: undefined },
  ],
  ['one with an empty registered ID is absent', withAltNames(der(0x88)), { subjectAltName: undefined }],
  [
    'bytes after the names are ignored',
    certificateWith({
      extensions: [sequence(der(0x06, hex('551d11')), der(0x04, sequence(der(0x82, 'a')), hex('ff')))],
    }),
    { subjectAltName: [['DNS', 'a']] },
  ],
  [
    'version 1 with extensions shows them',
    certificateWith({ version: new Uint8Array(0), extensions: [extension('551d11', sequence(der(0x82, 'a')))] }),
    { version: 1, subjectAltName: [['DNS', 'a']] },
  ],
  [
    'OCSP and caIssuers are URIs alone, in order',
    access(
      accessEntry(OCSP, der(0x86, 'http://1')),
      accessEntry(OCSP, der(0x82, 'no.uri')),
      accessEntry('2b06010505073002', der(0x86, 'http://2')),
      accessEntry(OCSP, der(0x86, 'http://3')),
    ),
    { OCSP: ['http://1', 'http://3'], caIssuers: ['http://2'] },
  ],
  [
    'without a URI there is no key',
    access(accessEntry(OCSP, der(0x82, 'no.uri'))),
    { OCSP: undefined, caIssuers: undefined },
  ],
  [
    'the URIs of all points are one list',
    points(fullName(der(0x86, 'a'), der(0x86, 'b')), fullName(der(0x86, 'c'))),
    { crlDistributionPoints: ['a', 'b', 'c'] },
  ],
  ['an empty point gives nothing', points(sequence()), { crlDistributionPoints: undefined }],
  [
    'a relative name gives nothing',
    points(sequence(der(0xa0, der(0xa1, attribute(CN, der(0x0c, 'x')))))),
    { crlDistributionPoints: undefined },
  ],
  ['reasons alone give nothing', points(sequence(der(0x81, [1, 6]))), { crlDistributionPoints: undefined }],
  ['an issuer alone gives nothing', points(sequence(der(0xa2, der(0x86, 'x')))), { crlDistributionPoints: undefined }],
  ['bytes after the certificate are ignored', new Uint8Array([...certificateWith(), 1, 2]), { version: 3 }],
];

const refused: [rule: string, der: Uint8Array][] = [
  ['UTF8String with an overlong form', commonName(0x0c, hex('c080'))],
  ['UTF8String with a surrogate', commonName(0x0c, hex('eda080'))],
  ['UTF8String above U+10FFFF', commonName(0x0c, hex('f4908080'))],
  ['BMPString with surrogates', commonName(0x1e, hex('d83dde00'))],
  ['BMPString of an odd length', commonName(0x1e, hex('20'))],
  ['UniversalString above U+10FFFF', commonName(0x1c, hex('00110000'))],
  ...[0x1a, 0x1b, 0x19, 0x15, 0x04, 0x02, 0x01, 0x05, 0x17, 0x80, 0x30, 0x07].map((tag): [string, Uint8Array] => [
    `a name with a value of tag ${tag}`,
    commonName(tag, tag === 0x02 || tag === 0x01 ? hex('00') : ''),
  ]),
  ['a DirName with a value that is no text', withAltNames(der(0xa4, nameOf(attribute(CN, der(0x07, 'x')))))],
  ['DNS that is not UTF-8', withAltNames(der(0x82, hex('ff')))],
  ['an other name that is not UTF-8', otherName(UPN, der(0x0c, hex('ff')))],
  ['an OCSP URI that is not UTF-8', access(accessEntry(OCSP, der(0x86, hex('ff'))))],
  ['a serial number that is padded', certificateWith({ serial: der(0x02, [0, 1]) })],
  ['an empty serial number', certificateWith({ serial: der(0x02) })],
  ['a time that is no time', certificateWith({ notBefore: der(0x0c, '250101000000Z') })],
  ['a field too many', sequence(...[1, 2, 3, 4].map(() => sequence()))],
  [
    'an attribute with three fields',
    certificateWith({ subject: nameOf(sequence(der(0x06, hex(CN)), der(0x0c, 'x'), der(0x05))) }),
  ],
  ['an OBJECT IDENTIFIER with a leading 80', certificateWith({ subject: nameOf(attribute('8001', der(0x0c, 'x'))) })],
  ['an unfinished OBJECT IDENTIFIER', certificateWith({ subject: nameOf(attribute('2a83', der(0x0c, 'x'))) })],
  ['an empty OBJECT IDENTIFIER', certificateWith({ subject: nameOf(attribute('', der(0x0c, 'x'))) })],
  [
    'an OBJECT IDENTIFIER of 587 bytes',
    certificateWith({ subject: nameOf(attribute(`${'ff'.repeat(586)}7f`, der(0x0c, 'x'))) }),
  ],
  ['a BIT STRING with 8 unused bits', commonName(0x03, hex('0800'))],
  ['a name of more than 1 MiB', commonName(0x0c, 'x'.repeat(1024 * 1024))],
  ['a certificate cut off', certificateWith().slice(0, -1)],
  ['text', utf8('-----BEGIN CERTIFICATE-----')],
];

describe('decodeCertificate()', () => {
  test.each(shown)('%s', (_, bytes, expected) => {
    const dictionary = decodeCertificate(bytes);
    expect(dictionary).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
    );
    for (const [key, value] of Object.entries(expected))
      if (value === undefined) expect(dictionary).not.toHaveProperty(key);
  });

  test.each(refused)('refuses %s', (_, bytes) => {
    expect(() => decodeCertificate(bytes)).toThrow(CertificateDecodeError);
  });

  test.skipIf(!cpythonAvailable)('every rule here is CPython’s (needs python3 on OpenSSL 3.0)', () => {
    expect(decodeWithCPython(shown.map(([, bytes]) => bytes))).toEqual(
      shown.map(([, bytes]) => asCPythonPrints(decodeCertificate(bytes))),
    );
    expect(decodeWithCPython(refused.map(([, bytes]) => bytes))).toEqual(refused.map(() => null));
  });

  test('the keys stand in Python’s order', () => {
    const everything = certificateWith({
      extensions: [
        extension(build.DISTRIBUTION_POINTS, sequence(fullName(der(0x86, 'c')))),
        extension(
          build.INFO_ACCESS,
          sequence(accessEntry('2b06010505073002', der(0x86, 'b')), accessEntry(OCSP, der(0x86, 'a'))),
        ),
        extension(build.SUBJECT_ALT_NAME, sequence()),
      ],
    });
    const first = ['subject', 'issuer', 'version', 'serialNumber', 'notBefore', 'notAfter'];
    const then = ['subjectAltName', 'OCSP', 'caIssuers', 'crlDistributionPoints'];
    expect(Object.keys(decodeCertificate(everything))).toEqual([...first, ...then]);
  });

  test('a serial number of more than 35 bytes is whole, where CPython’s breaks off', () => {
    const { serialNumber } = decodeCertificate(certificateWith({ serial: der(0x02, new Uint8Array(40).fill(0x11)) }));
    expect(serialNumber).toBe('11'.repeat(40));
  });

  test('takes any view of bytes and an ArrayBuffer, and nothing else', () => {
    const bytes = certificateWith();
    const expected = decodeCertificate(bytes);
    const copy = bytes.slice().buffer;
    expect(decodeCertificate(Buffer.from(bytes))).toEqual(expected);
    expect(decodeCertificate(copy)).toEqual(expected);
    expect(decodeCertificate(new DataView(copy))).toEqual(expected);
    expect(() => decodeCertificate('text' as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });
});

describe('strict', () => {
  const ber: [string, Uint8Array][] = [
    ['indefinite lengths', new Uint8Array([0x30, 0x80, ...certificateWith().slice(3), 0, 0])],
    ['padded lengths', new Uint8Array([0x30, 0x82, 0, ...certificateWith().slice(2)])],
    ['strings in pieces', commonName(0x2c, der(0x0c, 'a'))],
    ['trailing bytes', new Uint8Array([...certificateWith(), 0])],
    [
      'an explicit default',
      certificateWith({ extensions: [sequence(der(0x06, hex('2a')), der(0x01, [0]), der(0x04))] }),
    ],
    [
      'a structure encoded as a value',
      certificateWith({ subject: sequence(der(0x11, attribute(CN, der(0x0c, 'x')))) }),
    ],
  ];
  test.each(ber)('refuses %s, which are taken otherwise', (_, bytes) => {
    expect(decodeCertificate(bytes).version).toBe(3);
    expect(() => decodeCertificate(bytes, { strict: true })).toThrow(
      expect.objectContaining({ code: 'ERR_ASN1_NOT_DER' }),
    );
  });
});

test('with the common names alone, a rare attribute is its identifier', () => {
  const subject = nameOf(attribute(CN, der(0x0c, 'x')), attribute('2b06010505070901', der(0x0c, 'y')));
  expect(decodeCertificateWithNames(certificateWith({ subject }), commonNames).subject).toEqual([
    [['commonName', 'x']],
    [['1.3.6.1.5.5.7.9.1', 'y']],
  ]);
});
