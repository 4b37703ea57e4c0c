import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CERT_NONE, SSLContext, SSLError, type SSLSession, SSLSocket, type SSLSocketParts } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext, versions } from './certificates.ts';
import { listenOnLoopback, tcpPair, tlsPair, track, wrapPair } from './loopback.ts';

describe.each(versions)('%s', (_name, version) => {
  test('data passes in both directions over a net.Socket', async () => {
    const [client, server] = await tlsPair({ client: { context: await clientContext(version) } });
    await client.sendAll('to the server');
    expect(String(await server.recv())).toBe('to the server');
    await server.sendAll('to the client');
    expect(String(await client.recv())).toBe('to the client');
    expect(client.version()).toBe(_name.replace(' ', 'v'));
  });

  test('data passes over two Duplex streams that are no sockets', async () => {
    const [near, far] = duplexPair();
    const [client, server] = await Promise.all([
      (await clientContext(version)).wrapSocket(near, { serverHostname: 'localhost' }),
      (await serverContext()).wrapSocket(far, { serverSide: true }),
    ]);
    await client.sendAll('through a tunnel');
    expect(String(await server.recv())).toBe('through a tunnel');
    expect(client.lower).toBe(near);
  });
});

test('a connecting socket is waited for', async () => {
  const { server, port } = await listenOnLoopback();
  const accepted = once(server, 'connection');
  const context = await clientContext();
  const wrapping = context.wrapSocket(track(connect({ port, host: '127.0.0.1' })), { serverHostname: 'localhost' });
  const [peer] = (await accepted) as [Socket];
  const [client] = await Promise.all([wrapping, (await serverContext()).wrapSocket(track(peer), { serverSide: true })]);
  expect(client.version()).toBe('TLSv1.3');
});

test('a connecting socket that is refused rejects with the error of the system', async () => {
  const { server, port } = await listenOnLoopback();
  server.close();
  await once(server, 'close');
  const wrapping = (await clientContext()).wrapSocket(connect({ port, host: '127.0.0.1' }), { serverHostname: 'x' });
  await expect(wrapping).rejects.toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
});

test('a datagram socket is refused as in Python', async () => {
  const socket = createSocket('udp4');
  const context = await clientContext();
  // @ts-expect-error: the types refuse it too
  await expect(context.wrapSocket(socket)).rejects.toMatchObject({ code: 'ERR_METHOD_NOT_IMPLEMENTED' });
  socket.close();
});

test('a stream of objects is refused', async () => {
  const stream = new PassThrough({ objectMode: true });
  const wrapping = (await clientContext()).wrapSocket(stream, { serverHostname: 'localhost' });
  await expect(wrapping).rejects.toMatchObject({ code: 'ERR_METHOD_NOT_IMPLEMENTED' });
});

