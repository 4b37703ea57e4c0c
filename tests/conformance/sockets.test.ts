import {
  IPPROTO_TCP,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  SSLContext,
  type SSLSession,
  type SSLSocket,
  TCP_NODELAY,
  TLSVersion,
} from '@sslkit/socket';
import {
  assign,
  checkRows,
  Failure,
  NOT_IMPLEMENTED,
  type Row,
  sslError,
  TYPE_ERROR,
  VALUE_ERROR,
} from '../support/rows.ts';
import { connectTo, listenOn, socketServerContext } from '../support/socket-contexts.ts';
import { connectBoth, connectedClient, freshClient, uncheckedClient, unconnected } from '../support/ssl-sockets.ts';

const ENOTCONN = new Failure(Error, { code: 'ENOTCONN' });
const EINVAL = new Failure(Error, { code: 'EINVAL' });

/** A row about an attribute or a method of a fresh SSLSocket that is not connected. */
const row = (claim: string, call: (socket: SSLSocket) => unknown, expected: unknown): Row => [
  claim,
  async () => call(await unconnected()),
  expected,
];

checkRows('An unconnected SSLSocket', [
  row('context', (socket) => socket.context instanceof SSLContext, true),
  row('server_side', (socket) => socket.serverSide, false),
  row('server_hostname', (socket) => socket.serverHostname, 'localhost'),
  row('session', (socket) => socket.session, null),
  row('session_reused', (socket) => socket.sessionReused, null),
  row('version()', (socket) => socket.version(), null),
  row('cipher()', (socket) => socket.cipher(), null),
  row('shared_ciphers()', (socket) => socket.sharedCiphers(), null),
  row('compression()', (socket) => socket.compression(), null),
  row('selected_alpn_protocol()', (socket) => socket.selectedAlpnProtocol(), null),
  row('selected_npn_protocol()', (socket) => socket.selectedNpnProtocol(), null),
  row('pending()', (socket) => socket.pending(), 0),
  row('get_channel_binding()', (socket) => socket.getChannelBinding(), null),
  row('get_channel_binding("tls-unique")', (socket) => socket.getChannelBinding('tls-unique'), null),
  row('get_channel_binding() of an unknown kind: ValueError', (socket) => socket.getChannelBinding('x'), VALUE_ERROR),
  row('get_verified_chain()', (socket) => socket.getVerifiedChain(), []),
  row('get_unverified_chain()', (socket) => socket.getUnverifiedChain(), []),
  row('group()', (socket) => socket.group(), null),
  row('server_sigalg()', (socket) => socket.serverSigalg(), null),
  row('client_sigalg()', (socket) => socket.clientSigalg(), null),
  row('suppress_ragged_eofs', (socket) => socket.suppressRaggedEofs, true),
  row('do_handshake_on_connect', (socket) => socket.doHandshakeOnConnect, true),
  row('gettimeout()', (socket) => socket.getTimeout(), null),
  row('getblocking()', (socket) => socket.getBlocking(), true),
  row('getsockopt(SO_TYPE)', (socket) => socket.getSockOpt(SOL_SOCKET, SO_TYPE), SOCK_STREAM),
  row('getpeername(): ENOTCONN', (socket) => socket.getPeerName(), ENOTCONN),
  row('getpeercert(): ENOTCONN', (socket) => socket.getPeerCert(), ENOTCONN),
  row('getpeercert(True): ENOTCONN', (socket) => socket.getPeerCert({ binaryForm: true }), ENOTCONN),
  row('do_handshake(): ENOTCONN', (socket) => socket.doHandshake(), ENOTCONN),
  row('shutdown(): ENOTCONN', (socket) => socket.shutdown(2), ENOTCONN),
  row('shutdown() of no direction: EINVAL', (socket) => socket.shutdown(9), EINVAL),
  row('recv(): ENOTCONN', (socket) => socket.recv(), ENOTCONN),
  row('recv_into(): ENOTCONN', (socket) => socket.recvInto(Buffer.alloc(1)), ENOTCONN),
  row('send(): OSError', (socket) => socket.send(Buffer.of(1)), ENOTCONN),
  row('sendall(): OSError', (socket) => socket.sendAll(Buffer.of(1)), ENOTCONN),
  row('read(): ValueError', (socket) => socket.read(), VALUE_ERROR),
  row('write(): ValueError', (socket) => socket.write(Buffer.of(1)), VALUE_ERROR),
  row('unwrap(): ValueError', (socket) => socket.unwrap(), VALUE_ERROR),
  row('verify_client_post_handshake(): ValueError', (socket) => socket.verifyClientPostHandshake(), VALUE_ERROR),
  row('accept() of a client: EINVAL', (socket) => socket.accept(), EINVAL),
  row('listen() of a client: EINVAL', (socket) => socket.listen(), EINVAL),
  row('dup(): NotImplementedError', (socket) => socket.dup(), NOT_IMPLEMENTED),
  row('sendmsg(): NotImplementedError', (socket) => socket.sendmsg(), NOT_IMPLEMENTED),
  row('recvmsg(): NotImplementedError', (socket) => socket.recvmsg(), NOT_IMPLEMENTED),
  row('recvmsg_into(): NotImplementedError', (socket) => socket.recvmsgInto(), NOT_IMPLEMENTED),
  row('a copy is none', isCopied, false),
]);

