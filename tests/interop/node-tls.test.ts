import { once } from 'node:events';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as tls from 'node:tls';
import type { SSLSocket } from '@sslkit/socket';
import { SSLCertVerificationError } from '@sslkit/socket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CertificateName, takeCertificate } from '../support/certificates.ts';
import { VERSIONS } from '../support/contexts.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';

const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];
const named = (name: string) => name.replace(' ', 'v') as tls.SecureVersion;

/** A server of node:tls on a free port. */
async function nodeServer(
  certificate: CertificateName,
  options: tls.TlsOptions = {},
): Promise<{ server: tls.Server; port: number; connection: Promise<tls.TLSSocket> }> {
  const { chainPem, privateKeyPem } = await takeCertificate(certificate);
  const server = tls.createServer({ cert: chainPem, key: privateKeyPem, ...options });
  const connection = once(server, 'secureConnection').then(([socket]) => {
    onTestFinished(() => socket.destroy());
    return socket as tls.TLSSocket;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, connection };
}

/** A client of node:tls, connected. */
async function nodeClient(port: number, options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
  const ca = (await takeCertificate('authority')).certificatePem;
  const client = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options });
  onTestFinished(() => {
    client.destroy();
  });
  await once(client, 'secureConnect');
  return client;
}

describe.each(VERSIONS)('%s', (name, version) => {
  const only = { minVersion: named(name), maxVersion: named(name) };

  test.each(KEYS)('our client talks to a server of node:tls, %s', async (_kind, certificate) => {
    const { port, connection } = await nodeServer(certificate, { ...only, ALPNProtocols: ['x', 'y'] });
    const context = await socketClientContext(version);
    context.setAlpnProtocols(['y']);
    const client = await connectTo(port, context);
    const server = await connection;
    expect([client.version(), client.selectedAlpnProtocol()]).toEqual([named(name), 'y']);
    await client.sendAll('from ours');
    expect(String((await once(server, 'data'))[0])).toBe('from ours');
    server.end('from theirs');
    let answer = '';
    for await (const chunk of client) answer += chunk;
    expect([answer, client.ended]).toEqual(['from theirs', 'close_notify']);
  });

  test.each(KEYS)('a client of node:tls talks to our server, %s', async (_kind, certificate) => {
    const { listener, port } = await listenOn(await socketServerContext(certificate, version));
    const [[server], client] = await Promise.all([listener.accept(), nodeClient(port, only)]);
    expect([client.authorized, client.getProtocol()]).toEqual([true, named(name)]);
    const answered = text(client);
    client.write('from theirs');
    expect(String(await server.recv())).toBe('from theirs');
    await server.sendAll('from ours');
    await server.close({ notify: true });
    expect(await answered).toBe('from ours');
  });

  test('megabytes pass both ways at once', async () => {
    const bulk = Buffer.alloc(5_000_000, 'interop');
    const { port, connection } = await nodeServer('server', only);
    const client = await connectTo(port, await socketClientContext(version));
    const server = await connection;
    server.pipe(server);
    const [, echoed] = await Promise.all([client.sendAll(bulk), receive(client, bulk.length)]);
    expect(echoed.equals(bulk)).toBe(true);
  });

  test('a session is resumed with a server of node:tls, and by a client of node:tls', async () => {
    const { server: nodeSide, port } = await nodeServer('server', only);
    nodeSide.on('secureConnection', (socket) => socket.on('error', () => {}).write('ticket first'));
    const context = await socketClientContext(version);
    const first = await connectTo(port, context);
    await first.recv();
    const second = await connectTo(port, context, { session: first.session });
    expect(second.sessionReused).toBe(true);

    const { listener, port: ours } = await listenOn(await socketServerContext('server', version));
    void greet(listener);
    const client = await nodeClient(ours, only);
    const session = (await Promise.all([sessionOf(client, name), once(client, 'data')]))[0];
    const again = await nodeClient(ours, { ...only, session });
    expect(again.isSessionReused()).toBe(true);
  });

  test('a client certificate is shown to a server of node:tls, and asked of a client of node:tls', async () => {
    const ca = (await takeCertificate('authority')).certificatePem;
    const { certificatePem: cert, privateKeyPem: key } = await takeCertificate('client');
    const { port, connection } = await nodeServer('server', { ...only, ca, requestCert: true });
    const context = await socketClientContext(version);
    context.loadCertChain({ cert, key });
    await connectTo(port, context);
    expect((await connection).getPeerCertificate().subject.CN).toBe('Test client');

    const asking = await socketServerContext('server', version);
    asking.loadVerifyLocations({ cadata: ca });
    asking.verifyMode = 2;
    const { listener, port: ours } = await listenOn(asking);
    const [[server]] = await Promise.all([listener.accept(), nodeClient(ours, { ...only, cert, key })]);
    expect(server.getPeerCert()).toMatchObject({ subject: [[['commonName', 'Test client']]] });
  });
});

