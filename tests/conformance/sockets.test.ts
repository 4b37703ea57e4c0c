import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBIO } from '@sslkit/bio';
import {
  createConnection,
  getServerCertificate,
  SHUT_RDWR,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  type SocketAddress,
  SSLCertVerificationError,
  SSLContext,
  SSLEOFError,
  type SSLSession,
  SSLSocket,
  SSLWantReadError,
  type WrapSocketOptions,
  wrapSocket,
} from '@sslkit/socket';
import { afterAll, onTestFinished } from 'vitest';
import { type CertificateName, takeCertificate } from '../support/certificates.ts';
import { checkRows, Failure, NOT_IMPLEMENTED, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';

const ENOTCONN = new Failure(Error, { code: 'ENOTCONN' });
const PROTOCOL_TLS_CLIENT = 16;
const makeClient = () => new SSLContext(PROTOCOL_TLS_CLIENT);

/** An SSLSocket over a socket that is not connected. */
async function unconnected(options: WrapSocketOptions = {}): Promise<SSLSocket<Socket>> {
  return makeClient().wrapSocket(new Socket(), { serverHostname: 'localhost', ...options });
}

/** A client and what the server accepted, over the loopback. */
async function connectBoth(options: WrapSocketOptions = {}): Promise<{ client: SSLSocket; server: SSLSocket }> {
  const { listener, port } = await listenOn(await socketServerContext());
  const accepted = listener.accept();
  const client = await connectTo(port, await socketClientContext(), options);
  const [server] = await accepted;
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { client, server };
}

const client = async (options?: WrapSocketOptions) => (await connectBoth(options)).client;

checkRows('wrap_socket(sock, …)', [
  ['what is no stream socket: NotImplementedError', () => wrapDatagram(), NOT_IMPLEMENTED],
  ['what is no socket: TypeError', () => makeClient().wrapSocket({} as Socket), TYPE_ERROR],
  [
    'server_side with server_hostname: ValueError',
    () => new SSLContext(17).wrapSocket(new Socket(), { serverSide: true, serverHostname: 'x' }),
    VALUE_ERROR,
  ],
  [
    'server_side with a session: ValueError',
    () => new SSLContext(17).wrapSocket(new Socket(), { serverSide: true, session: {} as SSLSession }),
    VALUE_ERROR,
  ],
  ['check_hostname without server_hostname: ValueError', () => makeClient().wrapSocket(new Socket()), VALUE_ERROR],
  [
    'check_hostname with an empty one: ValueError',
    () => makeClient().wrapSocket(new Socket(), { serverHostname: '' }),
    VALUE_ERROR,
  ],
  ['an unconnected socket', async () => (await unconnected()) instanceof SSLSocket, true],
  ['sslsocket_class is SSLSocket', () => makeClient().sslsocketClass, SSLSocket],
  ['a handshake on a socket that never waits: ValueError', async () => connectAndWrap({ timeout: 0 }), VALUE_ERROR],
]);

function wrapDatagram(): Promise<unknown> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  return makeClient().wrapSocket(socket as unknown as Socket, { serverHostname: 'x' });
}

async function connectAndWrap(options: WrapSocketOptions): Promise<unknown> {
  const { port } = await listenOn(await socketServerContext());
  return connectTo(port, await socketClientContext(), options);
}

