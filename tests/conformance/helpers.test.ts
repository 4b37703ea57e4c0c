import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CERT_NONE,
  CERT_REQUIRED,
  createDefaultContext,
  createUnverifiedContext,
  enumCertificates,
  enumCrls,
  getDefaultVerifyPaths,
  getProtocolName,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  Purpose,
  VERIFY_X509_PARTIAL_CHAIN,
  VERIFY_X509_STRICT,
  VERIFY_X509_TRUSTED_FIRST,
} from '@sslkit/context';
import { SSLCertVerificationError } from '@sslkit/errors';
import {
  asn1Object,
  certTimeToSeconds,
  derCertToPemCert,
  fromName,
  fromNid,
  matchHostname,
  PEM_FOOTER,
  PEM_HEADER,
  pemCertToDerCert,
} from '@sslkit/x509';
import { decodeCertificateFile } from '@sslkit/x509/node';
import { afterAll, vi } from 'vitest';
import { takeCertificate } from '../support/certificates.ts';
import { accepted, checkRows, Failure, NOT_IMPLEMENTED, type Row, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-helpers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CERTIFICATE_ERROR = new Failure(SSLCertVerificationError, { errno: null, verifyCode: undefined });
const NOTHING = undefined;

const dns = (...names: string[]) => ({ subjectAltName: names.map((name) => ['DNS', name] as const) });
const addresses = (...names: string[]) => ({ subjectAltName: names.map((name) => ['IP Address', name] as const) });
const subject = (...names: string[]) => ({ subject: names.map((name) => [['commonName', name] as const]) });
const says = (message: string | RegExp) =>
  new Failure(SSLCertVerificationError, {
    message: typeof message === 'string' ? message : expectText(message),
  });

function expectText(pattern: RegExp): unknown {
  return { asymmetricMatch: (text: unknown) => typeof text === 'string' && pattern.test(text) };
}

checkRows('match_hostname(cert, hostname)', [
  ['the same name', () => matchHostname(dns('example.com'), 'example.com'), NOTHING],
  ['case does not matter', () => matchHostname(dns('Example.COM'), 'eXample.com'), NOTHING],
  ['any of several', () => matchHostname(dns('a.com', 'b.com'), 'b.com'), NOTHING],
  ['a wildcard for one label', () => matchHostname(dns('*.a.com'), 'foo.a.com'), NOTHING],
  ['a wildcard not for two labels', () => matchHostname(dns('*.a.com'), 'bar.foo.a.com'), CERTIFICATE_ERROR],
  ['a wildcard not for none', () => matchHostname(dns('*.a.com'), 'a.com'), CERTIFICATE_ERROR],
  ['a wildcard not for an empty label', () => matchHostname(dns('*.a.com'), '.a.com'), CERTIFICATE_ERROR],
  ['a partial wildcard', () => matchHostname(dns('f*.com'), 'foo.com'), CERTIFICATE_ERROR],
  ['a bare wildcard', () => matchHostname(dns('*'), 'com'), CERTIFICATE_ERROR],
  ['two wildcards', () => matchHostname(dns('*.*.com'), 'a.b.com'), CERTIFICATE_ERROR],
  ['a wildcard that is not first', () => matchHostname(dns('a.*.com'), 'a.b.com'), CERTIFICATE_ERROR],
  ['a broken pattern fails at once', () => matchHostname(dns('*.*.com', 'b.com'), 'b.com'), CERTIFICATE_ERROR],
  ['an address', () => matchHostname(addresses('10.11.12.13'), '10.11.12.13'), NOTHING],
  ['another address', () => matchHostname(addresses('10.11.12.13'), '10.11.12.14'), CERTIFICATE_ERROR],
  [
    'an address of IPv6 in another spelling',
    () => matchHostname(addresses('2003:0:0:0:0:0:0:BABA\n'), '2003::baba'),
    NOTHING,
  ],
  ['an address with blanks behind it', () => matchHostname(addresses('127.0.0.1 \n'), '127.0.0.1'), NOTHING],
  ['a DNS entry not for an address', () => matchHostname(dns('10.11.12.13'), '10.11.12.13'), CERTIFICATE_ERROR],
  ['a broken address in the certificate', () => matchHostname(addresses('127.1'), '127.0.0.1'), VALUE_ERROR],
  ['the common name where nothing else is', () => matchHostname(subject('example.com'), 'example.com'), NOTHING],
  ['the common name by the DNS rule', () => matchHostname(subject('1.2.3.4'), '1.2.3.4'), NOTHING],
  [
    'the common name not beside a DNS entry',
    () => matchHostname({ ...subject('example.com'), ...dns('other.com') }, 'example.com'),
    CERTIFICATE_ERROR,
  ],
  [
    'the common name beside a URI entry',
    () => matchHostname({ ...subject('a.com'), subjectAltName: [['URI', 'https://b.com/']] }, 'a.com'),
    NOTHING,
  ],
  ['one name in the text', () => matchHostname(dns('n'), 'h'), says("hostname 'h' doesn't match 'n'")],
  [
    'several in the text',
    () => matchHostname(dns('a', 'b'), 'h'),
    says("hostname 'h' doesn't match either of 'a', 'b'"),
  ],
  ['none in the text', () => matchHostname({ subject: [] }, 'h'), says(/no appropriate commonName or subjectAltName/)],
  ['no certificate: ValueError', () => matchHostname(null, 'h'), VALUE_ERROR],
  ['an empty one: ValueError', () => matchHostname({}, 'h'), VALUE_ERROR],
]);

const seconds = (text: unknown) => () => certTimeToSeconds(text as string);

checkRows('cert_time_to_seconds(cert_time)', [
  ['January', seconds('Jan  5 09:34:43 2018 GMT'), 1515144883],
  ['before 1970', seconds('Jan  1 00:00:00 1955 GMT'), -473385600],
  ['the year 9999', seconds('Dec 31 23:59:59 9999 GMT'), 253402300799],
  ['the month in any case', seconds('jAN  5 09:34:43 2018 GMT'), 1515144883],
  ['GMT in any case', seconds('Jan  5 09:34:43 2018 gmt'), 1515144883],
  ['one blank', seconds('Jan 5 09:34:43 2018 GMT'), 1515144883],
  ['single digits', seconds('Jan  5 9:4:3 2018 GMT'), 1515143043],
  ['second 60', seconds('Dec 31 23:59:60 2008 GMT'), 1230768000],
  ['second 61', seconds('Dec 31 23:59:61 2008 GMT'), 1230768001],
  ['February 30', seconds('Feb 30 00:00:00 2011 GMT'), 1299024000],
  ['second 62', seconds('Jan  5 09:34:62 2018 GMT'), VALUE_ERROR],
  ['minute 60', seconds('Jan  5 09:60:43 2018 GMT'), VALUE_ERROR],
  ['hour 24', seconds('Jan  5 24:34:43 2018 GMT'), VALUE_ERROR],
  ['day 32', seconds('Jan 32 09:34:43 2018 GMT'), VALUE_ERROR],
  ['day 0', seconds('Jan  0 09:34:43 2018 GMT'), VALUE_ERROR],
  ['another zone', seconds('Jan  5 09:34:43 2018 CET'), VALUE_ERROR],
  ['no zone', seconds('Jan  5 09:34:43 2018'), VALUE_ERROR],
  ['an unknown month', seconds('Jon  5 09:34:43 2018 GMT'), VALUE_ERROR],
  ['a blank in front', seconds(' Jan  5 09:34:43 2018 GMT'), VALUE_ERROR],
  ['something behind', seconds('Jan  5 09:34:43 2018 GMT x'), VALUE_ERROR],
  ['a fraction', seconds('Jan  5 09:34:43.5 2018 GMT'), VALUE_ERROR],
  ['a year of two digits', seconds('Jan  5 09:34:43 18 GMT'), VALUE_ERROR],
  ['no text', seconds(42), TYPE_ERROR],
]);

const asBytes = (value: unknown) => value as Uint8Array;

checkRows('DER_cert_to_PEM_cert(der)', [
  ['nothing', () => derCertToPemCert(Buffer.alloc(0)), `${PEM_HEADER}\n${PEM_FOOTER}\n`],
  ['no check of its content', () => derCertToPemCert(Buffer.from('abc')), `${PEM_HEADER}\nYWJj\n${PEM_FOOTER}\n`],
  ['lines of 64', () => derCertToPemCert(Buffer.alloc(49)), `${PEM_HEADER}\n${'A'.repeat(64)}\nAA==\n${PEM_FOOTER}\n`],
  ['text: TypeError', () => derCertToPemCert(asBytes('abc')), TYPE_ERROR],
]);

const pem = (body: string) => `${PEM_HEADER}\n${body}\n${PEM_FOOTER}\n`;
const decoded = (text: unknown) => () => Buffer.from(pemCertToDerCert(text as string)).toString('latin1');

checkRows('PEM_cert_to_DER_cert(pem)', [
  ['a block', decoded(pem('YWJj')), 'abc'],
  ['blanks behind it', decoded(`${pem('YWJj')}\n  \n`), 'abc'],
  ['foreign characters inside', decoded(pem('YW\n Jj!')), 'abc'],
  ['blanks in front: ValueError', decoded(`\n${pem('YWJj')}`), VALUE_ERROR],
  ['no footer: ValueError', decoded(`${PEM_HEADER}\nYWJj\n`), VALUE_ERROR],
  ['no header: ValueError', decoded(`YWJj\n${PEM_FOOTER}\n`), VALUE_ERROR],
  ['broken padding: ValueError', decoded(pem('YWJjZ')), VALUE_ERROR],
  ['two blocks: ValueError', decoded(`${pem('YWJj')}${pem('YWJj')}`), VALUE_ERROR],
  ['not ASCII: ValueError', decoded(pem('é')), VALUE_ERROR],
  ['bytes: TypeError', decoded(Buffer.from(pem('YWJj'))), TYPE_ERROR],
]);

const inEnvironment = (variables: Readonly<Record<string, string>>, call: () => unknown) => () => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  try {
    return call();
  } finally {
    vi.unstubAllEnvs();
  }
};

