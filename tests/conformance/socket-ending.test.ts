import { Socket } from 'node:net';
import { SHUT_RD, SHUT_RDWR, SHUT_WR, SSLEOFError, type SSLSocket, SSLWantReadError } from '@sslkit/socket';
import { catchError, checkRows, Failure, type Row, sslError, VALUE_ERROR } from '../support/rows.ts';
import { socketClientContext } from '../support/socket-contexts.ts';
import { connectBoth, connectedClient } from '../support/ssl-sockets.ts';

const EBADF = new Failure(Error, { code: 'EBADF' });
const EOF = new Failure(SSLEOFError, { errno: 8 });
const WITHOUT_TLS = new Failure(Error, { code: 'ERR_INVALID_STATE' });
const NOTHING = Buffer.alloc(0);

/** A row about a connection whose server has gone without a word. */
const cutOff = (
  claim: string,
  suppressRaggedEofs: boolean,
  call: (socket: SSLSocket) => unknown,
  expected: unknown,
): Row => [
  claim,
  async () => {
    const { client, server } = await connectBoth({ suppressRaggedEofs });
    await server.close();
    return call(client);
  },
  expected,
];

checkRows('A peer that closes without unwrap()', [
  cutOff('recv() gives no bytes', true, (socket) => socket.recv(), NOTHING),
  cutOff('recv_into() gives 0', true, (socket) => socket.recvInto(Buffer.alloc(1)), 0),
  cutOff('read() gives no bytes', true, (socket) => socket.read(), NOTHING),
  cutOff('read() into a buffer gives 0', true, (socket) => socket.read(1, Buffer.alloc(1)), 0),
  cutOff('recv() without suppress_ragged_eofs: SSLEOFError', false, (socket) => socket.recv(), EOF),
  cutOff('recv_into() without: SSLEOFError', false, (socket) => socket.recvInto(Buffer.alloc(1)), EOF),
  cutOff('read() without: SSLEOFError', false, (socket) => socket.read(), EOF),
  cutOff('again: SSLEOFError', false, (socket) => socket.recv().catch(() => socket.recv()), EOF),
  cutOff(
    'suppress_ragged_eofs set later',
    true,
    (socket) => {
      socket.suppressRaggedEofs = false;
      return socket.recv();
    },
    EOF,
  ),
  cutOff('unwrap(): SSLEOFError', true, (socket) => socket.unwrap(), EOF),
]);

checkRows('unwrap()', [
  [
    'gives the plain sockets on both sides',
    async () => {
      const { client, server } = await connectBoth();
      const [ours, theirs] = await Promise.all([client.unwrap(), server.unwrap()]);
      return [ours instanceof Socket, theirs instanceof Socket];
    },
    [true, true],
  ],
  [
    'of the peer reads as no bytes, twice, and is answered',
    async () => {
      const { client, server } = await connectBoth();
      const unwrapping = server.unwrap();
      const read = [await client.recv(), await client.recv()];
      const plain = await client.unwrap();
      await unwrapping;
      return [...read, plain === client.lower];
    },
    [NOTHING, NOTHING, true],
  ],
  [
    'with data of the peer unread: SSLError',
    async () => {
      const { client, server } = await connectBoth();
      await server.sendAll('unread');
      await client.readable();
      await client.unwrap();
    },
    sslError('ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY'),
  ],
  [
    'before the handshake is done: SSLError',
    async () => (await connectWithoutHandshake()).unwrap(),
    sslError('ERR_SSL_SHUTDOWN_WHILE_IN_INIT'),
  ],
  [
    'with a time-out: TimeoutError',
    async () => {
      const connection = await connectedClient();
      connection.setTimeout(0.05);
      await connection.unwrap();
    },
    new Failure(Error, { name: 'TimeoutError' }),
  ],
  [
    'that never waits: SSLWantReadError',
    async () => {
      const connection = await connectedClient();
      connection.setBlocking(false);
      await connection.unwrap();
    },
    new Failure(SSLWantReadError, { errno: 2 }),
  ],
  [
    'that fails leaves TLS on',
    async () => {
      const connection = await connectedClient();
      connection.setBlocking(false);
      await connection.unwrap().catch(() => undefined);
      return connection.version();
    },
    'TLSv1.3',
  ],
]);

async function connectWithoutHandshake(): Promise<SSLSocket> {
  const { client } = await connectBoth();
  const plain = await client.detach();
  return (await socketClientContext()).wrapSocket(plain, { serverHostname: 'localhost', doHandshakeOnConnect: false });
}