checkRows('An unconnected SSLSocket', [
  ['context', async () => (await unconnected()).context instanceof SSLContext, true],
  ['server_side', async () => (await unconnected()).serverSide, false],
  ['server_hostname', async () => (await unconnected()).serverHostname, 'localhost'],
  ['session', async () => (await unconnected()).session, null],
  ['session_reused', async () => (await unconnected()).sessionReused, null],
  ['version()', async () => (await unconnected()).version(), null],
  ['cipher()', async () => (await unconnected()).cipher(), null],
  ['shared_ciphers()', async () => (await unconnected()).sharedCiphers(), null],
  ['compression()', async () => (await unconnected()).compression(), null],
  ['selected_alpn_protocol()', async () => (await unconnected()).selectedAlpnProtocol(), null],
  ['selected_npn_protocol()', async () => (await unconnected()).selectedNpnProtocol(), null],
  ['pending()', async () => (await unconnected()).pending(), 0],
  ['get_channel_binding()', async () => (await unconnected()).getChannelBinding('tls-unique'), null],
  [
    'get_channel_binding() of an unknown kind: ValueError',
    async () => (await unconnected()).getChannelBinding('x'),
    VALUE_ERROR,
  ],
  ['getpeercert(): ENOTCONN', async () => (await unconnected()).getPeerCert(), ENOTCONN],
  ['do_handshake(): ENOTCONN', async () => (await unconnected()).doHandshake(), ENOTCONN],
  ['read(): ValueError', async () => (await unconnected()).read(), VALUE_ERROR],
  ['write(): ValueError', async () => (await unconnected()).write(Buffer.of(1)), VALUE_ERROR],
  ['unwrap(): ValueError', async () => (await unconnected()).unwrap(), VALUE_ERROR],
  [
    'verify_client_post_handshake(): ValueError',
    async () => (await unconnected()).verifyClientPostHandshake(),
    VALUE_ERROR,
  ],
  ['dup(): NotImplementedError', async () => (await unconnected()).dup(), NOT_IMPLEMENTED],
  ['sendmsg(): NotImplementedError', async () => (await unconnected()).sendmsg(), NOT_IMPLEMENTED],
  ['recvmsg(): NotImplementedError', async () => (await unconnected()).recvmsg(), NOT_IMPLEMENTED],
  ['recvmsg_into(): NotImplementedError', async () => (await unconnected()).recvmsgInto(), NOT_IMPLEMENTED],
  ['suppress_ragged_eofs', async () => (await unconnected()).suppressRaggedEofs, true],
  ['do_handshake_on_connect', async () => (await unconnected()).doHandshakeOnConnect, true],
  ['gettimeout()', async () => (await unconnected()).getTimeout(), null],
]);

