import { createCertificate, type GeneralNameInput } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { encodeGeneralName } from '../../src/create/general-name.ts';
import { hasOpenssl, hasPython, openssl, python } from './peer-programs.ts';

const hex = (name: GeneralNameInput, use?: 'name' | 'constraint') =>
  Buffer.from(encodeGeneralName(name, use)).toString('hex');
const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex');

const EVERY_KIND: readonly GeneralNameInput[] = [
  'example.org',
  '*.example.org',
  '192.0.2.1',
  '2001:db8::ff',
  '::ffff:192.0.2.1',
  'someone@example.org',
  'https://example.org/path',
  'urn:uuid:0',
  { dns: 'host' },
  { email: 'a@b' },
  { uri: 'spiffe://trust/workload' },
  { ip: '10.0.0.1' },
  { directoryName: { O: 'Example', CN: 'someone' } },
  { registeredId: '1.2.3.4' },
  { otherName: { type: '1.2.3', value: Uint8Array.of(5, 0) } },
  { upn: 'user@example.org' },
  { smtpUtf8Mailbox: 'jürgen@example.org' },
  { xmppAddr: 'juliet@example.org' },
  { naiRealm: 'example.org' },
  { srvName: '_imap.example.org' },
];

test.skipIf(!hasOpenssl)('openssl reads every kind of name (skipped where there is no openssl)', async () => {
  const { certificatePem } = await createCertificate({ subject: 'x', names: EVERY_KIND });
  const output = openssl({ 'it.pem': certificatePem }, 'x509', '-in', 'it.pem', '-noout', '-ext', 'subjectAltName');
  const names = (output.split('\n')[1] ?? '').trim();
  for (const expected of [
    'DNS:example.org, DNS:*.example.org, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:FF',
    'IP Address:0:0:0:0:0:FFFF:C000:201, email:someone@example.org, URI:https://example.org/path, URI:urn:uuid:0',
    'DNS:host, email:a@b, URI:spiffe://trust/workload, IP Address:10.0.0.1, DirName:',
    'Registered ID:1.2.3.4, othername:',
  ]) {
    expect(names).toContain(expected);
  }
  // The versions of openssl differ in how they set off the parts of these.
  for (const expected of [
    /DirName:.*O ?= ?Example.*CN ?= ?someone, Registered/,
    /othername: ?UPN::?user@example.org,/,
    /othername: ?SmtpUTF8Mailbox::?jürgen@example.org,/,
    /othername: ?XmppAddr::?juliet@example.org,/,
    /othername: ?NAIRealm::?example.org,/,
    /othername: ?SRVName::?_imap.example.org$/,
  ]) {
    expect(names).toMatch(expected);
  }
});

test.skipIf(!hasPython)('CPython reads every kind of name (skipped where there is no python3)', async () => {
  const { certificatePem } = await createCertificate({ subject: 'x', names: EVERY_KIND });
  const names = JSON.parse(
    python(
      { 'it.pem': certificatePem },
      "import ssl, json; print(json.dumps(ssl._ssl._test_decode_cert('it.pem')['subjectAltName']))",
    ),
  );
  expect(names.slice(0, 7)).toEqual([
    ['DNS', 'example.org'],
    ['DNS', '*.example.org'],
    ['IP Address', '192.0.2.1'],
    ['IP Address', '2001:DB8:0:0:0:0:0:FF'],
    ['IP Address', '0:0:0:0:0:FFFF:C000:201'],
    ['email', 'someone@example.org'],
    ['URI', 'https://example.org/path'],
  ]);
  expect(names.slice(12, 16)).toEqual([
    ['DirName', [[['organizationName', 'Example']], [['commonName', 'someone']]]],
    ['Registered ID', '1.2.3.4'],
    ['othername', '<unsupported>'],
    ['othername', 'UPN:user@example.org'],
  ]);
});

