import {
  CERT_OPTIONAL,
  CERT_REQUIRED,
  PROTOCOL_TLS_CLIENT,
  SSLContext,
  SSLObject,
  SSLSession,
  TLSVersion,
} from '@sslkit/context';
import { SSLWantReadError } from '@sslkit/errors';
import { takeCertificate } from '../support/certificates.ts';
import { connect, makePair, type PairSettings } from '../support/connected-pair.ts';
import { VERSIONS } from '../support/contexts.ts';
import { moveBytes } from '../support/memory-pair.ts';
import { assign, checkRows, Failure, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const ILLEGAL_CONSTRUCTOR = new Failure(TypeError, { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
const WANT_READ = new Failure(SSLWantReadError, { errno: 2 });
const [SERVER_DER, CLIENT_DER] = await Promise.all(
  (['server', 'client'] as const).map(async (name) => Buffer.from((await takeCertificate(name)).certificate)),
);
const READONLY = new Failure(TypeError, {});
const construct = (hidden: unknown) => () => new (hidden as new () => unknown)();

checkRows('SSLObject() and SSLSession()', [
  ['SSLObject has no constructor: TypeError', construct(SSLObject), ILLEGAL_CONSTRUCTOR],
  ['SSLSession has no constructor: TypeError', construct(SSLSession), ILLEGAL_CONSTRUCTOR],
]);

const fresh = async () => (await makePair()).client.object;
const connected = async () => (await connect()).client.object;

checkRows('Before the handshake', [
  ['version()', async () => (await fresh()).version(), null],
  ['cipher()', async () => (await fresh()).cipher(), null],
  ['shared_ciphers() of a client', async () => (await fresh()).sharedCiphers(), null],
  ['shared_ciphers() of a server', async () => (await makePair()).server.object.sharedCiphers(), null],
  ['compression()', async () => (await fresh()).compression(), null],
  ['pending()', async () => (await fresh()).pending(), 0],
  ['session', async () => (await fresh()).session, null],
  ['session_reused', async () => (await fresh()).sessionReused, false],
  ['selected_alpn_protocol()', async () => (await fresh()).selectedAlpnProtocol(), null],
  ['selected_npn_protocol()', async () => (await fresh()).selectedNpnProtocol(), null],
  ['get_channel_binding()', async () => (await fresh()).getChannelBinding(), null],
  ['get_channel_binding("tls-exporter")', async () => (await fresh()).getChannelBinding('tls-exporter'), null],
  [
    'get_channel_binding("tls-server-end-point")',
    async () => (await fresh()).getChannelBinding('tls-server-end-point'),
    null,
  ],
  ['get_verified_chain()', async () => (await fresh()).getVerifiedChain(), []],
  ['get_unverified_chain()', async () => (await fresh()).getUnverifiedChain(), []],
  ['getpeercert(): ValueError', async () => (await fresh()).getPeerCert(), VALUE_ERROR],
  ['server_side of a client', async () => (await fresh()).serverSide, false],
  ['server_side of a server', async () => (await makePair()).server.object.serverSide, true],
  ['server_hostname', async () => (await fresh()).serverHostname, 'localhost'],
  ['server_hostname of a server', async () => (await makePair()).server.object.serverHostname, null],
  ['server_side is readonly', async () => assign(await fresh(), 'serverSide', true), READONLY],
  ['server_hostname is readonly', async () => assign(await fresh(), 'serverHostname', 'x'), READONLY],
  ['session_reused is readonly', async () => assign(await fresh(), 'sessionReused', true), READONLY],
  ['context', async () => (await fresh()).context instanceof SSLContext, true],
  ['write() starts the handshake', async () => (await fresh()).write(Buffer.of(1)), WANT_READ],
  ['read() starts the handshake', async () => (await fresh()).read(), WANT_READ],
]);

for (const [name, version] of VERSIONS) {
  const suite = version === TLSVersion.TLSv1_3 ? 'TLS_AES_256_GCM_SHA384' : 'ECDHE-ECDSA-AES256-GCM-SHA384';
  const end = async () => connect({ version });
  checkRows(`After a handshake of ${name}`, [
    ['version()', async () => (await end()).client.object.version(), name.replace('TLS ', 'TLSv')],
    ['cipher()', async () => (await end()).client.object.cipher(), [suite, name.replace('TLS ', 'TLSv'), 256]],
    [
      'shared_ciphers() of a server',
      async () => (await end()).server.object.sharedCiphers()?.[0],
      [suite, name.replace('TLS ', 'TLSv'), 256],
    ],
    ['shared_ciphers() of a client', async () => (await end()).client.object.sharedCiphers(), null],
    ['compression()', async () => (await end()).client.object.compression(), null],
    ['do_handshake() again', async () => (await end()).client.object.doHandshake(), undefined],
    [
      'getpeercert() of a client',
      async () => Object.keys((await end()).client.object.getPeerCert() ?? {}).slice(0, 6),
      ['subject', 'issuer', 'version', 'serialNumber', 'notBefore', 'notAfter'],
    ],
    ['getpeercert() of a server without a client’s', async () => (await end()).server.object.getPeerCert(), null],
    ['getpeercert(True)', async () => (await end()).client.object.getPeerCert({ binaryForm: true }), SERVER_DER],
    [
      'get_verified_chain() of a server without a client’s',
      async () => (await end()).server.object.getVerifiedChain(),
      [],
    ],
    ['get_unverified_chain() has one', async () => (await end()).client.object.getUnverifiedChain().length, 1],
    ['get_verified_chain() has two', async () => (await end()).client.object.getVerifiedChain().length, 2],
  ]);
}

checkRows('get_unverified_chain() of a server', [
  [
    'starts with the certificate of the client',
    async () => (await connect({ verifyMode: CERT_REQUIRED })).server.object.getUnverifiedChain()[0],
    CLIENT_DER,
  ],
  [
    'which is in get_verified_chain() with its root',
    async () => (await connect({ verifyMode: CERT_REQUIRED })).server.object.getVerifiedChain().length,
    2,
  ],
]);

checkRows('read(len, buffer)', [
  ['0 gives none, even before the handshake', async () => (await fresh()).read(0), Buffer.alloc(0)],
  ['a negative length: ValueError', async () => (await connected()).read(-1), VALUE_ERROR],
  ['None: TypeError', async () => (await connected()).read(null as unknown as number), TYPE_ERROR],
  ['an empty buffer gives 0', async () => (await connected()).read(10, new Uint8Array(0)), 0],
  ['text for a buffer: TypeError', async () => (await connected()).read(10, 'x' as unknown as Uint8Array), TYPE_ERROR],
  ['at most len bytes', async () => (await receive('hello world')).read(5), Buffer.from('hello')],
  [
    'pending() tells what is left',
    async () => {
      const object = await receive('hello world');
      object.read(5);
      return object.pending();
    },
    6,
  ],
  ['one record at most', async () => (await receive('one', 'two')).read(), Buffer.from('one')],
  ['a length of 0 fills the buffer', async () => (await receive('x'.repeat(100))).read(0, Buffer.alloc(20)), 20],
  ['a negative length fills it', async () => (await receive('x'.repeat(100))).read(-1, Buffer.alloc(20)), 20],
  ['a length beyond it fills it', async () => (await receive('x'.repeat(100))).read(1000, Buffer.alloc(20)), 20],
  ['a length below it', async () => (await receive('x'.repeat(100))).read(7, Buffer.alloc(20)), 7],
  [
    'the bytes are in the buffer',
    async () => {
      const room = new ArrayBuffer(8);
      (await receive('abc')).read(8, room);
      return Buffer.from(room);
    },
    Buffer.from('abc\0\0\0\0\0'),
  ],
]);

/** A client's object that a server sent these records. */
async function receive(...records: string[]): Promise<SSLObject> {
  const { client, server } = await connect();
  for (const record of records) server.write(Buffer.from(record));
  moveBytes(server, client);
  return client.object;
}

const writeValue = async (value: unknown) => (await connected()).write(value as Uint8Array);

checkRows('write(buf)', [
  ['all of it', () => writeValue(Buffer.alloc(100_000)), 100_000],
  ['nothing', () => writeValue(Buffer.alloc(0)), 0],
  ['an ArrayBuffer', () => writeValue(new ArrayBuffer(3)), 3],
  ['text: TypeError', () => writeValue('x'), TYPE_ERROR],
  ['None: TypeError', () => writeValue(null), TYPE_ERROR],
]);

checkRows('context', [
  ['None: TypeError', async () => assign(await fresh(), 'context', null), TYPE_ERROR],
  ['what is no SSLContext: TypeError', async () => assign(await fresh(), 'context', {}), TYPE_ERROR],
  [
    'another one',
    async () => {
      const object = await fresh();
      const other = new SSLContext(PROTOCOL_TLS_CLIENT);
      object.context = other;
      return object.context === other;
    },
    true,
  ],
]);

checkRows('get_channel_binding(cb_type)', [
  ['an unknown one: ValueError', async () => (await connected()).getChannelBinding('x'), VALUE_ERROR],
  ['tls-unique of TLS 1.2 has 12 bytes', () => bind(TLSVersion.TLSv1_2, 'tls-unique'), [12, true]],
  ['tls-server-end-point of TLS 1.2', () => bind(TLSVersion.TLSv1_2, 'tls-server-end-point'), [32, true]],
  ['tls-exporter of TLS 1.2', () => bind(TLSVersion.TLSv1_2, 'tls-exporter'), [32, true]],
  [
    'tls-unique of TLS 1.3 is undefined',
    () => bind(TLSVersion.TLSv1_3, 'tls-unique'),
    sslError('ERR_SSL_CHANNEL_BINDING_UNDEFINED'),
  ],
  [
    'tls-unique of TLS 1.3 as in Python',
    () => bind(TLSVersion.TLSv1_3, 'tls-unique', { allowTLSv1_3: true }),
    [48, true],
  ],
  ['tls-server-end-point of TLS 1.3', () => bind(TLSVersion.TLSv1_3, 'tls-server-end-point'), [32, true]],
  ['tls-exporter of TLS 1.3', () => bind(TLSVersion.TLSv1_3, 'tls-exporter'), [32, true]],
]);

/** The length, and whether both sides have the same. */
async function bind(version: TLSVersion, type: string, options = {}): Promise<unknown> {
  const { client, server } = await connect({ version });
  const [ours, theirs] = [client, server].map(({ object }) => object.getChannelBinding(type, options));
  return [ours?.length, theirs !== null && theirs !== undefined && ours?.equals(theirs)];
}

const requestAfter = async (settings: PairSettings) =>
  (await connect({ version: TLSVersion.TLSv1_3, ...settings })).server.object.verifyClientPostHandshake();
const reason = (name: string, errno: number) => sslError(`ERR_SSL_${name}`, { errno, library: 'SSL', reason: name });

checkRows('verify_client_post_handshake()', [
  [
    'on a client',
    async () => (await connect({ version: TLSVersion.TLSv1_3 })).client.object.verifyClientPostHandshake(),
    reason('NOT_SERVER', 284),
  ],
  ['on TLS 1.2', async () => requestAfter({ version: TLSVersion.TLSv1_2 }), reason('WRONG_SSL_VERSION', 266)],
  [
    'a client that does not offer it',
    () => requestAfter({ serverPha: true, verifyMode: CERT_REQUIRED }),
    reason('EXTENSION_NOT_RECEIVED', 279),
  ],
  [
    'a server that does not verify',
    () => requestAfter({ clientPha: true, serverPha: true }),
    reason('INVALID_CONFIG', 283),
  ],
  ['both', () => requestAfter({ clientPha: true, serverPha: true, verifyMode: CERT_REQUIRED }), undefined],
  [
    'again before the request was written',
    async () => {
      const { server } = await connectForRequest();
      server.object.verifyClientPostHandshake();
      server.object.verifyClientPostHandshake();
    },
    reason('STILL_IN_INIT', 121),
  ],
  [
    'again before it was answered',
    async () => {
      const { server } = await connectForRequest();
      server.object.verifyClientPostHandshake();
      server.write(Buffer.of(1));
      server.object.verifyClientPostHandshake();
    },
    reason('REQUEST_SENT', 286),
  ],
  ['no certificate in the handshake itself', async () => (await connectForRequest()).server.object.getPeerCert(), null],
  [
    'the certificate comes while both read',
    async () => {
      const { client, server } = await connectForRequest();
      server.object.verifyClientPostHandshake();
      server.write(Buffer.from('x'));
      moveBytes(server, client);
      client.read();
      moveBytes(client, server);
      server.read();
      return server.object.getPeerCert({ binaryForm: true });
    },
    CLIENT_DER,
  ],
]);

const connectForRequest = () =>
  connect({ version: TLSVersion.TLSv1_3, clientPha: true, serverPha: true, verifyMode: CERT_OPTIONAL });
