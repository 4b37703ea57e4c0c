import * as context from '@sslkit/context';
import * as errors from '@sslkit/errors';
import * as x509 from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { askPython, pythonObstacle } from '../support/python.ts';
import { checkRows, type Row, VALUE_ERROR } from '../support/rows.ts';

const exported: Readonly<Record<string, unknown>> = { ...errors, ...x509, ...context };

/** Each name is exported by itself with this value, and is a member of the enum with the same. */
function members(enumName: string, values: Readonly<Record<string, unknown>>): Row[] {
  const container = exported[enumName] as Readonly<Record<string, unknown>>;
  return Object.entries(values).flatMap(([name, value]): Row[] => [
    [name, () => exported[name], value],
    [`${enumName}.${name}`, () => container[name], value],
  ]);
}

checkRows('VerifyMode', members('VerifyMode', { CERT_NONE: 0, CERT_OPTIONAL: 1, CERT_REQUIRED: 2 }));

checkRows(
  'VerifyFlags',
  members('VerifyFlags', {
    VERIFY_DEFAULT: 0,
    VERIFY_CRL_CHECK_LEAF: 0x4,
    VERIFY_CRL_CHECK_CHAIN: 0xc,
    VERIFY_X509_STRICT: 0x20,
    VERIFY_ALLOW_PROXY_CERTS: 0x40,
    VERIFY_X509_TRUSTED_FIRST: 0x8000,
    VERIFY_X509_PARTIAL_CHAIN: 0x80000,
  }),
);

checkRows('_SSLMethod', [
  ...members('SSLMethod', {
    PROTOCOL_SSLv2: 0,
    PROTOCOL_SSLv3: 1,
    PROTOCOL_TLS: 2,
    PROTOCOL_SSLv23: 2,
    PROTOCOL_TLSv1: 3,
    PROTOCOL_TLSv1_1: 4,
    PROTOCOL_TLSv1_2: 5,
    PROTOCOL_TLS_CLIENT: 16,
    PROTOCOL_TLS_SERVER: 17,
  }),
  ['PROTOCOL_SSLv2 makes no context', () => new context.SSLContext(context.PROTOCOL_SSLv2), VALUE_ERROR],
  ['PROTOCOL_SSLv3 makes no context', () => new context.SSLContext(context.PROTOCOL_SSLv3), VALUE_ERROR],
]);

checkRows('TLSVersion', [
  [
    'the members',
    () => Object.fromEntries(Object.entries(context.TLSVersion).filter(([, value]) => typeof value === 'number')),
    {
      MINIMUM_SUPPORTED: -2,
      SSLv3: 768,
      TLSv1: 769,
      TLSv1_1: 770,
      TLSv1_2: 771,
      TLSv1_3: 772,
      MAXIMUM_SUPPORTED: -1,
    },
  ],
]);

checkRows(
  'Options',
  members('Options', {
    OP_ALL: 0x80000050n,
    OP_NO_SSLv2: 0n,
    OP_NO_SSLv3: 0x02000000n,
    OP_NO_TLSv1: 0x04000000n,
    OP_NO_TLSv1_1: 0x10000000n,
    OP_NO_TLSv1_2: 0x08000000n,
    OP_NO_TLSv1_3: 0x20000000n,
    OP_NO_RENEGOTIATION: 0x40000000n,
    OP_CIPHER_SERVER_PREFERENCE: 0x400000n,
    OP_SINGLE_DH_USE: 0n,
    OP_SINGLE_ECDH_USE: 0n,
    OP_ENABLE_MIDDLEBOX_COMPAT: 0x100000n,
    OP_NO_COMPRESSION: 0x20000n,
    OP_NO_TICKET: 0x4000n,
    OP_IGNORE_UNEXPECTED_EOF: 0x80n,
    OP_LEGACY_SERVER_CONNECT: 0x4n,
    OP_ENABLE_KTLS: 0x8n,
  }),
);

const FEATURES: Row[] = Object.entries({
  HAS_SNI: true,
  HAS_ECDH: true,
  HAS_ALPN: true,
  HAS_NPN: false,
  HAS_NEVER_CHECK_COMMON_NAME: true,
  HAS_SSLv2: false,
  HAS_SSLv3: false,
  HAS_TLSv1: true,
  HAS_TLSv1_1: true,
  HAS_TLSv1_2: true,
  HAS_TLSv1_3: true,
  HAS_PSK: true,
  HAS_PHA: true,
}).map(([name, value]) => [name, () => exported[name], value]);
checkRows('HAS_*', [...FEATURES, ['HAS_PSK_TLS13 is a bool', () => typeof exported['HAS_PSK_TLS13'], 'boolean']]);

checkRows('OPENSSL_*', [
  ['OPENSSL_VERSION is text', () => /^OpenSSL 3\.\d+\.\d+ /.test(context.OPENSSL_VERSION), true],
  [
    'OPENSSL_VERSION is that of Node',
    () => context.OPENSSL_VERSION.split(' ')[1],
    process.versions.openssl?.replace(/\+quic$/, ''),
  ],
  ['OPENSSL_VERSION_NUMBER says 3', () => Math.floor(context.OPENSSL_VERSION_NUMBER / 2 ** 28), 3],
  ['OPENSSL_VERSION_INFO has five numbers', () => context.OPENSSL_VERSION_INFO.length, 5],
  [
    'OPENSSL_VERSION_INFO is the number taken apart',
    () => {
      const [major, minor, fix, patch, status] = context.OPENSSL_VERSION_INFO;
      return major * 2 ** 28 + minor * 2 ** 20 + fix * 2 ** 12 + patch * 2 ** 4 + status;
    },
    context.OPENSSL_VERSION_NUMBER,
  ],
  [
    'the fourth number is the patch of OpenSSL 3',
    () => context.OPENSSL_VERSION_INFO[3],
    Number(process.versions.openssl?.split(/[.+]/)[2]),
  ],
]);

