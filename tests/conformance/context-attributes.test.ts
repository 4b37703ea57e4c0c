import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  OP_ALL,
  OP_NO_SSLv3,
  OP_NO_TLSv1_2,
  PROTOCOL_TLS,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  PROTOCOL_TLSv1_2,
  SSLContext,
  SSLObject,
  TLSVersion,
  VERIFY_CRL_CHECK_LEAF,
  VERIFY_DEFAULT,
  VERIFY_X509_TRUSTED_FIRST,
} from '@sslkit/context';
import { checkRows, Failure, OVERFLOW_ERROR, type Row, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const makeServer = () => new SSLContext(PROTOCOL_TLS_SERVER);
const makeClient = () => new SSLContext(PROTOCOL_TLS_CLIENT);

/** Sets an attribute, of whatever type the value is, and gives back what it is then. */
function set(name: keyof SSLContext, value: unknown, make = makeServer): () => unknown {
  return () => {
    const context = make();
    Reflect.set(context, name, value, context);
    return context[name];
  };
}

const DEFAULT_OPTIONS = 0x82520050n;

for (const [name, protocol] of Object.entries({ PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER })) {
  const isClient = protocol === PROTOCOL_TLS_CLIENT;
  checkRows(`The defaults of ${name}`, [
    ['protocol', () => new SSLContext(protocol).protocol, protocol],
    ['options', () => new SSLContext(protocol).options, DEFAULT_OPTIONS],
    ['verify_flags', () => new SSLContext(protocol).verifyFlags, VERIFY_X509_TRUSTED_FIRST],
    ['verify_mode', () => new SSLContext(protocol).verifyMode, isClient ? CERT_REQUIRED : CERT_NONE],
    ['check_hostname', () => new SSLContext(protocol).checkHostname, isClient],
    ['minimum_version', () => new SSLContext(protocol).minimumVersion, TLSVersion.TLSv1_2],
    ['maximum_version', () => new SSLContext(protocol).maximumVersion, TLSVersion.MAXIMUM_SUPPORTED],
    ['post_handshake_auth', () => new SSLContext(protocol).postHandshakeAuth, false],
    ['hostname_checks_common_name', () => new SSLContext(protocol).hostnameChecksCommonName, true],
    ['security_level', () => new SSLContext(protocol).securityLevel, 2],
    ['num_tickets', () => new SSLContext(protocol).numTickets, 2],
    ['keylog_filename', () => new SSLContext(protocol).keylogFilename, null],
    ['sni_callback', () => new SSLContext(protocol).sniCallback, null],
    ['_msg_callback', () => new SSLContext(protocol)._msgCallback, null],
    ['sslobject_class', () => new SSLContext(protocol).sslobjectClass, SSLObject],
    ['get_ciphers() has 17 suites', () => new SSLContext(protocol).getCiphers().length, 17],
    ['cert_store_stats()', () => new SSLContext(protocol).certStoreStats(), { x509: 0, crl: 0, x509Ca: 0 }],
  ]);
}

const protocolRow = (value: unknown) => () => new SSLContext(value as typeof PROTOCOL_TLS).protocol;

checkRows('SSLContext(protocol)', [
  ['PROTOCOL_TLS by default', () => new SSLContext().protocol, PROTOCOL_TLS],
  ['99: ValueError', protocolRow(99), VALUE_ERROR],
  ['-1: ValueError', protocolRow(-1), VALUE_ERROR],
  ['text: TypeError', protocolRow('PROTOCOL_TLS'), TYPE_ERROR],
  ['a fraction: TypeError', protocolRow(2.5), TYPE_ERROR],
]);

checkRows('protocol', [
  [
    'is readonly: AttributeError',
    () => {
      (makeServer() as { protocol: number }).protocol = PROTOCOL_TLS;
    },
    new Failure(TypeError, {}),
  ],
]);

function versionRows(
  name: 'minimumVersion' | 'maximumVersion',
  values: readonly (readonly [unknown, unknown])[],
): Row[] {
  return values.map(([value, expected]) => [`${String(value)}`, set(name, value), expected]);
}

const REFUSED_VERSIONS = [
  [0, VALUE_ERROR],
  [42, VALUE_ERROR],
  [773, VALUE_ERROR],
  ['TLSv1.2', TYPE_ERROR],
  [1.5, TYPE_ERROR],
  [null, TYPE_ERROR],
] as const;

checkRows('minimum_version', [
  ...versionRows('minimumVersion', [
    [TLSVersion.MINIMUM_SUPPORTED, TLSVersion.MINIMUM_SUPPORTED],
    [TLSVersion.SSLv3, TLSVersion.SSLv3],
    [TLSVersion.TLSv1, TLSVersion.TLSv1],
    [TLSVersion.TLSv1_1, TLSVersion.TLSv1_1],
    [TLSVersion.TLSv1_2, TLSVersion.TLSv1_2],
    [TLSVersion.TLSv1_3, TLSVersion.TLSv1_3],
    [TLSVersion.MAXIMUM_SUPPORTED, TLSVersion.TLSv1_3],
    ...REFUSED_VERSIONS,
  ]),
  [
    'SSLv3 clears OP_NO_SSLv3',
    () => {
      const context = makeServer();
      context.minimumVersion = TLSVersion.SSLv3;
      return context.options & OP_NO_SSLv3;
    },
    0n,
  ],
]);

checkRows('maximum_version', [
  ...versionRows('maximumVersion', [
    [TLSVersion.MAXIMUM_SUPPORTED, TLSVersion.MAXIMUM_SUPPORTED],
    [TLSVersion.TLSv1_3, TLSVersion.TLSv1_3],
    [TLSVersion.TLSv1_2, TLSVersion.TLSv1_2],
    [TLSVersion.TLSv1, TLSVersion.TLSv1],
    [TLSVersion.SSLv3, TLSVersion.SSLv3],
    [TLSVersion.MINIMUM_SUPPORTED, TLSVersion.TLSv1],
    ...REFUSED_VERSIONS,
  ]),
  [
    'may be below minimum_version',
    () => {
      const context = makeServer();
      context.minimumVersion = TLSVersion.TLSv1_3;
      context.maximumVersion = TLSVersion.TLSv1_2;
      return [context.minimumVersion, context.maximumVersion];
    },
    [TLSVersion.TLSv1_3, TLSVersion.TLSv1_2],
  ],
]);

const makeFixed = () => new SSLContext(PROTOCOL_TLSv1_2);

checkRows('A context of one version', [
  ['minimum_version', () => makeFixed().minimumVersion, TLSVersion.MINIMUM_SUPPORTED],
  ['maximum_version', () => makeFixed().maximumVersion, TLSVersion.MAXIMUM_SUPPORTED],
  ['minimum_version cannot be set: ValueError', set('minimumVersion', TLSVersion.TLSv1_2, makeFixed), VALUE_ERROR],
  ['maximum_version cannot be set: ValueError', set('maximumVersion', TLSVersion.TLSv1_2, makeFixed), VALUE_ERROR],
]);

checkRows('verify_mode', [
  ['CERT_NONE', set('verifyMode', CERT_NONE), CERT_NONE],
  ['CERT_OPTIONAL', set('verifyMode', CERT_OPTIONAL), CERT_OPTIONAL],
  ['CERT_REQUIRED', set('verifyMode', CERT_REQUIRED), CERT_REQUIRED],
  ['a bool counts as a number', set('verifyMode', true), CERT_OPTIONAL],
  ['3: ValueError', set('verifyMode', 3), VALUE_ERROR],
  ['-1: ValueError', set('verifyMode', -1), VALUE_ERROR],
  ['None: TypeError', set('verifyMode', null), TYPE_ERROR],
  ['text: TypeError', set('verifyMode', 'CERT_NONE'), TYPE_ERROR],
  ['CERT_NONE while host names are checked: ValueError', set('verifyMode', CERT_NONE, makeClient), VALUE_ERROR],
]);

checkRows('check_hostname', [
  ['any truth', set('checkHostname', 'x'), true],
  ['any untruth', set('checkHostname', 0, makeClient), false],
  [
    'turns verification on',
    () => {
      const context = makeServer();
      context.checkHostname = true;
      return context.verifyMode;
    },
    CERT_REQUIRED,
  ],
  [
    'keeps CERT_OPTIONAL',
    () => {
      const context = makeServer();
      context.verifyMode = CERT_OPTIONAL;
      context.checkHostname = true;
      return context.verifyMode;
    },
    CERT_OPTIONAL,
  ],
  [
    'turned off leaves verification on',
    () => {
      const context = makeClient();
      context.checkHostname = false;
      return context.verifyMode;
    },
    CERT_REQUIRED,
  ],
  [
    'turned off lets verify_mode be CERT_NONE',
    () => {
      const context = makeClient();
      context.checkHostname = false;
      context.verifyMode = CERT_NONE;
      return context.verifyMode;
    },
    CERT_NONE,
  ],
]);

checkRows('verify_flags', [
  ['VERIFY_DEFAULT', set('verifyFlags', VERIFY_DEFAULT), VERIFY_DEFAULT],
  ['several', set('verifyFlags', VERIFY_CRL_CHECK_LEAF | 0x20), VERIFY_CRL_CHECK_LEAF | 0x20],
  ['bits that nobody named', set('verifyFlags', 0x40000000), 0x40000000],
  ['bit 31', set('verifyFlags', 2 ** 31), 2 ** 31],
  ['-1 is accepted', () => typeof set('verifyFlags', -1)(), 'number'],
  ['text: TypeError', set('verifyFlags', 'x'), TYPE_ERROR],
  ['None: TypeError', set('verifyFlags', null), TYPE_ERROR],
  ['a fraction: TypeError', set('verifyFlags', 1.5), TYPE_ERROR],
]);

checkRows('options', [
  ['0 gives 0', set('options', 0n), 0n],
  ['OP_ALL | OP_NO_SSLv3', set('options', OP_ALL | OP_NO_SSLv3), OP_ALL | OP_NO_SSLv3],
  ['a whole number is accepted', set('options', 0x4000), 0x4000n],
  ['bit 32 is kept', set('options', 2n ** 32n), 2n ** 32n],
  [
    '|= adds',
    () => {
      const context = makeServer();
      context.options |= OP_NO_TLSv1_2;
      return context.options;
    },
    DEFAULT_OPTIONS | OP_NO_TLSv1_2,
  ],
  [
    '&= ~ takes away',
    () => {
      const context = makeServer();
      context.options &= ~OP_NO_SSLv3;
      return context.options;
    },
    DEFAULT_OPTIONS & ~OP_NO_SSLv3,
  ],
  ['a negative number: ValueError', set('options', -1n), VALUE_ERROR],
  ['more than 64 bits: OverflowError', set('options', 2n ** 64n), OVERFLOW_ERROR],
  ['text: TypeError', set('options', 'x'), TYPE_ERROR],
  ['None: TypeError', set('options', null), TYPE_ERROR],
  ['a fraction: TypeError', set('options', 1.5), TYPE_ERROR],
]);

checkRows('post_handshake_auth', [
  ['any truth', set('postHandshakeAuth', 'x'), true],
  ['any untruth', set('postHandshakeAuth', null), false],
]);

checkRows('hostname_checks_common_name', [
  ['any truth', set('hostnameChecksCommonName', 1), true],
  ['any untruth', set('hostnameChecksCommonName', 0), false],
]);

checkRows('num_tickets', [
  ['0', set('numTickets', 0), 0],
  ['3', set('numTickets', 3), 3],
  ['a negative number: ValueError', set('numTickets', -1), VALUE_ERROR],
  ['text: TypeError', set('numTickets', 'x'), TYPE_ERROR],
  ['a fraction: TypeError', set('numTickets', 1.5), TYPE_ERROR],
  ['None: TypeError', set('numTickets', null), TYPE_ERROR],
  ['on a client: ValueError', set('numTickets', 1, makeClient), VALUE_ERROR],
]);

checkRows('security_level', [
  [
    'follows @SECLEVEL',
    () => {
      const context = makeServer();
      context.setCiphers('@SECLEVEL=1:ALL');
      return context.securityLevel;
    },
    1,
  ],
  [
    'is readonly: AttributeError',
    () => {
      (makeServer() as { securityLevel: number }).securityLevel = 0;
    },
    new Failure(TypeError, {}),
  ],
]);

checkRows('keylog_filename', [
  ['a number: TypeError', set('keylogFilename', 1), TYPE_ERROR],
  ['a folder: IsADirectoryError', set('keylogFilename', '/'), new Failure(Error, { code: 'EISDIR' })],
  [
    'a missing folder: FileNotFoundError',
    set('keylogFilename', '/nonexistent/x'),
    new Failure(Error, { code: 'ENOENT' }),
  ],
  ['None', set('keylogFilename', null), null],
]);

const callback = () => undefined;

checkRows('sni_callback', [
  ['gives back the function', set('sniCallback', callback), callback],
  ['None', set('sniCallback', null), null],
  ['what cannot be called: TypeError', set('sniCallback', 4), TYPE_ERROR],
  ['on a client: ValueError', set('sniCallback', callback, makeClient), VALUE_ERROR],
]);

checkRows('_msg_callback', [
  ['gives back the function', set('_msgCallback', callback), callback],
  ['is messageCallback too', set('messageCallback', callback), callback],
  ['None', set('_msgCallback', null), null],
  ['what cannot be called: TypeError', set('_msgCallback', 1), TYPE_ERROR],
]);

class OwnObject extends SSLObject {}

checkRows('sslobject_class', [
  ['a subclass', set('sslobjectClass', OwnObject), OwnObject],
  ['another class: TypeError', set('sslobjectClass', Map), TYPE_ERROR],
  ['None: TypeError', set('sslobjectClass', null), TYPE_ERROR],
]);
