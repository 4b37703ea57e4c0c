import { once } from 'node:events';
import { Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { SHUT_RD, SHUT_RDWR, SHUT_WR, SSLEOFError, SSLError, type SSLSocket } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext, versions } from './certificates.ts';
import { listenOnLoopback, tcpPair, tlsPair, wrapPair } from './loopback.ts';

/** Takes TLS off both ends; the server answers as a well-behaved program does. */
async function unwrapBoth<A, B>(client: SSLSocket<A>, server: SSLSocket<B>): Promise<[A, B]> {
  const unwrapping = client.unwrap();
  expect(await server.recv()).toHaveLength(0);
  return Promise.all([unwrapping, server.unwrap()]);
}

describe.each(versions)('%s', (_name, version) => {
  const pair = async () => tlsPair({ client: { context: await clientContext(version) } });

  test('unwrap() gives the plain sockets back, and they work', async () => {
    const [client, server] = await pair();
    const sockets = [client.lower, server.lower];
    const [plainClient, plainServer] = await unwrapBoth(client, server);
    expect([plainClient, plainServer]).toEqual(sockets);
    const received = once(plainServer, 'data');
    plainClient.write('plain again');
    expect(String((await received)[0])).toBe('plain again');
  });

  test('unwrap() returns the bytes that followed close_notify', async () => {
    const [client, server] = await pair();
    const unwrapping = client.unwrap();
    await server.recv();
    const plainServer = await server.unwrap();
    // In one segment with the close_notify, or behind it: the client reads them all the same.
    plainServer.write('220 plain');
    const plainClient = await unwrapping;
    expect(String((await once(plainClient, 'data'))[0])).toBe('220 plain');
  });

  test('unwrap() returns the bytes that followed close_notify even when the peer has ended the stream', async () => {
    const stream = { transport: 'stream' } as const;
    const context = await clientContext(version);
    const [client, server] = await tlsPair({ client: { context, ...stream }, server: stream });
    // What the server sends, close_notify and plaintext and the end, arrives before the client looks at any of it.
    server.lower.cork();
    const unwrapping = server.unwrap();
    server.lower.write('goodbye in plaintext');
    server.lower.uncork();
    server.lower.end();
    await client.readable();
    await new Promise(setImmediate);
    expect(await client.recv()).toHaveLength(0);
    const plain = await client.unwrap();
    await unwrapping;
    const chunks: Buffer[] = [];
    for await (const chunk of plain) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('goodbye in plaintext');
  });

  test('both sides may unwrap() at the same time', async () => {
    const [client, server] = await pair();
    const [plainClient, plainServer] = await Promise.all([client.unwrap(), server.unwrap()]);
    plainServer.write('x');
    expect(String((await once(plainClient, 'data'))[0])).toBe('x');
  });

  test('unwrap() answers the peer that has closed already', async () => {
    const [client, server] = await pair();
    await client.halfClose();
    expect(await server.recv()).toHaveLength(0);
    await server.unwrap();
    expect(await client.recv()).toHaveLength(0);
    await client.unwrap();
  });

  test('TLS goes up, down and up again on one connection', async () => {
    const sockets = await tcpPair();
    for (const round of ['first', 'second', 'third']) {
      const [client, server] = await wrapPair(sockets, { client: { context: await clientContext(version) } });
      await client.sendAll(round);
      expect(String(await server.recv())).toBe(round);
      expect(await unwrapBoth(client, server)).toEqual(sockets);
      sockets[0].write(`plain ${round}`);
      expect(String((await once(sockets[1], 'data'))[0])).toBe(`plain ${round}`);
    }
  });

  test('unwrap() with data of the peer unread is refused, and the data can still be read', async () => {
    const [client, server] = await pair();
    await server.sendAll('unread');
    await client.readable();
    const error = await client.unwrap().catch((reason) => reason);
    expect(error).toBeInstanceOf(SSLError);
    expect(error.code).toBe('ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY');
    expect(String(await client.recv())).toBe('unread');
    await unwrapBoth(client, server);
  });

  test('unwrap() gives way to data that was under way, and can be called again', async () => {
    const [client, server] = await pair();
    const unwrapping = client.unwrap().catch((reason) => reason);
    await server.sendAll('crossing');
    expect(await unwrapping).toMatchObject({ code: 'ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY' });
    expect(String(await client.recv())).toBe('crossing');
    await unwrapBoth(client, server);
  });

  test('unwrap() of a connection that is cut off is an SSLEOFError', async () => {
    const [client, server] = await pair();
    const unwrapping = client.unwrap().catch((error) => error);
    await server.recv();
    await server.close();
    expect(await unwrapping).toBeInstanceOf(SSLEOFError);
  });

  test('a half close reaches the peer as a clean end, and the other direction stays open', async () => {
    const [client, server] = await pair();
    await client.sendAll('request');
    await client.halfClose();
    let request = '';
    for await (const chunk of server) request += chunk;
    expect(request).toBe('request');
    expect(server.ended).toBe('close_notify');
    await server.sendAll('response');
    await server.close({ notify: true });
    let response = '';
    for await (const chunk of client) response += chunk;
    expect(response).toBe('response');
    expect(client.ended).toBe('close_notify');
  });

  test('a half close with unread data of the peer loses none of it', async () => {
    const [client, server] = await pair();
    await server.sendAll('abcdef');
    expect(String(await client.recv(3))).toBe('abc');
    await client.halfClose();
    expect(String(await client.recv(3))).toBe('def');
  });
});