checkRows(
  'AlertDescription',
  members(
    'AlertDescription',
    Object.fromEntries(
      Object.entries({
        CLOSE_NOTIFY: 0,
        UNEXPECTED_MESSAGE: 10,
        BAD_RECORD_MAC: 20,
        RECORD_OVERFLOW: 22,
        DECOMPRESSION_FAILURE: 30,
        HANDSHAKE_FAILURE: 40,
        BAD_CERTIFICATE: 42,
        UNSUPPORTED_CERTIFICATE: 43,
        CERTIFICATE_REVOKED: 44,
        CERTIFICATE_EXPIRED: 45,
        CERTIFICATE_UNKNOWN: 46,
        ILLEGAL_PARAMETER: 47,
        UNKNOWN_CA: 48,
        ACCESS_DENIED: 49,
        DECODE_ERROR: 50,
        DECRYPT_ERROR: 51,
        PROTOCOL_VERSION: 70,
        INSUFFICIENT_SECURITY: 71,
        INTERNAL_ERROR: 80,
        USER_CANCELLED: 90,
        NO_RENEGOTIATION: 100,
        UNSUPPORTED_EXTENSION: 110,
        CERTIFICATE_UNOBTAINABLE: 111,
        UNRECOGNIZED_NAME: 112,
        BAD_CERTIFICATE_STATUS_RESPONSE: 113,
        BAD_CERTIFICATE_HASH_VALUE: 114,
        UNKNOWN_PSK_IDENTITY: 115,
      }).map(([name, number]) => [`ALERT_DESCRIPTION_${name}`, number]),
    ),
  ),
);

checkRows('SSLErrorNumber', [
  ...members('SSLErrorNumber', {
    SSL_ERROR_SSL: 1,
    SSL_ERROR_WANT_READ: 2,
    SSL_ERROR_WANT_WRITE: 3,
    SSL_ERROR_WANT_X509_LOOKUP: 4,
    SSL_ERROR_SYSCALL: 5,
    SSL_ERROR_ZERO_RETURN: 6,
    SSL_ERROR_WANT_CONNECT: 7,
    SSL_ERROR_EOF: 8,
    SSL_ERROR_INVALID_ERROR_CODE: 10,
  }),
]);

checkRows('Purpose', [
  [
    'SERVER_AUTH',
    () => context.Purpose.SERVER_AUTH,
    { nid: 129, shortName: 'serverAuth', longName: 'TLS Web Server Authentication', oid: '1.3.6.1.5.5.7.3.1' },
  ],
  [
    'CLIENT_AUTH',
    () => context.Purpose.CLIENT_AUTH,
    { nid: 130, shortName: 'clientAuth', longName: 'TLS Web Client Authentication', oid: '1.3.6.1.5.5.7.3.2' },
  ],
  [
    'SERVER_AUTH is what x509 knows of its OID',
    () => x509.asn1Object('1.3.6.1.5.5.7.3.1'),
    context.Purpose.SERVER_AUTH,
  ],
]);

checkRows('CHANNEL_BINDING_TYPES', [
  ['holds tls-unique', () => context.CHANNEL_BINDING_TYPES.includes('tls-unique'), true],
  [
    'is a list that can be changed',
    () => {
      context.CHANNEL_BINDING_TYPES.push('x');
      return context.CHANNEL_BINDING_TYPES.pop();
    },
    'x',
  ],
]);

checkRows('PEM_HEADER and PEM_FOOTER', [
  ['PEM_HEADER', () => x509.PEM_HEADER, '-----BEGIN CERTIFICATE-----'],
  ['PEM_FOOTER', () => x509.PEM_FOOTER, '-----END CERTIFICATE-----'],
]);

checkRows('The enums of the message callback', [
  ['_TLSContentType has 6 members', () => countMembers(context.TLSContentType), 6],
  ['_TLSAlertType has 34 members', () => countMembers(context.TLSAlertType), 34],
  ['_TLSMessageType has 22 members', () => countMembers(context.TLSMessageType), 22],
]);

function countMembers(members: object): number {
  return Object.values(members).filter((value) => typeof value === 'number').length;
}

const LIST_CONSTANTS = `
import json, ssl
kinds = ('CERT_', 'VERIFY_', 'PROTOCOL_', 'OP_', 'HAS_', 'ALERT_DESCRIPTION_', 'SSL_ERROR_')
print(json.dumps({name: getattr(ssl, name) for name in dir(ssl) if name.startswith(kinds)}))
`;

describe.skipIf(pythonObstacle !== null)(
  `CPython${pythonObstacle === null ? '' : ` (skipped: ${pythonObstacle})`}`,
  () => {
    test('every constant that CPython has here has the same value', () => {
      const theirs = askPython(LIST_CONSTANTS) as Record<string, number | string | boolean>;
      const ours = Object.fromEntries(
        Object.keys(theirs).map((name) => {
          const value = exported[name];
          return [name, typeof value === 'bigint' ? Number(value) : value];
        }),
      );
      expect(ours).toEqual(theirs);
      expect(Object.keys(theirs).length).toBeGreaterThan(70);
    });

    test.each(['TLSContentType', 'TLSAlertType', 'TLSMessageType'] as const)('_%s has the same members', (name) => {
      const theirs = askPython(
        `import json, ssl; print(json.dumps({m.name: int(m) for m in getattr(ssl, '_${name}')}))`,
      ) as Record<string, number>;
      const ours = Object.entries(context[name]).filter(([, value]) => typeof value === 'number');
      expect(Object.fromEntries(ours)).toEqual(theirs);
    });
  },
);
