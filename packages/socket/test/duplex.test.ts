import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import { Duplex, pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline as pipe } from 'node:stream/promises';
import type { SSLDuplex } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext, versions } from './certificates.ts';
import { type PairOptions, tlsPair, track } from './loopback.ts';

/** Both ends of a connection as streams. */
async function streamPair(options?: PairOptions): Promise<[SSLDuplex, SSLDuplex]> {
  const [client, server] = await tlsPair(options);
  return [track(client.makefile()), track(server.makefile())];
}

describe.each(versions)('%s', (_name, version) => {
  const pair = async () => streamPair({ client: { context: await clientContext(version) } });

  test('makefile() carries megabytes both ways at once, with back-pressure', async () => {
    const [client, server] = await pair();
    const sent = Buffer.alloc(6_000_000, 'abcdefg');
    // The echo stops reading whenever its own writes pile up.
    const echoing = pipe(server, server);
    client.end(sent);
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk);
    await echoing;
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect([client.bytesRead, client.bytesWritten]).toEqual([sent.length, sent.length]);
  });

  test('end() reaches the peer as a clean end', async () => {
    const [client, server] = await pair();
    client.end('the whole of it');
    expect(await text(server)).toBe('the whole of it');
    expect(server.connection.ended).toBe('close_notify');
  });
});

test('a stream that nobody reads reads nothing ahead beyond its buffers', async () => {
  const [client, server] = await streamPair();
  let written = 0;
  while (client.write(Buffer.alloc(65_536))) written += 65_536;
  const drained = once(client, 'drain').then(() => 'drained');
  const full = async () => {
    while (server.readableLength < server.readableHighWaterMark) await new Promise(setImmediate);
    return 'full';
  };
  server.read(0);
  await Promise.race([full(), drained]);
  expect(server.readableLength).toBeLessThan(4 * server.readableHighWaterMark);
  expect(written).toBeGreaterThanOrEqual(0);
});

test('small writes go out in common records', async () => {
  const [client, server] = await streamPair();
  for (let index = 0; index < 1000; index++) client.write('0123456789');
  client.end();
  const before = server.connection.lower;
  expect(before).toBeDefined();
  expect((await text(server)).length).toBe(10_000);
  // One record for the first write, one for those that piled up behind it, not a thousand.
  const lower = client.connection.lower as { bytesWritten: number };
  expect(lower.bytesWritten).toBeLessThan(13_000);
});

test('destroy() closes the connection, and the peer sees that it was cut off', async () => {
  const [client, server] = await streamPair();
  server.destroy();
  await once(server, 'close');
  expect(await text(client)).toBe('');
  expect(client.connection.ended).toBe('truncated');
  expect(server.connection.closed).toBe(true);
});

test('an error of the connection is an error of the stream', async () => {
  const [client, server] = await streamPair();
  server.connection.suppressRaggedEofs = false;
  (client.connection.lower as Duplex).end();
  server.resume();
  const [error] = await once(server, 'error');
  expect(error.code).toBe('ERR_SSL_EOF');
});

test('it passes as a socket', async () => {
  const [clientSide, serverSide] = [await clientContext(), await serverContext()];
  clientSide.setAlpnProtocols(['x']);
  serverSide.setAlpnProtocols(['x']);
  const [client, server] = await streamPair({ client: { context: clientSide }, server: { context: serverSide } });
  expect(client).toMatchObject({
    encrypted: true,
    connecting: false,
    pending: false,
    authorized: true,
    authorizationError: null,
    alpnProtocol: 'x',
    servername: 'localhost',
    remoteAddress: '127.0.0.1',
    remoteFamily: 'IPv4',
    localAddress: '127.0.0.1',
    readyState: 'open',
  });
  expect(server.authorized).toBe(false);
  expect(client.remotePort).toBe(server.localPort);
  expect(client.address()).toEqual({ address: '127.0.0.1', port: client.localPort, family: 'IPv4' });
  expect(client.getProtocol()).toBe('TLSv1.3');
  expect(client.getCipher()?.name).toMatch(/^TLS_/);
  expect(client.isSessionReused()).toBe(false);
  expect(client.getPeerCertificate()).toMatchObject({ subjectaltname: 'DNS:localhost, IP Address:127.0.0.1' });
  expect(server.getPeerCertificate()).toEqual({});
  expect(client.setNoDelay().setKeepAlive(true, 1000).unref().ref()).toBe(client);
});