test('after unwrap() the connection refuses to read and write, and points to the plain socket', async () => {
  const [client, server] = await tlsPair();
  await unwrapBoth(client, server);
  await expect(client.recv()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  await expect(client.sendAll('x')).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  await expect(client.read()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  await expect(client.write('x')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  await expect(client.unwrap()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  expect(() => client.getPeerCert()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => client.verifyClientPostHandshake()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect([client.version(), client.cipher(), client.pending()]).toEqual([null, null, 0]);
});

test('unwrap() is refused while another call reads', async () => {
  const [client] = await tlsPair();
  const reading = client.recv().catch((error) => error);
  await expect(client.unwrap()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  await client.close();
  expect(await reading).toMatchObject({ code: 'EBADF' });
});

test('close() sends no close_notify, as in Python', async () => {
  const [client, server] = await tlsPair();
  await server.close();
  await server.close();
  expect(server.closed).toBe(true);
  await client.recv();
  expect(client.ended).toBe('truncated');
});

test('close({notify: true}) is not overtaken by a reset, however much the peer has sent', async () => {
  const [client, server] = await tlsPair();
  await server.sendAll(Buffer.alloc(50_000));
  await client.sendAll('last words');
  await client.close({ notify: true });
  expect(String(await server.recv())).toBe('last words');
  expect(await server.recv()).toHaveLength(0);
  expect(server.ended).toBe('close_notify');
});

test('await using closes with close_notify', async () => {
  const [client, server] = await tlsPair();
  {
    await using connection = client;
    await connection.sendAll('x');
  }
  expect(client.closed).toBe(true);
  for await (const _chunk of server);
  expect(server.ended).toBe('close_notify');
});

test('close() ends every call that waits', async () => {
  const [client] = await tlsPair();
  const waiting = [client.recv(), client.readable(), client.sendAll(Buffer.alloc(32_000_000))];
  const settled = Promise.allSettled(waiting);
  await client.close();
  for (const result of await settled) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'EBADF' } });
  await expect(client.recv()).rejects.toMatchObject({ code: 'EBADF' });
  await expect(client.detach()).rejects.toMatchObject({ code: 'EBADF' });
  expect(client.fileno()).toBe(-1);
});

test('close() ends a handshake, an unwrap() and a connect() that wait', async () => {
  const context = await clientContext();
  const [near] = await tcpPair();
  const silent = await context.wrapSocket(near, { serverHostname: 'localhost', doHandshakeOnConnect: false });
  const handshake = silent.doHandshake().catch((error) => error);
  await silent.close();
  expect(await handshake).toMatchObject({ code: 'EBADF' });

  const [client] = await tlsPair();
  const unwrapping = client.unwrap().catch((error) => error);
  await client.close();
  expect(await unwrapping).toMatchObject({ code: 'EBADF' });

  const { port } = await listenOnLoopback();
  const unconnected = await context.wrapSocket(new Socket(), { serverHostname: 'localhost' });
  const connecting = unconnected.connect(['127.0.0.1', port]).catch((error) => error);
  await unconnected.close();
  expect(await connecting).toMatchObject({ code: expect.stringMatching(/^(EBADF|ECONNRESET)$/) });
});

test('destroying the plain socket under a call that waits ends it', async () => {
  const [client] = await tlsPair();
  client.suppressRaggedEofs = false;
  const reading = client.recv();
  client.lower.destroy();
  await expect(reading).rejects.toBeInstanceOf(SSLEOFError);
  await expect(client.sendAll('x')).rejects.toMatchObject({ code: 'EPIPE' });
});

test('detach() gives the socket back with the TLS bytes that were not read', async () => {
  const [client, server] = await tlsPair();
  await server.sendAll('secret');
  await client.readable();
  const plain = await client.detach();
  expect(plain).toBe(client.lower);
  const [record] = await once(plain, 'data');
  expect(record[0]).toBe(23);
  expect(String(record)).not.toContain('secret');
  await expect(client.recv()).rejects.toMatchObject({ code: 'EBADF' });
});

test.each([
  ['SHUT_WR', SHUT_WR],
  ['SHUT_RDWR', SHUT_RDWR],
])('shutdown(%s) drops TLS and ends the transport without close_notify', async (_name, how) => {
  const [client, server] = await tlsPair();
  const reading = client.recv();
  client.shutdown(how);
  await expect(reading).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  expect(await server.recv()).toHaveLength(0);
  expect(server.ended).toBe('truncated');
  expect(client.version()).toBeNull();
});

test('shutdown() may be called again, and drops TLS even where it refuses', async () => {
  const [client, server] = await tlsPair();
  client.shutdown(SHUT_RD);
  client.shutdown(SHUT_WR);
  client.shutdown(SHUT_WR);
  expect(() => server.shutdown(3)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  for (const connection of [client, server]) {
    expect(connection.version()).toBeNull();
    await expect(connection.recv()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
    await expect(connection.sendAll('secret')).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  }
});

test('after shutdown() the plain socket is what detach() gives back', async () => {
  const [client, server] = await tlsPair();
  client.shutdown(SHUT_RD);
  server.shutdown(SHUT_RD);
  const [plainClient, plainServer] = await Promise.all([client.detach(), server.detach()]);
  plainClient.write('plain');
  let received = '';
  while (!received.endsWith('plain')) received += String((await once(plainServer, 'data'))[0]);
});

test('after shutdown() close() closes whatever was below', async () => {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const [near, far] = [
    Duplex.from({ readable: back, writable: there }),
    Duplex.from({ readable: there, writable: back }),
  ];
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }),
    (await serverContext()).wrapSocket(far, { serverSide: true }),
  ]);
  client.shutdown(SHUT_RD);
  await client.close();
  expect(near.destroyed).toBe(true);
  await server.close();
});
