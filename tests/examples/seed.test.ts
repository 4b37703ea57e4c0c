// The examples of Python's documentation, each against a peer that is not itself.
import { once } from 'node:events';
import * as https from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { fetchHead } from '../../examples/seed/client.ts';
import { describeConnection } from '../../examples/seed/manual-context.ts';
import { type ByteMover, exchange } from '../../examples/seed/memory-bio.ts';
import { exchangeLine } from '../../examples/seed/non-blocking.ts';
import { listen, serve } from '../../examples/seed/server.ts';
import { askTwice } from '../../examples/seed/session.ts';
import { makeVirtualHosts } from '../../examples/seed/sni.ts';
import { answerThroughUpgrade, talkThroughUpgrade } from '../../examples/seed/starttls.ts';
import { type CertificateName, takeCertificate } from '../support/certificates.ts';
import { authorityFile, certificateFiles } from '../support/peer-process.ts';
import { listenOn } from '../support/socket-contexts.ts';

test('client: the certificate and the answer of an HTTPS server are fetched', async () => {
  const server = https.createServer(await credentials(), (_request, response) => response.end());
  const { cert, lines } = await fetchHead('localhost', await listenLocally(server), await authorityFile());
  expect(cert).toMatchObject({ subjectAltName: expect.arrayContaining([['DNS', 'localhost']]), version: 3 });
  expect(lines[0]).toBe('HTTP/1.1 200 OK');
});

test('client: a server of another name is refused', async () => {
  const server = https.createServer(await credentials('otherName'), (_request, response) => response.end());
  await expect(fetchHead('localhost', await listenLocally(server), await authorityFile())).rejects.toMatchObject({
    code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED',
    verifyCode: 62,
  });
});

test('context from scratch: a connection is verified and described', async () => {
  const port = await listenLocally(await makeEcho());
  const facts = await describeConnection('localhost', port, await authorityFile());
  expect(facts).toMatchObject({ version: 'TLSv1.3', subjectAltName: expect.arrayContaining([['DNS', 'localhost']]) });
});

test('server: clients are dealt with one after the other', async () => {
  const { cert, key } = await certificateFiles('server');
  const server = await listen();
  const stop = new AbortController();
  onTestFinished(() => {
    server.close();
  });
  const served = serve(cert, key, server, stop.signal);
  const { port } = server.address() as AddressInfo;
  for (const word of ['one', 'two', 'please stop']) {
    const client = await connectByNode(port);
    client.write(word);
    expect(String((await once(client, 'data'))[0])).toBe(word.toUpperCase());
    client.end();
  }
  stop.abort();
  await expect(served).rejects.toMatchObject({ name: 'AbortError' });
});

test('non-blocking: the loop goes through handshake, write and read', async () => {
  const port = await listenLocally(await makeEcho());
  const line = `${'x'.repeat(100_000)}\n`;
  expect(await exchangeLine('localhost', port, await authorityFile(), line)).toBe(line);
});

test('STARTTLS: a connection goes up to TLS and down again', async () => {
  const { cert, key } = await certificateFiles('server');
  const server = await listen();
  onTestFinished(() => {
    server.close();
  });
  const accepted = once(server, 'connection');
  const plain = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const answering = accepted.then(([socket]) => answerThroughUpgrade(socket as Socket, cert, key));
  const answers = await talkThroughUpgrade(plain, 'localhost', await authorityFile());
  await answering;
  expect(answers).toEqual(['go ahead\n', 'under TLS: whisper\n', 'in plaintext: farewell\n']);
});

test('memory BIO: a request is carried by hand', async () => {
  const server = https.createServer(await credentials(), (_request, response) => response.end('hello'));
  const socket = connect({ port: await listenLocally(server), host: '127.0.0.1' });
  const chunks = socket[Symbol.asyncIterator]();
  const mover: ByteMover = {
    send: async (bytes) => void socket.write(bytes),
    receive: async () => (await chunks.next()).value ?? Buffer.alloc(0),
  };
  const { answer, cipher } = await exchange(mover, 'localhost', await authorityFile(), 'GET / HTTP/1.0\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhello$/s);
  expect(cipher?.[0]).toMatch(/^TLS_/);
});

test('SNI: each name has its own certificate, and an unknown name is refused', async () => {
  const files = new Map<string, { certfile: string; keyfile: string }>();
  for (const [name, certificate] of [
    ['localhost', 'server'],
    ['other.example', 'otherName'],
  ] as const) {
    const { cert, key } = await certificateFiles(certificate);
    files.set(name, { certfile: cert, keyfile: key });
  }
  const { listener, port } = await listenOn(makeVirtualHosts(files));
  void ignoreFailures(listener);
  for (const name of files.keys()) {
    const client = await connectByNode(port, name);
    expect(client.getPeerCertificate().subjectaltname).toContain(`DNS:${name}`);
  }
  await expect(connectByNode(port, 'unknown.example')).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  });
});

test('session: the second connection resumes the first', async () => {
  const port = await listenLocally(await makeEcho());
  const result = await askTwice('localhost', port, await authorityFile(), 'line\n');
  expect(result).toMatchObject({ sessionReused: true, hasTicket: true, timeout: expect.any(Number) });
  expect(result.id).toMatch(/^[0-9a-f]{64}$/);
});

async function credentials(name: CertificateName = 'server'): Promise<{ cert: string; key: string }> {
  const { chainPem, privateKeyPem } = await takeCertificate(name);
  return { cert: chainPem, key: privateKeyPem };
}

/** A server of Node's own, which sends back what it is sent. */
async function makeEcho(): Promise<tls.Server> {
  const server = tls.createServer(await credentials(), (socket) => socket.pipe(socket));
  server.on('tlsClientError', () => {});
  return server;
}

async function listenLocally(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

async function connectByNode(port: number, servername = 'localhost'): Promise<tls.TLSSocket> {
  const ca = (await takeCertificate('authority')).certificatePem;
  const client = tls.connect({ port, host: '127.0.0.1', servername, ca });
  onTestFinished(() => {
    client.destroy();
  });
  await once(client, 'secureConnect');
  return client;
}

async function ignoreFailures(listener: AsyncIterable<unknown>): Promise<void> {
  for await (const _connection of listener);
}