test('it is a net.Socket to whoever takes one, and tells whoever connects it that it is connected', async () => {
  const [client] = await streamPair();
  const socket: Socket = client;
  const told: string[] = [];
  socket.on('ready', () => told.push('ready'));
  socket.on('connect', () => told.push('connect'));
  expect(socket.connect(1, 'elsewhere.example', () => told.push('callback'))).toBe(client);
  expect(told).toEqual([]);
  await once(socket, 'ready');
  expect(told).toEqual(['connect', 'callback', 'ready']);
  expect([socket.bufferSize, socket.readyState]).toEqual([0, 'open']);
  expect(socket.autoSelectFamilyAttemptedAddresses).toBeInstanceOf(Array);
});

test('close tells whether it came of an error, behind that', async () => {
  const [client, server] = await streamPair();
  const told: unknown[] = [];
  for (const [name, stream] of Object.entries({ client, server })) {
    stream.on('error', () => told.push(`error of the ${name}`));
    stream.on('close', (hadError: boolean) => told.push([name, hadError]));
  }
  client.destroy(new Error('enough'));
  await new Promise((resolve) => client.once('close', resolve));
  server.destroy();
  await once(server, 'close');
  expect(told).toEqual(['error of the client', ['client', true], ['server', false]]);
});

test('resetAndDestroy() resets the connection', async () => {
  const [client, server] = await streamPair();
  client.resetAndDestroy();
  const [error] = await once(server.resume(), 'error');
  expect(error.code).toBe('ECONNRESET');
  expect(client.destroyed).toBe(true);
});

test('setTimeout() emits timeout once the connection has been idle', async () => {
  const [client] = await streamPair();
  let called = 0;
  client.setTimeout(20, () => called++);
  await once(client, 'timeout');
  client.setTimeout(0);
  expect(called).toBe(1);
});

test('it turns into web streams', async () => {
  const [near, far] = await tlsPair();
  const [client, server] = [near, far].map((end) => track(end.makefile({ allowHalfOpen: true }))) as [
    SSLDuplex,
    SSLDuplex,
  ];
  const web = Duplex.toWeb(client);
  const writer = web.writable.getWriter();
  await writer.write(Buffer.from('from the web'));
  // The adapter resolves this when both directions have ended.
  const closing = writer.close();
  expect(String((await once(server, 'data'))[0])).toBe('from the web');
  server.end('to the web');
  const { value } = await web.readable.getReader().read();
  expect(String(Buffer.from(value))).toBe('to the web');
  await closing;
});

test('node:http client and server run over it, with keep-alive', async () => {
  const [client, server] = await streamPair();
  const service = http.createServer((request, response) => {
    const encrypted = 'encrypted' in request.socket && request.socket.encrypted;
    request.pipe(response.setHeader('x-encrypted', String(encrypted)));
  });
  service.emit('connection', server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => client as unknown as ReturnType<http.Agent['createConnection']>;
  for (const body of ['one', 'two', 'x'.repeat(500_000)]) {
    const request = http.request({ agent, method: 'POST', host: 'localhost', port: 443 });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.headers['x-encrypted']).toBe('true');
    expect(await text(response)).toBe(body);
  }
  agent.destroy();
  service.closeAllConnections();
});

test('node:http2 client and server run over it', async () => {
  const [clientSide, serverSide] = [await clientContext(), await serverContext()];
  clientSide.setAlpnProtocols(['h2']);
  serverSide.setAlpnProtocols(['h2']);
  const [client, server] = await streamPair({ client: { context: clientSide }, server: { context: serverSide } });
  const service = http2.createServer((_request, response) => response.end('over two'));
  service.emit('connection', server);
  const session = http2.connect('https://localhost', { createConnection: () => client });
  const answers = Array.from({ length: 10 }, () => text(session.request({ ':path': '/' }).end()));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['over two']));
  session.close();
  await once(session, 'close');
});

test('destroySoon() sends what was written first', async () => {
  const [client, server] = await streamPair();
  client.write(Buffer.alloc(1_000_000));
  client.destroySoon();
  let length = 0;
  for await (const chunk of server) length += chunk.length;
  expect(length).toBe(1_000_000);
});

test('pipeline() destroys it when the other side fails', async () => {
  const [client] = await streamPair();
  const failing = new Duplex({ read() {}, write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  const done = new Promise((resolve) => pipeline(client, failing, resolve));
  failing.destroy(new Error('disk full'));
  expect(await done).toMatchObject({ message: 'disk full' });
  expect(client.destroyed).toBe(true);
});