writeFileSync(join(folder, 'some.pem'), '');

checkRows('get_default_verify_paths()', [
  [
    'the keys in order',
    () => Object.keys(getDefaultVerifyPaths()),
    ['cafile', 'capath', 'opensslCafileEnv', 'opensslCafile', 'opensslCapathEnv', 'opensslCapath'],
  ],
  ['openssl_cafile_env', () => getDefaultVerifyPaths().opensslCafileEnv, 'SSL_CERT_FILE'],
  ['openssl_capath_env', () => getDefaultVerifyPaths().opensslCapathEnv, 'SSL_CERT_DIR'],
  [
    'the variables shadow what was compiled in',
    inEnvironment({ SSL_CERT_FILE: join(folder, 'some.pem'), SSL_CERT_DIR: folder }, () => {
      const { cafile, capath } = getDefaultVerifyPaths();
      return { cafile, capath };
    }),
    { cafile: join(folder, 'some.pem'), capath: folder },
  ],
  [
    'None where nothing is',
    inEnvironment({ SSL_CERT_FILE: join(folder, 'missing.pem'), SSL_CERT_DIR: join(folder, 'missing') }, () => {
      const { cafile, capath } = getDefaultVerifyPaths();
      return { cafile, capath };
    }),
    { cafile: null, capath: null },
  ],
  ['can be taken apart as a tuple', () => [...getDefaultVerifyPaths()], Object.values(getDefaultVerifyPaths())],
]);