checkRows('A connected SSLSocket', [
  ['version()', async () => (await client()).version(), 'TLSv1.3'],
  ['cipher()', async () => (await client()).cipher(), ['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]],
  ['getpeercert()', async () => (await client()).getPeerCert()?.version, 3],
  ['do_handshake() again', async () => (await client()).doHandshake(), undefined],
  ['SO_TYPE', async () => (await client()).getSockOpt(SOL_SOCKET, SO_TYPE), SOCK_STREAM],
  [
    'recv() of what was sent',
    async () => {
      const pair = await connectBoth();
      await pair.server.sendAll(Buffer.from('hello'));
      return pair.client.recv();
    },
    Buffer.from('hello'),
  ],
  [
    'recv_into() of what was sent',
    async () => {
      const pair = await connectBoth();
      await pair.server.sendAll(Buffer.from('hello'));
      return pair.client.recvInto(Buffer.alloc(3));
    },
    3,
  ],
  ['send() gives the length', async () => (await client()).send(Buffer.alloc(10)), 10],
  ['recv() with flags: ValueError', async () => (await client()).recv(10, { flags: 1 }), VALUE_ERROR],
  ['send() with flags: ValueError', async () => (await client()).send(Buffer.of(1), { flags: 1 }), VALUE_ERROR],
  ['sendall() with flags: ValueError', async () => (await client()).sendAll(Buffer.of(1), { flags: 1 }), VALUE_ERROR],
  ['sendto(): ValueError', async () => (await client()).sendto(), VALUE_ERROR],
  ['recvfrom(): ValueError', async () => (await client()).recvfrom(), VALUE_ERROR],
  ['recvfrom_into(): ValueError', async () => (await client()).recvfromInto(), VALUE_ERROR],
  ['sendmsg(): NotImplementedError', async () => (await client()).sendmsg(), NOT_IMPLEMENTED],
  ['connect() again: ValueError', async () => (await client()).connect(['127.0.0.1', 1]), VALUE_ERROR],
  [
    'connect() of a server: ValueError',
    async () => (await connectBoth()).server.connect(['127.0.0.1', 1]),
    VALUE_ERROR,
  ],
  [
    'recv() that never waits',
    async () => {
      const connection = await client();
      connection.setBlocking(false);
      await connection.recv();
    },
    new Failure(SSLWantReadError, { errno: 2 }),
  ],
  [
    'recv() with a timeout: TimeoutError',
    async () => {
      const connection = await client();
      connection.setTimeout(0.05);
      await connection.recv();
    },
    new Failure(Error, { name: 'TimeoutError' }),
  ],
]);

checkRows('The end of a connection', [
  [
    'unwrap() on both sides gives the plain sockets',
    async () => {
      const pair = await connectBoth();
      const [ours, theirs] = await Promise.all([pair.client.unwrap(), pair.server.unwrap()]);
      return [ours instanceof Socket, theirs instanceof Socket];
    },
    [true, true],
  ],
  [
    'a transport that ends is the end of the data',
    async () => {
      const pair = await connectBoth();
      (pair.server.lower as Socket).destroySoon();
      return pair.client.recv();
    },
    Buffer.alloc(0),
  ],
  [
    'and an SSLEOFError without suppress_ragged_eofs',
    async () => {
      const pair = await connectBoth({ suppressRaggedEofs: false });
      (pair.server.lower as Socket).destroySoon();
      return pair.client.recv();
    },
    new Failure(SSLEOFError, { errno: 8 }),
  ],
  [
    'shutdown() leaves no TLS',
    async () => {
      const connection = await client();
      connection.shutdown(SHUT_RDWR);
      return connection.version();
    },
    null,
  ],
]);

/** A server that shakes hands with whoever comes. */
async function serve(certificate: CertificateName): Promise<SocketAddress> {
  const { listener, port } = await listenOn(await socketServerContext(certificate));
  // The client that refuses the certificate makes it fail.
  listener.accept().catch(() => undefined);
  return ['127.0.0.1', port];
}

const folder = mkdtempSync(join(tmpdir(), 'sslkit-sockets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const caCerts = join(folder, 'root.pem');
const SERVER_PEM = (await takeCertificate('server')).certificatePem;
writeFileSync(caCerts, (await takeCertificate('authority')).certificatePem);

checkRows('get_server_certificate(addr, ca_certs, timeout)', [
  ['gives PEM', async () => getServerCertificate(await serve('server')), SERVER_PEM],
  ['verifies nothing', async () => /^-----BEGIN/.test(await getServerCertificate(await serve('distrusted'))), true],
  ['verifies against ca_certs', async () => getServerCertificate(await serve('server'), { caCerts }), SERVER_PEM],
  [
    'checks no host name',
    async () => /^-----BEGIN/.test(await getServerCertificate(await serve('otherName'), { caCerts })),
    true,
  ],
  [
    'refuses what ca_certs does not lead to',
    async () => getServerCertificate(await serve('distrusted'), { caCerts }),
    new Failure(SSLCertVerificationError, { verifyCode: 20 }),
  ],
  [
    'nobody listens: ConnectionRefusedError',
    async () => getServerCertificate(['127.0.0.1', await freePort()]),
    new Failure(Error, { code: 'ECONNREFUSED' }),
  ],
]);

async function freePort(): Promise<number> {
  const server = new Server().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

checkRows('wrap_socket() of the module', [
  ['server_side without certfile: ValueError', () => wrapSocket(new Socket(), { serverSide: true }), VALUE_ERROR],
  ['keyfile without certfile: ValueError', () => wrapSocket(new Socket(), { keyfile: 'x' }), VALUE_ERROR],
  [
    'a missing certfile: FileNotFoundError',
    () => wrapSocket(new Socket(), { certfile: '/nonexistent' }),
    new Failure(Error, { code: 'ENOENT' }),
  ],
  [
    'ciphers that select nothing',
    () => wrapSocket(new Socket(), { ciphers: 'x' }),
    sslError('ERR_SSL_NO_CIPHER_MATCH'),
  ],
  ['has no server_hostname', async () => (await wrapSocket(new Socket())).serverHostname, null],
]);

checkRows('socket.create_connection()', [
  [
    'nobody listens: ConnectionRefusedError',
    async () => createConnection(['127.0.0.1', await freePort()]),
    new Failure(Error, { code: 'ECONNREFUSED' }),
  ],
]);

checkRows('The whole module in one import', [
  ['MemoryBIO is the one of bio', async () => (await import('@sslkit/socket')).MemoryBIO, MemoryBIO],
]);