describe('text becomes what it looks like', () => {
  test.each([
    ['127.0.0.1', '87047f000001'],
    ['255.255.255.255', '8704ffffffff'],
    ['::', `8710${'00'.repeat(16)}`],
    ['::1', `8710${'00'.repeat(15)}01`],
    ['1::', `87100001${'00'.repeat(14)}`],
    ['1:2:3:4:5:6:7:8', '871000010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '871000010002000300040005000600070000'],
    ['64:ff9b::192.0.2.33', '87100064ff9b0000000000000000c0000221'],
    ['bücher.example', `8215${ascii('xn--bcher-kva.example')}`],
    ['*.bücher.example', `8217${ascii('*.xn--bcher-kva.example')}`],
    ['256.0.0.1', `8209${ascii('256.0.0.1')}`],
    ['010.0.0.1', `8209${ascii('010.0.0.1')}`],
    ['under_score', `820b${ascii('under_score')}`],
    ['a@b', `8103${ascii('a@b')}`],
    ['ftp://a', `8607${ascii('ftp://a')}`],
  ])('%s', (text, expected) => {
    expect(hex(text)).toBe(expected);
  });
});

test('bytes stand as they are, so that names no reader should take can be made', () => {
  expect(hex({ dns: Uint8Array.of(0x61, 0, 0x62) })).toBe('8203610062');
  expect(hex({ ip: Uint8Array.of(1, 2, 3) })).toBe('8703010203');
});

describe('the base of a constraint', () => {
  test.each([
    ['10.1.2.3/8', '87080a000000ff000000'],
    ['192.0.2.1', '8708c0000201ffffffff'],
    ['0.0.0.0/0', `8708${'00'.repeat(8)}`],
    ['192.168.77.0/22', '8708c0a84c00fffffc00'],
    ['2001:db8::/33', `872020010db8${'00'.repeat(12)}ffffffff80${'00'.repeat(11)}`],
    ['.example.org', `820c${ascii('.example.org')}`],
    ['', '8200'],
    ['a@b', `8103${ascii('a@b')}`],
  ])('%s', (text, expected) => {
    expect(hex(text, 'constraint')).toBe(expected);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '2001:db8::/129', '1.2.3/8'])('%s is refused', (text) => {
    expect(() => encodeGeneralName({ ip: text }, 'constraint')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });
});

describe('refusals', () => {
  test.each<[string, unknown, string]>([
    ['empty text', '', 'ERR_INVALID_ARG_VALUE'],
    ['a host name with a blank', 'a b', 'ERR_INVALID_ARG_VALUE'],
    ['a host name with a NUL', 'a\0b', 'ERR_INVALID_ARG_VALUE'],
    ['a host name with an empty label', 'a..b', 'ERR_INVALID_ARG_VALUE'],
    ['a label of 64 characters', 'a'.repeat(64), 'ERR_INVALID_ARG_VALUE'],
    ['an internationalised name that has no ASCII form', 'ü ü', 'ERR_INVALID_ARG_VALUE'],
    ['an internationalised name with a path', 'ü/x', 'ERR_INVALID_ARG_VALUE'],
    ['an internationalised name with a port', 'ü:443', 'ERR_INVALID_ARG_VALUE'],
    ['an IPv6 address with a zone', { ip: 'fe80::1%eth0' }, 'ERR_INVALID_ARG_VALUE'],
    ['an IPv6 address with two gaps', { ip: '1::2::3' }, 'ERR_INVALID_ARG_VALUE'],
    ['an IPv6 address of nine groups', { ip: '1:2:3:4:5:6:7:8:9' }, 'ERR_INVALID_ARG_VALUE'],
    ['an IPv6 address with a gap for nothing', { ip: '1:2:3:4::5:6:7:8' }, 'ERR_INVALID_ARG_VALUE'],
    ['an IPv4 address of three parts', { ip: '127.0.1' }, 'ERR_INVALID_ARG_VALUE'],
    ['an email address without a host', { email: 'someone' }, 'ERR_INVALID_ARG_VALUE'],
    ['an email address that is not ASCII', 'jürgen@example.org', 'ERR_INVALID_ARG_VALUE'],
    ['a relative URI', { uri: '/path' }, 'ERR_INVALID_ARG_VALUE'],
    ['a URI with a blank', { uri: 'http://a b' }, 'ERR_INVALID_ARG_VALUE'],
    ['a registered identifier that is none', { registeredId: '3.1' }, 'ERR_INVALID_ARG_VALUE'],
    ['a service name that is not ASCII', { srvName: '_ü.example' }, 'ERR_INVALID_ARG_VALUE'],
    ['an unknown kind', { host: 'a' }, 'ERR_INVALID_ARG_VALUE'],
    ['two kinds at once', { dns: 'a', ip: '::1' }, 'ERR_INVALID_ARG_TYPE'],
    ['no kind', {}, 'ERR_INVALID_ARG_TYPE'],
    ['null', null, 'ERR_INVALID_ARG_TYPE'],
    ['a number', 5, 'ERR_INVALID_ARG_TYPE'],
    ['a host name of another type', { dns: 5 }, 'ERR_INVALID_ARG_TYPE'],
    ['a principal name of another type', { upn: 5 }, 'ERR_INVALID_ARG_TYPE'],
    ['an identifier of another type', { registeredId: 5 }, 'ERR_INVALID_ARG_TYPE'],
    ['an otherName without a value', { otherName: { type: '1.2.3' } }, 'ERR_INVALID_ARG_TYPE'],
    ['an otherName that is null', { otherName: null }, 'ERR_INVALID_ARG_TYPE'],
  ])('%s', (_, name, code) => {
    expect(() => encodeGeneralName(name as GeneralNameInput)).toThrow(expect.objectContaining({ code }));
  });
});