if (process.platform !== 'win32') {
  checkRows('enum_certificates(store_name) and enum_crls(store_name)', [
    ['enum_certificates: not here', () => enumCertificates('CA'), NOT_IMPLEMENTED],
    ['enum_crls: not here', () => enumCrls('CA'), NOT_IMPLEMENTED],
  ]);
}

checkRows('get_protocol_name(code)', [
  ['PROTOCOL_TLS', () => getProtocolName(2), 'PROTOCOL_TLS'],
  ['PROTOCOL_TLS_CLIENT', () => getProtocolName(16), 'PROTOCOL_TLS_CLIENT'],
  ['PROTOCOL_TLS_SERVER', () => getProtocolName(17), 'PROTOCOL_TLS_SERVER'],
  ['PROTOCOL_TLSv1_2', () => getProtocolName(5), 'PROTOCOL_TLSv1_2'],
  ['an unknown one', () => getProtocolName(99), '<unknown>'],
]);

checkRows('_test_decode_cert(path)', [
  [
    'the first certificate of a file',
    async () => {
      const { certificatePem } = await takeCertificate('server');
      writeFileSync(join(folder, 'leaf.pem'), `words\n${certificatePem}`);
      return decodeCertificateFile(join(folder, 'leaf.pem')).subjectAltName;
    },
    [
      ['DNS', 'localhost'],
      ['IP Address', '127.0.0.1'],
      ['IP Address', '0:0:0:0:0:0:0:1'],
    ],
  ],
  ['a missing file', () => decodeCertificateFile(join(folder, 'missing.pem')), new Failure(Error, { code: 'ENOENT' })],
  ['a file without one', () => decodeCertificateFile(join(folder, 'some.pem')), new Failure(Error, {})],
]);

