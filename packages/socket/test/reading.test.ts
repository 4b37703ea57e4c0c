import { SSLEOFError, SSLWantReadError } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, versions } from './certificates.ts';
import { tlsPair } from './loopback.ts';

describe.each(versions)('%s', (_name, version) => {
  const pair = async () => tlsPair({ client: { context: await clientContext(version) } });

  test('recv() gives at most as many bytes as asked for, and keeps the rest', async () => {
    const [client, server] = await pair();
    await client.sendAll('abcdef');
    expect(String(await server.recv(4))).toBe('abcd');
    expect(server.pending()).toBe(2);
    expect(String(await server.recv(4))).toBe('ef');
  });

  test('recv() of a large size gives all that has arrived', async () => {
    const [client, server] = await pair();
    const sent = Buffer.alloc(200_000, 'sslkit');
    const sending = client.sendAll(sent);
    const chunks: Buffer[] = [];
    for (let length = 0; length < sent.length; length += chunks.at(-1)?.length ?? 0) {
      chunks.push(await server.recv(1_000_000));
    }
    await sending;
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(chunks.length).toBeLessThan(100);
  });

  test('the peer that closes cleanly reads as an empty chunk, again and again', async () => {
    const [client, server] = await pair();
    await client.sendAll('last words');
    await client.close({ notify: true });
    expect(String(await server.recv())).toBe('last words');
    expect(await server.recv()).toHaveLength(0);
    expect(await server.recv()).toHaveLength(0);
    expect(server.ended).toBe('close_notify');
  });

  test('a connection that is cut off reads as one that has ended, and says so', async () => {
    const [client, server] = await pair();
    await server.sendAll('last words');
    await server.close();
    expect(String(await client.recv())).toBe('last words');
    expect(await client.recv()).toHaveLength(0);
    expect(await client.recvInto(new Uint8Array(4))).toBe(0);
    expect(client.ended).toBe('truncated');
  });

  test('suppressRaggedEofs: false makes an error of a connection that is cut off', async () => {
    const [client, server] = await pair();
    client.suppressRaggedEofs = false;
    await server.close();
    await expect(client.recv()).rejects.toBeInstanceOf(SSLEOFError);
    await expect(client.recv()).rejects.toMatchObject({ code: 'ERR_SSL_EOF', errno: 8 });
  });

  test('what was sent before the transport was ended by the peer can still be answered', async () => {
    const [client, server] = await pair();
    client.lower.end();
    expect(await server.recv()).toHaveLength(0);
    await server.sendAll('answer');
    expect(String(await client.recv())).toBe('answer');
  });
});

test('recvInto() fills any kind of buffer', async () => {
  const [client, server] = await tlsPair();
  for (const buffer of [Buffer.alloc(3), new Uint16Array(2), new DataView(new ArrayBuffer(3)), new ArrayBuffer(3)]) {
    await client.sendAll('abc');
    expect(await server.recvInto(buffer)).toBe(3);
    const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
    const offset = ArrayBuffer.isView(buffer) ? buffer.byteOffset : 0;
    expect(Buffer.from(memory, offset, 3).toString()).toBe('abc');
  }
});

test('recvInto() with a size leaves the rest of the buffer alone', async () => {
  const [client, server] = await tlsPair();
  await client.sendAll('abcdef');
  const buffer = Buffer.alloc(6, '-');
  expect(await server.recvInto(buffer, 2)).toBe(2);
  expect(buffer.toString()).toBe('ab----');
});

test('recv(0) and an empty buffer give nothing at once', async () => {
  const [client] = await tlsPair();
  expect(await client.recv(0)).toHaveLength(0);
  expect(await client.recvInto(new Uint8Array(0))).toBe(0);
});

test('wrong arguments are refused', async () => {
  const [client] = await tlsPair();
  await expect(client.recv(-1)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  await expect(client.recv(1.5)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  await expect(client.recv(1, { flags: 2 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  // @ts-expect-error: the types refuse it too
  await expect(client.recvInto('text')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
});

test('read() is recv() and recvInto() in one', async () => {
  const [client, server] = await tlsPair();
  await client.sendAll('abcdef');
  expect(String(await server.read(3))).toBe('abc');
  const buffer = Buffer.alloc(8);
  expect(await server.read(2, buffer)).toBe(2);
  expect(buffer.toString('utf8', 0, 2)).toBe('de');
});

test('a second reader is refused, and the first goes on', async () => {
  const [client, server] = await tlsPair();
  const first = server.recv();
  await expect(server.recv()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  await expect(server.recvInto(new Uint8Array(1))).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  await client.sendAll('for the first');
  expect(String(await first)).toBe('for the first');
});

test('for await gives every chunk up to the end', async () => {
  const [client, server] = await tlsPair();
  const sending = client.sendAll(Buffer.alloc(300_000, 1)).then(() => client.close({ notify: true }));
  let total = 0;
  for await (const chunk of server) total += chunk.length;
  await sending;
  expect(total).toBe(300_000);
});

test('a break out of for await leaves the connection open', async () => {
  const [client, server] = await tlsPair();
  await client.sendAll('one');
  for await (const chunk of server) {
    expect(String(chunk)).toBe('one');
    break;
  }
  await client.sendAll('two');
  expect(String(await server.recv())).toBe('two');
});

test('unread() gives bytes back to the next read', async () => {
  const [client, server] = await tlsPair();
  await client.sendAll('GET / HTTP/1.1');
  const head = await server.recv(3);
  server.unread(head);
  expect(String(await server.recv(3))).toBe('GET');
  expect(String(await server.recv())).toBe(' / HTTP/1.1');
});

test('a socket that never waits rejects with SSLWantReadError, and readable() is its select()', async () => {
  const [client, server] = await tlsPair();
  server.setBlocking(false);
  expect(server.getTimeout()).toBe(0);
  await expect(server.recv()).rejects.toBeInstanceOf(SSLWantReadError);
  const waiting = server.readable();
  await client.sendAll('now');
  await waiting;
  expect(String(await server.recv())).toBe('now');
});

test('the handshake of sockets that never wait is a loop over doHandshake() and readable()', async () => {
  const options = { doHandshakeOnConnect: false, timeout: 0 };
  const [client, server] = await tlsPair({ client: options, server: options });
  const handshake = async (socket: typeof client) => {
    for (let step = 1; ; step++) {
      try {
        await socket.doHandshake();
        return step;
      } catch (error) {
        if (!(error instanceof SSLWantReadError)) throw error;
        await socket.readable();
      }
    }
  };
  const steps = await Promise.all([handshake(client), handshake(server)]);
  expect(Math.min(...steps)).toBeGreaterThan(1);
  expect(client.version()).toBe('TLSv1.3');
});