test('what is no stream at all is a TypeError', async () => {
  const context = await clientContext();
  for (const sock of [null, 1, 'socket', {}, new EventTarget()]) {
    // @ts-expect-error: the types refuse it too
    await expect(context.wrapSocket(sock)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  }
});

test.each([
  ['a server with a host name', { serverSide: true, serverHostname: 'localhost' }],
  ['a client without the host name that is to be checked', {}],
  ['an empty host name that is to be checked', { serverHostname: '' }],
  ['a time-out below zero', { serverHostname: 'localhost', timeout: -1 }],
])('%s is a RangeError', async (_name, options) => {
  const [socket] = await tcpPair();
  const wrapping = (await clientContext()).wrapSocket(socket, options);
  await expect(wrapping).rejects.toMatchObject({ name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' });
  expect(socket.destroyed).toBe(false);
});

test.each([
  ['a handshake on a socket that never waits', { serverHostname: 'localhost', timeout: 0 }, { name: 'RangeError' }],
  ['a session of no kind', { serverHostname: 'localhost', session: {} as SSLSession }, { name: 'TypeError' }],
  ['a name that is too long', { serverHostname: `${'a.'.repeat(130)}b` }, { name: 'SSLError' }],
])('%s is refused when the socket is taken over, and closed with it', async (_name, options, expected) => {
  const [socket, peer] = await tcpPair();
  await expect((await clientContext()).wrapSocket(socket, options)).rejects.toMatchObject(expected);
  expect(socket.destroyed).toBe(true);
  expect(await text(peer)).toBe('');
});

test('a server with a session is a RangeError', async () => {
  const [client, server] = await tlsPair();
  await server.sendAll('.');
  await client.recv();
  const { session } = client;
  const [, socket] = await tcpPair();
  const wrapping = (await serverContext()).wrapSocket(socket, { serverSide: true, session });
  await expect(wrapping).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

test('the host name of an unconnected socket is encoded at once, and used when it connects', async () => {
  const context = await clientContext();
  const named = await context.wrapSocket(new Socket(), { serverHostname: 'straße.de' });
  expect(named.serverHostname).toBe('strasse.de');
  await expect(context.wrapSocket(new Socket(), { serverHostname: '.de' })).rejects.toBeInstanceOf(RangeError);
  context.checkHostname = false;
  const connection = await context.wrapSocket(new Socket(), { serverHostname: '' });
  const connecting = connection.connect(['127.0.0.1', 1]);
  await expect(connecting).rejects.toMatchObject({ name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' });
});

test('the role is held against the protocol of the context', async () => {
  const [, socket] = await tcpPair();
  const context = await clientContext();
  context.checkHostname = false;
  const wrapping = context.wrapSocket(socket, { serverSide: true });
  await expect(wrapping).rejects.toMatchObject({ code: 'ERR_SSL_WRONG_ROLE' });
});

test('a destroyed socket is refused', async () => {
  const [socket] = await tcpPair();
  socket.destroy();
  const wrapping = (await clientContext()).wrapSocket(socket, { serverHostname: 'localhost' });
  await expect(wrapping).rejects.toMatchObject({ code: 'EBADF' });
});

test('plaintext left by a peer that has gone is refused before the handshake (CVE-2023-40217)', async () => {
  const [client, server] = await tcpPair();
  client.write('DROP TABLE users');
  await once(server, 'readable');
  client.resetAndDestroy();
  server.on('error', () => {});
  await new Promise((resolve) => server.once('close', resolve));
  const wrapping = (await serverContext()).wrapSocket(server, { serverSide: true });
  const error = await wrapping.catch((reason) => reason);
  expect(error).toBeInstanceOf(SSLError);
  expect(error.code).toBe('ERR_SSL_CLOSED_BEFORE_HANDSHAKE');
});

test('a ClientHello that the stream has buffered already is read', async () => {
  const [client, server] = await tcpPair();
  const context = await clientContext();
  const wrapping = context.wrapSocket(client, { serverHostname: 'localhost' });
  await once(server, 'readable');
  expect(server.readableLength).toBeGreaterThan(100);
  const [connection] = await Promise.all([wrapping, (await serverContext()).wrapSocket(server, { serverSide: true })]);
  expect(connection.version()).toBe('TLSv1.3');
});

test('a ClientHello that was read and put back is read again', async () => {
  const [client, server] = await tcpPair();
  const wrapping = (await clientContext()).wrapSocket(client, { serverHostname: 'localhost' });
  const [hello] = await once(server, 'data');
  server.pause();
  server.unshift(hello);
  const [connection] = await Promise.all([wrapping, (await serverContext()).wrapSocket(server, { serverSide: true })]);
  expect(connection.version()).toBe('TLSv1.3');
});

test('a socket that has an encoding set is refused and left alone', async () => {
  const [, server] = await tcpPair();
  server.setEncoding('utf8');
  const wrapping = (await serverContext()).wrapSocket(server, { serverSide: true });
  await expect(wrapping).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  expect(server.destroyed).toBe(false);
});

test('an encoding set in the middle breaks a stream, and not the process', async () => {
  const [near, far] = duplexPair();
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }),
    (await serverContext()).wrapSocket(far, { serverSide: true }),
  ]);
  far.setEncoding('utf8');
  await client.sendAll('x');
  await expect(server.recv()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
});

test('an encoding set in the middle is none of TLS over a socket', async () => {
  const [client, server] = await tlsPair();
  server.lower.setEncoding('utf8');
  await client.sendAll('x');
  expect(String(await server.recv())).toBe('x');
});

test('a socket that flows to a listener of its own works', async () => {
  const [client, server] = await tcpPair();
  server.on('data', () => {});
  const [near, far] = await wrapPair([client, server]);
  await near.sendAll('still ours');
  expect(String(await far.recv())).toBe('still ours');
});

test('a failed handshake closes the socket', async () => {
  const [client, server] = await tcpPair();
  server.write('220 smtp.example.com ready\r\n');
  const wrapping = (await clientContext()).wrapSocket(client, { serverHostname: 'localhost' });
  await expect(wrapping).rejects.toBeInstanceOf(SSLError);
  await once(client, 'close');
  expect(client.destroyed).toBe(true);
});

test('doHandshakeOnConnect: false leaves the handshake to doHandshake()', async () => {
  const [client, server] = await tlsPair({
    client: { doHandshakeOnConnect: false },
    server: { doHandshakeOnConnect: false },
  });
  expect(client.version()).toBeNull();
  await Promise.all([client.doHandshake(), server.doHandshake()]);
  await client.doHandshake();
  expect(client.version()).toBe('TLSv1.3');
});

test('doHandshakeOnConnect: false leaves it to the first read and write', async () => {
  const [client, server] = await tlsPair({
    client: { doHandshakeOnConnect: false },
    server: { doHandshakeOnConnect: false },
  });
  const [received] = await Promise.all([server.recv(), client.sendAll('first')]);
  expect(String(received)).toBe('first');
});

test('sslsocketClass makes instances of a subclass', async () => {
  class Named extends SSLSocket<unknown> {
    name = 'mine';
  }
  const context = await clientContext();
  context.sslsocketClass = Named as typeof SSLSocket;
  const [client] = await tlsPair({ client: { context } });
  expect(client).toBeInstanceOf(Named);
  expect((client as unknown as Named).name).toBe('mine');
});

test('sslsocketClass refuses a class of another kind', async () => {
  const context = await clientContext();
  expect(() => Object.assign(context, { sslsocketClass: Socket })).toThrow(TypeError);
});

test('SSLSocket has no public constructor', () => {
  expect(() => new SSLSocket({} as SSLSocketParts<Socket>)).toThrow(
    expect.objectContaining({ code: 'ERR_ILLEGAL_CONSTRUCTOR' }),
  );
});

test('an unconnected client socket is wrapped without an engine', async () => {
  const context = await clientContext();
  const connection = await context.wrapSocket(new Socket(), { serverHostname: 'localhost' });
  expect(connection.version()).toBeNull();
  expect(connection.session).toBeNull();
  expect(() => connection.getPeerCert()).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
  await expect(connection.recv()).rejects.toMatchObject({ code: 'ENOTCONN' });
  await expect(connection.doHandshake()).rejects.toMatchObject({ code: 'ENOTCONN' });
});

test('a context that verifies nobody needs no host name', async () => {
  const context = await clientContext();
  context.checkHostname = false;
  context.verifyMode = CERT_NONE;
  const [client] = await wrapPair(await tcpPair(), { client: { context, serverHostname: null } });
  expect(client.serverHostname).toBeNull();
  expect(client.getPeerCert()).toEqual({});
});

test('wrapSocket is there on every SSLContext of this package', () => {
  expect(new SSLContext(16).wrapSocket).toBeTypeOf('function');
});

/** Two streams of which each reads what the other writes. */
function duplexPair(): [Duplex, Duplex] {
  const there = new PassThrough();
  const back = new PassThrough();
  return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
}