checkRows('Attributes of an SSLSocket that can be set', [
  [
    'context before it connects',
    async () => {
      const [socket, context] = [await unconnected(), uncheckedClient()];
      socket.context = context;
      return socket.context === context;
    },
    true,
  ],
  ['context on a connection', async () => setContext(await connectedClient(), freshClient()), true],
  ['context to something else: TypeError', async () => setContext(await connectedClient(), 3), TYPE_ERROR],
  [
    'session of another kind is refused by connect()',
    async () => {
      const socket = await unconnected();
      socket.session = 3 as unknown as SSLSession;
      await socket.connect(['127.0.0.1', 1]);
    },
    TYPE_ERROR,
  ],
  [
    'session to something else on a connection: TypeError',
    async () => assign(await connectedClient(), 'session', 3),
    TYPE_ERROR,
  ],
  [
    'session after the handshake: ValueError',
    async () => {
      const connection = await connectedClient();
      assign(connection, 'session', connection.session);
    },
    VALUE_ERROR,
  ],
  [
    'session of another context: ValueError',
    async () => {
      const { client, server } = await connectBoth();
      assign(server, 'session', client.session);
    },
    VALUE_ERROR,
  ],
  ['suppress_ragged_eofs', async () => setAndGet(await unconnected(), 'suppressRaggedEofs', false), false],
  ['do_handshake_on_connect', async () => setAndGet(await unconnected(), 'doHandshakeOnConnect', false), false],
  ['settimeout()', async () => timeoutAfter(await unconnected(), (socket) => socket.setTimeout(2.5)), [2.5, true]],
  ['settimeout(0)', async () => timeoutAfter(await unconnected(), (socket) => socket.setTimeout(0)), [0, false]],
  [
    'setblocking(False)',
    async () => timeoutAfter(await unconnected(), (socket) => socket.setBlocking(false)),
    [0, false],
  ],
  [
    'setblocking(True)',
    async () => timeoutAfter(await unconnected(), (socket) => socket.setBlocking(true)),
    [null, true],
  ],
  ['settimeout() below zero: ValueError', async () => (await unconnected()).setTimeout(-1), VALUE_ERROR],
  ['settimeout() of text: TypeError', async () => (await unconnected()).setTimeout('1' as never), TYPE_ERROR],
]);

function setContext(socket: SSLSocket, context: unknown): boolean {
  socket.context = context as SSLContext;
  return socket.context === context;
}

function setAndGet(socket: SSLSocket, name: 'suppressRaggedEofs' | 'doHandshakeOnConnect', value: boolean): boolean {
  socket[name] = value;
  return socket[name];
}

function timeoutAfter(socket: SSLSocket, set: (socket: SSLSocket) => void): unknown {
  set(socket);
  return [socket.getTimeout(), socket.getBlocking()];
}

