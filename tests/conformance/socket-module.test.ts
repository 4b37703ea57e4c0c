import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBIO } from '@sslkit/bio';
import { SSLContext, type SSLMethod, type VerifyMode } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import {
  createConnection,
  getServerCertificate,
  type SocketAddress,
  SSLCertVerificationError,
  type SSLSocket,
  wrapSocket,
} from '@sslkit/socket';
import { matchHostname } from '@sslkit/x509';
import { afterAll, onTestFinished } from 'vitest';
import { type CertificateName, takeCertificate } from '../support/certificates.ts';
import { freePort } from '../support/peer-process.ts';
import { checkRows, Failure, OVERFLOW_ERROR, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';
import { listenOn, socketServerContext } from '../support/socket-contexts.ts';

const CONNECTION_REFUSED = new Failure(Error, { code: 'ECONNREFUSED' });
const ENOENT = new Failure(Error, { code: 'ENOENT' });
const NOWHERE = '/nonexistent';

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
    CONNECTION_REFUSED,
  ],
  ['asks for the host by its name', () => namesAskedFor('localhost'), ['localhost']],
  ['asks for no address', () => namesAskedFor('127.0.0.1'), [null]],
  [
    'timeout: TimeoutError',
    async () => getServerCertificate(await listenSilently(), { timeout: 0.05 }),
    new Failure(Error, { name: 'TimeoutError', code: 'ETIMEDOUT' }),
  ],
  ['a missing ca_certs: FileNotFoundError', () => getServerCertificate(['127.0.0.1', 1], { caCerts: NOWHERE }), ENOENT],
  ['no pair of host and port', () => getServerCertificate(['127.0.0.1'] as never), TYPE_ERROR],
  [
    'a version that is none: ValueError',
    () => getServerCertificate(['127.0.0.1', 1], { sslVersion: 99 as SSLMethod }),
    VALUE_ERROR,
  ],
]);

/** The names that a server is asked for when its certificate is fetched at `host`. */
async function namesAskedFor(host: string): Promise<(string | null)[]> {
  const asked: (string | null)[] = [];
  const context = await socketServerContext();
  context.sniCallback = (_, name) => void asked.push(name);
  const { listener, port } = await listenOn(context);
  listener.accept().catch(() => undefined);
  await getServerCertificate([host, port]);
  return asked;
}

/** A server that says nothing. */
async function listenSilently(): Promise<SocketAddress> {
  const server = new Server((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return ['127.0.0.1', (server.address() as AddressInfo).port];
}

const factsOf = ({ context, serverSide, serverHostname, doHandshakeOnConnect, suppressRaggedEofs }: SSLSocket) => ({
  verifyMode: context.verifyMode,
  checkHostname: context.checkHostname,
  protocol: context.protocol,
  serverSide,
  serverHostname,
  doHandshakeOnConnect,
  suppressRaggedEofs,
});
const DEFAULTS = {
  verifyMode: 0,
  checkHostname: false,
  protocol: 2,
  serverSide: false,
  serverHostname: null,
  doHandshakeOnConnect: true,
  suppressRaggedEofs: true,
};

checkRows('wrap_socket() of the module', [
  ['server_side without certfile: ValueError', () => wrapSocket(new Socket(), { serverSide: true }), VALUE_ERROR],
  ['keyfile without certfile: ValueError', () => wrapSocket(new Socket(), { keyfile: 'x' }), VALUE_ERROR],
  ['a missing certfile: FileNotFoundError', () => wrapSocket(new Socket(), { certfile: NOWHERE }), ENOENT],
  ['a missing ca_certs: FileNotFoundError', () => wrapSocket(new Socket(), { caCerts: NOWHERE }), ENOENT],
  ['a cert_reqs that is none: ValueError', () => wrapSocket(new Socket(), { certReqs: 7 as VerifyMode }), VALUE_ERROR],
  [
    'an ssl_version that is none: ValueError',
    () => wrapSocket(new Socket(), { sslVersion: 99 as SSLMethod }),
    VALUE_ERROR,
  ],
  ['PROTOCOL_TLS_CLIENT with CERT_NONE: ValueError', () => wrapSocket(new Socket(), { sslVersion: 16 }), VALUE_ERROR],
  [
    'ciphers that select nothing',
    () => wrapSocket(new Socket(), { ciphers: 'x' }),
    sslError('ERR_SSL_NO_CIPHER_MATCH'),
  ],
  ['its defaults', async () => factsOf(await wrapSocket(new Socket())), DEFAULTS],
  [
    'CERT_REQUIRED without ca_certs fails in the handshake',
    async () => wrapSocket(await createConnection(await serve('server')), { certReqs: 2 }),
    new Failure(SSLCertVerificationError, { verifyCode: 20 }),
  ],
  [
    'CERT_REQUIRED checks no host name',
    async () => {
      const connection = await wrapSocket(await createConnection(await serve('otherName')), { certReqs: 2, caCerts });
      const certificate = connection.getPeerCert();
      await connection.close();
      return certificate !== null;
    },
    true,
  ],
  [
    'has a context of its own',
    async () => {
      const [one, other] = [await wrapSocket(new Socket()), await wrapSocket(new Socket())];
      return one.context === other.context;
    },
    false,
  ],
]);

checkRows('socket.create_connection()', [
  [
    'nobody listens: ConnectionRefusedError',
    async () => createConnection(['127.0.0.1', await freePort()]),
    CONNECTION_REFUSED,
  ],
  [
    'connects by name',
    async () => {
      const [, port] = await serve('server');
      const socket = await createConnection(['localhost', Number(port)]);
      onTestFinished(() => void socket.destroy());
      return socket.remotePort === port;
    },
    true,
  ],
  ['a time-out below zero: ValueError', () => createConnection(['127.0.0.1', 1], { timeout: -1 }), VALUE_ERROR],
  [
    'a time-out that is no number: TypeError',
    () => createConnection(['127.0.0.1', 1], { timeout: 'x' as never }),
    TYPE_ERROR,
  ],
  ['no pair of host and port', () => createConnection(['127.0.0.1'] as never), TYPE_ERROR],
  ['a port beyond 65535: OverflowError', () => createConnection(['127.0.0.1', 99_999]), OVERFLOW_ERROR],
]);

checkRows('The whole module in one import', [
  ['MemoryBIO is the one of bio', async () => (await import('@sslkit/socket')).MemoryBIO, MemoryBIO],
  ['SSLError is the one of errors', async () => (await import('@sslkit/socket')).SSLError, SSLError],
  ['matchHostname is the one of x509', async () => (await import('@sslkit/socket')).matchHostname, matchHostname],
  [
    'an SSLContext is one of context',
    async () => new (await import('@sslkit/socket')).SSLContext(16) instanceof SSLContext,
    true,
  ],
]);