test.each([
  ['an authority that is not trusted', 'distrusted', 20],
  ['a certificate that signs itself', 'selfSigned', 18],
  ['a name that does not match', 'otherName', 62],
  ['a certificate that has expired', 'expired', 10],
] as const)('%s is refused by our client', async (_name, certificate, verifyCode) => {
  const { server, port } = await nodeServer(certificate);
  server.on('tlsClientError', () => {});
  const error = await connectTo(port, await socketClientContext()).catch((reason) => reason);
  expect(error).toBeInstanceOf(SSLCertVerificationError);
  expect(error).toMatchObject({ verifyCode });
});

test('a client of node:tls that refuses us is told by its alert', async () => {
  const { listener, port } = await listenOn(await socketServerContext('distrusted'));
  const refused = listener.accept().then(([connection]) => connection.recv());
  refused.catch(() => {});
  await expect(nodeClient(port)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  // node:tls looks at the certificate when the handshake is over, and then just leaves.
  await refused.catch((error) => expect(['ECONNRESET', 'ERR_SSL_EOF']).toContain(error.code));
});

test('https.get over our makefile() reaches an https server', async () => {
  const { chainPem, privateKeyPem } = await takeCertificate('server');
  const server = https.createServer({ cert: chainPem, key: privateKeyPem }, (_request, response) =>
    response.end('hello'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const client = await connectTo((server.address() as AddressInfo).port, await socketClientContext());
  const request = https.get({ host: 'localhost', createConnection: () => client.makefile() });
  const [response] = await once(request, 'response');
  expect(await text(response)).toBe('hello');
});

test('TLS runs inside a connection of node:tls', async () => {
  const { port, connection } = await nodeServer('server');
  const ca = (await takeCertificate('authority')).certificatePem;
  const outer = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
  onTestFinished(() => {
    outer.destroy();
  });
  const [client, server] = await Promise.all([
    (await socketClientContext()).wrapSocket(outer, { serverHostname: 'localhost' }),
    connection.then(async (socket) => (await socketServerContext()).wrapSocket(socket, { serverSide: true })),
  ]);
  await client.sendAll('twice');
  expect(String(await server.recv())).toBe('twice');
});

async function receive(socket: SSLSocket<unknown>, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let received = 0; received < length; received += chunks.at(-1)?.length ?? 0) {
    chunks.push(await socket.recv(65_536));
    if (chunks.at(-1)?.length === 0) break;
  }
  return Buffer.concat(chunks);
}

/** Says something to each client, so that it reads, and with it its session ticket. */
async function greet(listener: AsyncIterable<[SSLSocket<unknown>, unknown]>): Promise<void> {
  for await (const [connection] of listener) await connection.sendAll('hello');
}

async function sessionOf(client: tls.TLSSocket, name: string): Promise<Buffer | undefined> {
  if (name === 'TLS 1.2') return client.getSession();
  return (await once(client, 'session'))[0];
}