const serverAuth = Purpose.SERVER_AUTH;

checkRows('_ASN1Object', [
  ['by OID', () => asn1Object('1.3.6.1.5.5.7.3.1'), serverAuth],
  ['not by name', () => asn1Object('serverAuth'), VALUE_ERROR],
  ['fromname with a short name', () => fromName('serverAuth'), serverAuth],
  ['fromname with a long name', () => fromName('TLS Web Server Authentication'), serverAuth],
  ['fromname with an OID', () => fromName('1.3.6.1.5.5.7.3.1'), serverAuth],
  ['fromname minds the case', () => fromName('serverauth'), VALUE_ERROR],
  ['fromnid', () => fromNid(129), serverAuth],
  ['fromnid(-1): ValueError', () => fromNid(-1), VALUE_ERROR],
  ['fromnid of an unknown one: ValueError', () => fromNid(100000), VALUE_ERROR],
]);

const rootPem = takeCertificate('authority').then(({ certificatePem }) => certificatePem);
const STRICT = VERIFY_X509_TRUSTED_FIRST | VERIFY_X509_PARTIAL_CHAIN | VERIFY_X509_STRICT;

checkRows('create_default_context(purpose, cafile, capath, cadata)', [
  ['SERVER_AUTH: the protocol', () => createDefaultContext().protocol, PROTOCOL_TLS_CLIENT],
  ['SERVER_AUTH: verify_mode', () => createDefaultContext().verifyMode, CERT_REQUIRED],
  ['SERVER_AUTH: check_hostname', () => createDefaultContext().checkHostname, true],
  ['SERVER_AUTH: verify_flags', () => createDefaultContext().verifyFlags, STRICT],
  [
    'CLIENT_AUTH: the protocol',
    () => createDefaultContext({ purpose: Purpose.CLIENT_AUTH }).protocol,
    PROTOCOL_TLS_SERVER,
  ],
  ['CLIENT_AUTH: verify_mode', () => createDefaultContext({ purpose: Purpose.CLIENT_AUTH }).verifyMode, CERT_NONE],
  ['CLIENT_AUTH: check_hostname', () => createDefaultContext({ purpose: Purpose.CLIENT_AUTH }).checkHostname, false],
  [
    'CLIENT_AUTH trusts nobody',
    () => createDefaultContext({ purpose: Purpose.CLIENT_AUTH }).certStoreStats(),
    { x509: 0, crl: 0, x509Ca: 0 },
  ],
  [
    'cadata alone is trusted',
    async () => createDefaultContext({ cadata: await rootPem }).certStoreStats(),
    { x509: 1, crl: 0, x509Ca: 1 },
  ],
  [
    'another purpose: ValueError',
    () => createDefaultContext({ purpose: asn1Object('1.3.6.1.5.5.7.3.4') }),
    VALUE_ERROR,
  ],
  [
    'what is no purpose: TypeError',
    () => createDefaultContext({ purpose: 'SERVER_AUTH' as unknown as Purpose }),
    TYPE_ERROR,
  ],
  ['broken cadata', () => createDefaultContext({ cadata: 'x' }), new Failure(Error, { code: 'ERR_SSL_NO_START_LINE' })],
  [
    'SSLKEYLOGFILE becomes keylog_filename',
    inEnvironment({ SSLKEYLOGFILE: join(folder, 'keys.log') }, () => createDefaultContext().keylogFilename),
    join(folder, 'keys.log'),
  ],
  [
    'an empty SSLKEYLOGFILE does not',
    inEnvironment({ SSLKEYLOGFILE: '' }, () => createDefaultContext().keylogFilename),
    null,
  ],
]);