checkRows('A connected SSLSocket', [
  ['version()', async () => (await connectedClient()).version(), 'TLSv1.3'],
  ['version() of TLS 1.2', async () => (await connectedClient({ version: TLSVersion.TLSv1_2 })).version(), 'TLSv1.2'],
  ['cipher()', async () => (await connectedClient()).cipher(), ['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]],
  ['shared_ciphers() of a client', async () => (await connectedClient()).sharedCiphers(), null],
  [
    'shared_ciphers() of a server',
    async () => (await connectBoth()).server.sharedCiphers()?.[0],
    ['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256],
  ],
  ['compression()', async () => (await connectedClient()).compression(), null],
  ['selected_alpn_protocol()', async () => (await connectedClient()).selectedAlpnProtocol(), null],
  ['pending()', async () => (await connectedClient()).pending(), 0],
  ['session_reused', async () => (await connectedClient()).sessionReused, false],
  ['server_side of a server', async () => (await connectBoth()).server.serverSide, true],
  ['server_hostname of a server', async () => (await connectBoth()).server.serverHostname, null],
  ['getpeercert()', async () => (await connectedClient()).getPeerCert()?.version, 3],
  ['getpeercert(True)', async () => (await connectedClient()).getPeerCert({ binaryForm: true })?.[0], 0x30],
  ['getpeercert() of a server without a client’s', async () => (await connectBoth()).server.getPeerCert(), null],
  ['get_verified_chain()', async () => (await connectedClient()).getVerifiedChain().length, 2],
  ['get_unverified_chain()', async () => (await connectedClient()).getUnverifiedChain().length, 1],
  ['client_sigalg() without a client’s certificate', async () => (await connectedClient()).clientSigalg(), null],
  ['group()', async () => typeof (await connectedClient()).group(), 'string'],
  [
    'get_channel_binding() of TLS 1.2',
    async () => {
      const { client, server } = await connectBoth({ version: TLSVersion.TLSv1_2 });
      return [client, server].map((end) => end.getChannelBinding()?.length);
    },
    [12, 12],
  ],
  [
    'get_channel_binding() of an unknown kind',
    async () => (await connectedClient()).getChannelBinding('x'),
    VALUE_ERROR,
  ],
  ['do_handshake() again', async () => (await connectedClient()).doHandshake(), undefined],
  ['getpeername() of both', async () => pairOfNames((await connectBoth()).client), ['127.0.0.1', '127.0.0.1']],
  ['getsockopt(SO_TYPE)', async () => (await connectedClient()).getSockOpt(SOL_SOCKET, SO_TYPE), SOCK_STREAM],
  ['getsockopt(SO_ERROR)', async () => (await connectedClient()).getSockOpt(SOL_SOCKET, SO_ERROR), 0],
  ['setsockopt(TCP_NODELAY)', async () => optionAfter(await connectedClient(), IPPROTO_TCP, TCP_NODELAY), true],
  ['setsockopt(SO_KEEPALIVE)', async () => optionAfter(await connectedClient(), SOL_SOCKET, SO_KEEPALIVE), true],
  ['setsockopt() of text: TypeError', async () => (await connectedClient()).setSockOpt(1, 1, 'x' as never), TYPE_ERROR],
  [
    'verify_client_post_handshake() of a client',
    async () => (await connectedClient()).verifyClientPostHandshake(),
    sslError('ERR_SSL_NOT_SERVER', { errno: 284 }),
  ],
  [
    'verify_client_post_handshake() without the client’s offer',
    async () => (await connectBoth()).server.verifyClientPostHandshake(),
    sslError('ERR_SSL_EXTENSION_NOT_RECEIVED', { errno: 279 }),
  ],
  ['a copy is none', async () => isCopied(await connectedClient()), false],
  ['dup(): NotImplementedError', async () => (await connectedClient()).dup(), NOT_IMPLEMENTED],
  [
    'getpeercert() before the handshake: ValueError',
    async () => {
      const { port } = await listenOn(await socketServerContext());
      return (await connectTo(port, uncheckedClient(), { doHandshakeOnConnect: false })).getPeerCert();
    },
    VALUE_ERROR,
  ],
  [
    'getpeercert() of a peer that is not verified',
    async () => {
      const { client } = await connectBoth({ context: uncheckedClient() });
      return client.getPeerCert();
    },
    {},
  ],
]);

/** Whether what a structured clone makes of a socket, where it makes anything, can be used as one. */
function isCopied(socket: SSLSocket): boolean {
  try {
    return 'recv' in structuredClone(socket);
  } catch {
    return false;
  }
}

function pairOfNames(socket: SSLSocket): unknown {
  return [socket.getPeerName()[0], socket.getSockName()[0]];
}

function optionAfter(socket: SSLSocket, level: number, option: number): boolean {
  socket.setSockOpt(level, option, 1);
  return socket.getSockOpt(level, option) !== 0;
}
