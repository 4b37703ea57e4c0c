import { Socket } from 'node:net';
import { constants } from 'node:os';
import {
  type SocketAddress,
  type SSLContext,
  SSLError,
  SSLListener,
  type SSLSocket,
  type WrapSocketOptions,
} from '@sslkit/socket';
import { expect, onTestFinished } from 'vitest';
import type { CertificateName } from '../support/certificates.ts';
import { freePort } from '../support/peer-process.ts';
import { catchError, checkRows, Failure, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';
import { listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';
import { connectBoth, connectedClient } from '../support/ssl-sockets.ts';

const EINVAL = new Failure(Error, { code: 'EINVAL' });
const EAGAIN = new Failure(Error, { code: 'EAGAIN' });
const CONNECTION_REFUSED = new Failure(Error, { code: 'ECONNREFUSED' });
const UNVERIFIED = sslError('ERR_SSL_CERTIFICATE_VERIFY_FAILED', { verifyCode: 20 });

/** A client that trusts the authority and is not connected. */
async function makeClient(options: WrapSocketOptions = {}): Promise<SSLSocket> {
  const context = await socketClientContext();
  const client = await context.wrapSocket(new Socket(), { serverHostname: 'localhost', ...options });
  onTestFinished(() => client.close());
  return client;
}

/** A server that shakes hands with whoever comes. */
async function serve(certificate: CertificateName = 'server'): Promise<SocketAddress> {
  const { listener, port } = await listenOn(await socketServerContext(certificate));
  void (async () => {
    for await (const [connection] of listener) onTestFinished(() => connection.close());
  })();
  return ['127.0.0.1', port];
}

async function nowhere(): Promise<SocketAddress> {
  return ['127.0.0.1', await freePort()];
}

/** A server-side socket that is to be bound. */
async function makeServer(options: WrapSocketOptions = {}): Promise<SSLSocket> {
  const context = await socketServerContext();
  const server = await context.wrapSocket(new Socket(), { serverSide: true, ...options });
  onTestFinished(() => server.close());
  return server;
}

checkRows('connect(addr)', [
  [
    'does the handshake',
    async () => {
      const client = await makeClient();
      await client.connect(await serve());
      return client.version();
    },
    'TLSv1.3',
  ],
  [
    'does none without do_handshake_on_connect',
    async () => {
      const client = await makeClient({ doHandshakeOnConnect: false });
      await client.connect(await serve());
      const before = client.version();
      await client.doHandshake();
      return [before, client.version()];
    },
    [null, 'TLSv1.3'],
  ],
  [
    'nobody listens: ConnectionRefusedError',
    async () => (await makeClient()).connect(await nowhere()),
    CONNECTION_REFUSED,
  ],
  [
    'drops TLS when that fails, and can be tried again',
    async () => {
      const client = await makeClient();
      const error = await catchError(async () => client.connect(await nowhere()));
      const session = client.session;
      await client.connect(await serve());
      return [error instanceof Error, session, client.version()];
    },
    [true, null, 'TLSv1.3'],
  ],
  [
    'a certificate that nobody trusts: SSLCertVerificationError',
    async () => (await makeClient()).connect(await serve('distrusted')),
    UNVERIFIED,
  ],
  ['on a connection: ValueError', async () => (await connectedClient()).connect(['127.0.0.1', 1]), VALUE_ERROR],
  ['on the server side: ValueError', async () => (await makeServer()).connect(['127.0.0.1', 1]), VALUE_ERROR],
  [
    'of an accepted connection: ValueError',
    async () => (await connectBoth()).server.connect(['127.0.0.1', 1]),
    VALUE_ERROR,
  ],
  ['to no address: TypeError', async () => (await makeClient()).connect(1 as never), TYPE_ERROR],
]);

checkRows('connect_ex(addr)', [
  ['0 for none', async () => (await makeClient()).connectEx(await serve()), 0],
  [
    'the number of the error',
    async () => (await makeClient()).connectEx(await nowhere()),
    constants.errno.ECONNREFUSED,
  ],
  [
    'raises what goes wrong with TLS',
    async () => (await makeClient()).connectEx(await serve('distrusted')),
    UNVERIFIED,
  ],
  ['on a connection: ValueError', async () => (await connectedClient()).connectEx(['127.0.0.1', 1]), VALUE_ERROR],
  ['on the server side: ValueError', async () => (await makeServer()).connectEx(['127.0.0.1', 1]), VALUE_ERROR],
]);

checkRows('bind(addr), listen(), accept()', [
  [
    'a port of its own',
    async () => {
      const server = await makeServer();
      server.bind(['127.0.0.1', 0]);
      await server.listen();
      const [host, port] = server.getSockName();
      return [host, Number(port) > 0];
    },
    ['127.0.0.1', true],
  ],
  [
    'accept() does the handshake and tells the address',
    async () => {
      const { listener, port } = await listenOn(await socketServerContext());
      const client = await makeClient();
      const [[connection, address]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', port])]);
      onTestFinished(() => connection.close());
      return [connection.version(), connection.serverSide, address];
    },
    ['TLSv1.3', true, ['127.0.0.1', expect.any(Number)]],
  ],
  [
    'accept() gives the flags of the listening socket',
    async () => {
      const flags = { doHandshakeOnConnect: false, suppressRaggedEofs: false };
      const { listener, port } = await listenOn(await socketServerContext(), flags);
      const client = await makeClient({ doHandshakeOnConnect: false });
      const [[connection]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', port])]);
      onTestFinished(() => connection.close());
      return [connection.version(), connection.doHandshakeOnConnect, connection.suppressRaggedEofs];
    },
    [null, false, false],
  ],
  [
    'accept() takes no time-out from the listening socket',
    async () => {
      const { listener, port } = await listenOn(await socketServerContext());
      listener.setTimeout(30);
      const [[connection]] = await Promise.all([listener.accept(), (await makeClient()).connect(['127.0.0.1', port])]);
      onTestFinished(() => connection.close());
      return connection.getTimeout();
    },
    null,
  ],
  [
    'accept() raises what goes wrong with the handshake',
    async () => {
      const { listener, port } = await listenOn(await socketServerContext());
      const client = new Socket().on('error', () => {}).connect(port, '127.0.0.1');
      onTestFinished(() => void client.destroy());
      client.write('GET / HTTP/1.1\r\n\r\n');
      return listener.accept();
    },
    sslError('ERR_SSL_HTTP_REQUEST'),
  ],
  [
    'the context of the listening socket is that of the next connection',
    async () => {
      const { listener, port } = await listenOn(await socketServerContext('distrusted'));
      const context = await socketServerContext('server');
      listener.context = context;
      const [[connection]] = await Promise.all([listener.accept(), (await makeClient()).connect(['127.0.0.1', port])]);
      onTestFinished(() => connection.close());
      return connection.context === context;
    },
    true,
  ],
  [
    'the listening socket has no TLS of its own',
    async () => {
      const server = await makeServer();
      server.bind(['127.0.0.1', 0]);
      await server.listen();
      return [server.version(), server.session, server.pending()];
    },
    [null, null, 0],
  ],
  [
    'listen() gives what accepts',
    async () => (await makeServer()).listen().then((listener) => listener instanceof SSLListener),
    true,
  ],
  ['accept() before listen(): EINVAL', async () => (await makeServer()).accept(), EINVAL],
  [
    'accept() that never waits: BlockingIOError',
    async () => {
      const server = await makeServer({ timeout: 0 });
      await server.listen();
      return server.accept();
    },
    EAGAIN,
  ],
  [
    'accept() with a time-out: TimeoutError',
    async () => {
      const server = await makeServer({ timeout: 0.05 });
      await server.listen();
      return server.accept();
    },
    new Failure(Error, { name: 'TimeoutError' }),
  ],
  ['bind() of a connection: EINVAL', async () => (await connectedClient()).bind(['127.0.0.1', 0]), EINVAL],
  ['listen() of a connection: EINVAL', async () => (await connectedClient()).listen(), EINVAL],
]);

/** How both sides of a handshake end. */
async function fail(clientSide: SSLContext, serverSide: SSLContext): Promise<unknown[]> {
  const { listener, port } = await listenOn(serverSide);
  const client = await clientSide.wrapSocket(new Socket(), { serverHostname: 'localhost' });
  const results = await Promise.all([
    catchError(() => client.connect(['127.0.0.1', port])),
    catchError(() => listener.accept()),
  ]);
  return results.map((error) => (error instanceof SSLError ? error.reason : error));
}

/** A context of each side, changed before they meet. */
async function failAfter(change: (client: SSLContext, server: SSLContext) => void): Promise<unknown[]> {
  const [client, server] = [await socketClientContext(), await socketServerContext()];
  change(client, server);
  return fail(client, server);
}

checkRows('What the two sides see of a handshake that fails, the client first', [
  [
    'no cipher suite in common',
    () =>
      failAfter((client, server) => {
        client.maximumVersion = 771;
        client.setCiphers('ECDHE-ECDSA-AES128-GCM-SHA256');
        server.setCiphers('ECDHE-ECDSA-AES256-GCM-SHA384');
      }),
    ['SSLV3_ALERT_HANDSHAKE_FAILURE', 'NO_SHARED_CIPHER'],
  ],
  [
    'no version in common',
    () =>
      failAfter((client, server) => {
        client.maximumVersion = 771;
        server.minimumVersion = 772;
      }),
    ['TLSV1_ALERT_PROTOCOL_VERSION', 'UNSUPPORTED_PROTOCOL'],
  ],
  [
    'a certificate that the client does not trust',
    async () => fail(await socketClientContext(undefined, 'otherAuthority'), await socketServerContext()),
    ['CERTIFICATE_VERIFY_FAILED', 'TLSV1_ALERT_UNKNOWN_CA'],
  ],
]);