checkRows('_create_unverified_context(…)', [
  ['verify_mode', () => createUnverifiedContext().verifyMode, CERT_NONE],
  ['check_hostname', () => createUnverifiedContext().checkHostname, false],
  ['cert_reqs', () => createUnverifiedContext({ certReqs: CERT_REQUIRED }).verifyMode, CERT_REQUIRED],
  [
    'check_hostname=True requires certificates',
    () => createUnverifiedContext({ checkHostname: true }).verifyMode,
    CERT_REQUIRED,
  ],
  ['a server', () => createUnverifiedContext({ purpose: Purpose.CLIENT_AUTH }).protocol, PROTOCOL_TLS_SERVER],
  ['keyfile without certfile: ValueError', () => createUnverifiedContext({ keyfile: 'x' }), VALUE_ERROR],
  [
    'a missing certfile',
    () => createUnverifiedContext({ certfile: join(folder, 'missing') }),
    new Failure(Error, { code: 'ENOENT' }),
  ],
  ['cadata', async () => createUnverifiedContext({ cadata: await rootPem }).certStoreStats().x509Ca, 1],
] satisfies Row[]);

checkRows('load_default_certs(purpose)', [
  ['both purposes', accepted(() => createDefaultContext().loadDefaultCerts(Purpose.CLIENT_AUTH)), true],
  [
    'what is no purpose: TypeError',
    () => createDefaultContext().loadDefaultCerts('SERVER_AUTH' as unknown as Purpose),
    TYPE_ERROR,
  ],
  [
    'nothing, where the variables lead nowhere',
    inEnvironment({ SSL_CERT_FILE: join(folder, 'missing'), SSL_CERT_DIR: join(folder, 'missing') }, () => {
      const context = createUnverifiedContext();
      context.loadDefaultCerts();
      return context.certStoreStats().x509;
    }),
    0,
  ],
  [
    'SSL_CERT_FILE',
    async () => {
      writeFileSync(join(folder, 'root.pem'), await rootPem);
      return inEnvironment({ SSL_CERT_FILE: join(folder, 'root.pem'), SSL_CERT_DIR: folder }, () => {
        const context = createUnverifiedContext();
        context.loadDefaultCerts();
        return context.certStoreStats().x509;
      })();
    },
    1,
  ],
]);