/** What a socket answers without TLS on it, whether that was taken off or the socket closed. */
const withoutTls = (refusal: Failure): readonly (readonly [string, (socket: SSLSocket) => unknown, unknown])[] => [
  ['version()', (socket) => socket.version(), null],
  ['cipher()', (socket) => socket.cipher(), null],
  ['shared_ciphers()', (socket) => socket.sharedCiphers(), null],
  ['compression()', (socket) => socket.compression(), null],
  ['selected_alpn_protocol()', (socket) => socket.selectedAlpnProtocol(), null],
  ['session', (socket) => socket.session, null],
  ['session_reused', (socket) => socket.sessionReused, null],
  ['pending()', (socket) => socket.pending(), 0],
  ['get_channel_binding()', (socket) => socket.getChannelBinding(), null],
  ['get_channel_binding() of an unknown kind: ValueError', (socket) => socket.getChannelBinding('x'), VALUE_ERROR],
  ['getpeercert(): an error', (socket) => socket.getPeerCert(), VALUE_ERROR],
  ['verify_client_post_handshake(): ValueError', (socket) => socket.verifyClientPostHandshake(), VALUE_ERROR],
  ['unwrap(): ValueError', (socket) => socket.unwrap(), VALUE_ERROR],
  ['read(): ValueError', (socket) => socket.read(), VALUE_ERROR],
  ['write(): ValueError', (socket) => socket.write(NOTHING), VALUE_ERROR],
  ['do_handshake(): an error', (socket) => socket.doHandshake(), refusal],
  ['recv(): an error', (socket) => socket.recv(), refusal],
  ['recv_into(): an error', (socket) => socket.recvInto(Buffer.alloc(1)), refusal],
  ['send(): an error', (socket) => socket.send('x'), refusal],
  ['sendall(): an error', (socket) => socket.sendAll('x'), refusal],
  ['makefile(): an error', (socket) => socket.makefile(), refusal],
];

const endings: readonly (readonly [string, (client: SSLSocket, server: SSLSocket) => unknown, Failure])[] = [
  ['unwrap()', (client, server) => Promise.all([client.unwrap(), server.unwrap()]), WITHOUT_TLS],
  ['shutdown()', (client) => client.shutdown(SHUT_RDWR), WITHOUT_TLS],
  ['close()', (client) => client.close(), EBADF],
  ['detach()', (client) => client.detach(), EBADF],
];
for (const [name, end, refusal] of endings) {
  checkRows(
    `After ${name}`,
    withoutTls(refusal).map(
      ([claim, call, expected]): Row => [
        claim,
        async () => {
          const { client, server } = await connectBoth();
          await end(client, server);
          return call(client);
        },
        expected,
      ],
    ),
  );
}

/** What the peer sees of `shutdown(how)`. */
async function shutDown(how: number): Promise<unknown[]> {
  const { client, server } = await connectBoth();
  client.shutdown(how);
  return [await server.recv(), server.ended];
}

checkRows('shutdown(how)', [
  ['SHUT_WR ends without close_notify', () => shutDown(SHUT_WR), [NOTHING, 'truncated']],
  ['SHUT_RDWR ends without close_notify', () => shutDown(SHUT_RDWR), [NOTHING, 'truncated']],
  [
    'SHUT_RD leaves the peer alone',
    async () => {
      const { client, server } = await connectBoth();
      client.shutdown(SHUT_RD);
      server.setBlocking(false);
      await server.recv();
    },
    new Failure(SSLWantReadError, { errno: 2 }),
  ],
  ['leaves the address of the peer', async () => addressAfterShutdown(), '127.0.0.1'],
  [
    'of no direction: EINVAL, and TLS is gone all the same',
    async () => {
      const connection = await connectedClient();
      const error = await catchError(() => connection.shutdown(9));
      return [Reflect.get(Object(error), 'code'), connection.version()];
    },
    ['EINVAL', null],
  ],
  ['after close(): EBADF', async () => (await closedClient()).shutdown(SHUT_RD), EBADF],
]);

async function addressAfterShutdown(): Promise<string | undefined> {
  const connection = await connectedClient();
  connection.shutdown(SHUT_RD);
  return connection.getPeerName()[0];
}

async function closedClient(): Promise<SSLSocket> {
  const connection = await connectedClient();
  await connection.close();
  return connection;
}

checkRows('close() and detach()', [
  ['close() again', async () => (await closedClient()).close(), undefined],
  ['fileno() is -1', async () => (await closedClient()).fileno(), -1],
  ['gettimeout() is there', async () => (await closedClient()).getTimeout(), null],
  ['context is there', async () => typeof (await closedClient()).context, 'object'],
  [
    'getpeername(): an error',
    async () => (await closedClient()).getPeerName(),
    new Failure(Error, { code: 'ENOTCONN' }),
  ],
  ['accept(): EBADF', async () => (await closedClient()).accept(), EBADF],
  ['detach() again: an error', async () => (await closedClient()).detach(), EBADF],
  [
    'detach() gives the socket, open',
    async () => {
      const connection = await connectedClient();
      const plain = await connection.detach();
      return [plain === connection.lower, plain.destroyed, connection.fileno()];
    },
    [true, false, -1],
  ],
]);
