import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { PROTOCOL_TLS, SSLContext, type SSLSession, SSLSocket, type WrapSocketOptions } from '@sslkit/socket';
import { onTestFinished } from 'vitest';
import { checkRows, Failure, NOT_IMPLEMENTED, type Row, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';
import { connectedClient, freshClient, uncheckedClient, unconnected } from '../support/ssl-sockets.ts';

const ILLEGAL_CONSTRUCTOR = new Failure(TypeError, { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
const EBADF = new Failure(Error, { code: 'EBADF' });
const WRONG_ROLE = sslError('ERR_SSL_WRONG_ROLE');
const freshServer = () => new SSLContext(17); // PROTOCOL_TLS_SERVER
const text = (value: unknown) => value as string;

/** Two sockets that are connected to each other, without TLS. */
async function plainPair(): Promise<[near: Socket, far: Socket]> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const near = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  const [[far]] = (await Promise.all([once(listening, 'connection'), once(near, 'connect')])) as [[Socket], unknown];
  listening.close();
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return [near, far];
}

/** Wraps one end of a connection whose other end says nothing. */
async function wrapConnected(context: SSLContext, options: WrapSocketOptions): Promise<SSLSocket<Socket>> {
  return context.wrapSocket((await plainPair())[0], { doHandshakeOnConnect: false, ...options });
}

/** A socket whose file descriptor is gone. */
function destroyed(): Socket {
  return new Socket().destroy();
}

function wrapDatagram(options: WrapSocketOptions): Promise<unknown> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  return freshClient().wrapSocket(socket as unknown as Socket, options);
}

async function connectAndWrap(options: WrapSocketOptions): Promise<SSLSocket> {
  const { listener, port } = await listenOn(await socketServerContext());
  listener.accept().catch(() => undefined);
  return connectTo(port, await socketClientContext(), options);
}

/** Whether a socket that wrapping has refused is closed. */
async function isClosedAfter(options: WrapSocketOptions, context = uncheckedClient()): Promise<boolean> {
  const [socket] = await plainPair();
  await context.wrapSocket(socket, options).catch(() => undefined);
  return socket.destroyed;
}

checkRows('wrap_socket(sock, …)', [
  [
    'SSLSocket has no constructor: TypeError',
    () => new (SSLSocket as unknown as new () => unknown)(),
    ILLEGAL_CONSTRUCTOR,
  ],
  ['what is no stream socket: NotImplementedError', () => wrapDatagram({ serverHostname: 'x' }), NOT_IMPLEMENTED],
  ['what is no socket: TypeError', () => freshClient().wrapSocket({} as Socket), TYPE_ERROR],
  [
    'server_side with server_hostname: ValueError',
    () => freshServer().wrapSocket(new Socket(), { serverSide: true, serverHostname: 'x' }),
    VALUE_ERROR,
  ],
  [
    'server_side with an empty server_hostname',
    async () => (await freshServer().wrapSocket(new Socket(), { serverSide: true, serverHostname: '' })).serverHostname,
    '',
  ],
  [
    'server_side with a session: ValueError',
    () => freshServer().wrapSocket(new Socket(), { serverSide: true, session: {} as SSLSession }),
    VALUE_ERROR,
  ],
  ['check_hostname without server_hostname: ValueError', () => freshClient().wrapSocket(new Socket()), VALUE_ERROR],
  [
    'check_hostname with an empty one: ValueError',
    () => freshClient().wrapSocket(new Socket(), { serverHostname: '' }),
    VALUE_ERROR,
  ],
  [
    'check_hostname without server_hostname on a server, too: ValueError',
    () => freshClient().wrapSocket(new Socket(), { serverSide: true }),
    VALUE_ERROR,
  ],
  ['an unconnected socket', async () => (await unconnected()) instanceof SSLSocket, true],
  ['sslsocket_class is SSLSocket', () => freshClient().sslsocketClass, SSLSocket],
  ['a handshake on a socket that never waits: ValueError', async () => connectAndWrap({ timeout: 0 }), VALUE_ERROR],
  [
    'do_handshake_on_connect=False on a socket that never waits',
    async () => (await connectAndWrap({ timeout: 0, doHandshakeOnConnect: false })).version(),
    null,
  ],
  ['a client of a server context: SSLError', () => wrapConnected(freshServer(), { serverHostname: 'x' }), WRONG_ROLE],
  ['a server of a client context: SSLError', () => wrapConnected(uncheckedClient(), { serverSide: true }), WRONG_ROLE],
  [
    'a context of both takes both roles',
    async () => {
      const context = new SSLContext(PROTOCOL_TLS);
      const both = [await wrapConnected(context, {}), await wrapConnected(context, { serverSide: true })];
      return both.map(({ serverSide }) => serverSide);
    },
    [false, true],
  ],
]);

checkRows('wrap_socket() looks', [
  [
    'at the type of the socket before server_side',
    () => wrapDatagram({ serverSide: true, serverHostname: 'x' }),
    NOT_IMPLEMENTED,
  ],
  [
    'at server_side before the type of the name',
    () => freshServer().wrapSocket(new Socket(), { serverSide: true, serverHostname: text(1) }),
    VALUE_ERROR,
  ],
  ['at check_hostname before the connection', () => freshClient().wrapSocket(destroyed()), VALUE_ERROR],
  [
    'at the name before the connection',
    () => freshClient().wrapSocket(destroyed(), { serverHostname: text(1) }),
    TYPE_ERROR,
  ],
  ['at the connection before the role', () => uncheckedClient().wrapSocket(destroyed(), { serverSide: true }), EBADF],
  [
    'at the role before the time-out',
    () => wrapConnected(uncheckedClient(), { serverSide: true, timeout: 0, doHandshakeOnConnect: true }),
    WRONG_ROLE,
  ],
  [
    'at the role of an unconnected socket when it connects',
    async () => {
      const connection = await freshServer().wrapSocket(new Socket(), { serverHostname: 'x' });
      await connection.connect(['127.0.0.1', 1]);
    },
    WRONG_ROLE,
  ],
]);

checkRows('A socket that wrap_socket() refuses', [
  ['is closed for its role', () => isClosedAfter({ serverSide: true }), true],
  ['is closed for its session', () => isClosedAfter({ session: {} as SSLSession }), true],
  ['is closed for its time-out', () => isClosedAfter({ timeout: 0 }), true],
  ['is closed for a name that OpenSSL refuses', () => isClosedAfter({ serverHostname: 'a.'.repeat(130) }), true],
  ['stays open for a name without an encoding', () => isClosedAfter({ serverHostname: 'a..b' }), false],
  ['stays open for server_side with a name', () => isClosedAfter({ serverSide: true, serverHostname: 'x' }), false],
  ['stays open for check_hostname without a name', () => isClosedAfter({}, freshClient()), false],
]);

/** The name of an SSLSocket that is made, and not connected. */
async function nameOf(serverHostname: string | null): Promise<string | null> {
  return (await uncheckedClient().wrapSocket(new Socket(), { serverHostname })).serverHostname;
}

/** The same name with the socket connected: OpenSSL is asked now. */
async function connectedNameOf(serverHostname: string | null): Promise<string | null> {
  return (await wrapConnected(uncheckedClient(), { serverHostname })).serverHostname;
}

const encoded: Readonly<Record<string, string>> = {
  'straße.de': 'strasse.de',
  'ß.de': 'ss.de',
  '日本.jp': 'xn--wgv71a.jp',
  'ﬁ.com': 'fi.com',
  LOCALHOST: 'LOCALHOST',
  'example.com.': 'example.com.',
  '*.example.com': '*.example.com',
  'a b': 'a b',
  under_score: 'under_score',
  '1.2.3': '1.2.3',
  '1.2.3.4.': '1.2.3.4.',
  'fe80::1%eth0': 'fe80::1%eth0',
};
const withoutEncoding = ['.example.com', 'a..b', '.', 'x'.repeat(64)];
const notYetRefused: readonly (readonly [what: string, name: string, failure: Failure])[] = [
  ['no text', '', VALUE_ERROR],
  ['bytes with a leading dot', text(Buffer.from('.x')), VALUE_ERROR],
  ['a NUL', 'a\0b', TYPE_ERROR],
  ['more than 255 bytes', 'a.'.repeat(130), sslError('ERR_SSL_SSL3_EXT_INVALID_SERVERNAME', { errno: 319 })],
];

checkRows('server_hostname of an SSLSocket', [
  ['None', () => nameOf(null), null],
  ['bytes', () => nameOf(text(Buffer.from('ok.example'))), 'ok.example'],
  ['bytes that are not ASCII: UnicodeDecodeError', () => nameOf(text(Buffer.of(0xff))), VALUE_ERROR],
  ['a number', () => nameOf(text(3)), TYPE_ERROR],
  ...Object.entries(encoded).flatMap(([name, wire]): Row[] => [
    [`'${name}' is '${wire}' before it connects`, () => nameOf(name), wire],
    [`'${name}' is '${wire}' once it is connected`, () => connectedNameOf(name), wire],
  ]),
  ...withoutEncoding.map((name): Row => [`'${name}': UnicodeError at once`, () => nameOf(name), VALUE_ERROR]),
  ...notYetRefused.flatMap(([what, name, failure]): Row[] => [
    [`${what} is taken before it connects`, async () => (await nameOf(name))?.length, name.length],
    [`${what} is refused once it is connected`, () => connectedNameOf(name), failure],
    [
      `${what} is refused by connect()`,
      async () => {
        const connection = await uncheckedClient().wrapSocket(new Socket(), { serverHostname: name });
        await connection.connect(['127.0.0.1', 1]);
      },
      failure,
    ],
  ]),
]);

/** What a server is asked for. */
async function askedFor(serverHostname: string | null): Promise<(string | null)[]> {
  const asked: (string | null)[] = [];
  const context = await socketServerContext();
  context.sniCallback = (_, name) => void asked.push(name);
  const { listener, port } = await listenOn(context);
  const accepting = listener.accept();
  const connection = await connectTo(port, uncheckedClient(), { serverHostname });
  await (await accepting)[0].close();
  await connection.close();
  return asked;
}

checkRows('Server name indication of an SSLSocket', [
  ['a name, although nothing is verified', () => askedFor('localhost'), ['localhost']],
  ['a name of other letters', () => askedFor('日本.jp'), ['xn--wgv71a.jp']],
  ['None', () => askedFor(null), [null]],
  ['an IPv4 address', () => askedFor('127.0.0.1'), [null]],
  ['an IPv6 address', () => askedFor('::1'), [null]],
]);

checkRows('An SSLSocket over a connected socket', [
  [
    'wraps a name and an address alike',
    async () => [
      (await connectedClient({ serverHostname: 'localhost' })).serverHostname,
      (await connectedClient({ serverHostname: '127.0.0.1' })).serverHostname,
    ],
    ['localhost', '127.0.0.1'],
  ],
  [
    'refuses the address that its certificate does not have',
    () => connectAndWrap({ serverHostname: '127.0.0.2' }),
    sslError('ERR_SSL_CERTIFICATE_VERIFY_FAILED', { verifyCode: 64 }),
  ],
  [
    'refuses the name that its certificate does not have',
    () => connectAndWrap({ serverHostname: 'other.example' }),
    sslError('ERR_SSL_CERTIFICATE_VERIFY_FAILED', { verifyCode: 62 }),
  ],
]);
