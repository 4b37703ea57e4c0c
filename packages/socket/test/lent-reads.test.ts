import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createConnection, type SSLSocket, type WrapSocketOptions } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';
import { listenOnLoopback, track } from './loopback.ts';

// Sockets share the memory that they read into: those that are connected here from the start, accepted ones from when TLS goes
// over their streams. What one of them reads must not show in what another does.
const SENT = [1, 2, 3].map((seed) => Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * seed) >> 5)));

/** A socket as `createConnection` gives it, and the accepted one. */
async function openPair(): Promise<[Socket, Socket]> {
  const { server, port } = await listenOnLoopback();
  const accepted = once(server, 'connection');
  const near = track(await createConnection(['127.0.0.1', port]));
  const [far] = (await accepted) as [Socket];
  return [near, track(far)];
}

async function openTls(transport: WrapSocketOptions['transport']): Promise<[SSLSocket, SSLSocket]> {
  const [near, far] = await openPair();
  return Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost', transport }),
    (await serverContext()).wrapSocket(far, { serverSide: true, transport }),
  ]);
}

/** Reads to the end, a chunk in each turn of the event loop, so that several sockets read in turn. */
async function readSlowly(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk);
    await new Promise(setImmediate);
  }
  return Buffer.concat(chunks);
}

/** The size of the memory that the next chunk of a socket lies in: its own where Node makes some for each read. */
async function memoryOfChunk(socket: Socket): Promise<number> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return chunk.buffer.byteLength;
}

test('an accepted socket shares its memory from when TLS goes over its stream, and its stream is given copies', async () => {
  const [near, far] = await openPair();
  near.write('plain');
  expect(await memoryOfChunk(far)).toBe('plain'.length);
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost', transport: 'stream' }),
    (await serverContext()).wrapSocket(far, { serverSide: true, transport: 'stream' }),
  ]);
  await Promise.all([client.unwrap(), server.unwrap()]);
  const arrived = memoryOfChunk(far.resume());
  near.write('plain');
  // That of any small copy.
  expect(await arrived).toBe(Buffer.from(Buffer.from('plain')).buffer.byteLength);
});

test('a socket that is connected here streams as any other, several at once', async () => {
  const received = await Promise.all(
    SENT.map(async (sent) => {
      const [near, far] = await openPair();
      far.end(sent);
      return readSlowly(near);
    }),
  );
  expect(received.map((bytes, at) => bytes.equals(SENT[at] ?? bytes.subarray(1)))).toEqual([true, true, true]);
});

test('a socket that is paused keeps what has arrived, and goes on', async () => {
  const [near, far] = await openPair();
  const chunks: Buffer[] = [];
  near.on('data', (chunk) => chunks.push(chunk));
  far.write('before');
  await once(near, 'data');
  near.pause();
  far.end('after');
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  expect(String(Buffer.concat(chunks))).toBe('before');
  near.resume();
  await once(near, 'end');
  expect(String(Buffer.concat(chunks))).toBe('beforeafter');
});

describe.each(['stream', 'auto'] as const)('over the transport %s', (transport) => {
  test('TLS on several at once, read late and by little, gives each its own', async () => {
    const received = await Promise.all(
      SENT.map(async (sent) => {
        const [client, server] = await openTls(transport);
        const sending = server.sendAll(sent).then(() => server.close({ notify: true }));
        const chunks: Buffer[] = [];
        for (let size = 1; ; size = (size * 7) % 50_000) {
          const chunk = await client.recv(size);
          if (chunk.length === 0) break;
          chunks.push(chunk);
          if (size % 3 === 0) await new Promise(setImmediate);
        }
        await sending;
        return Buffer.concat(chunks);
      }),
    );
    expect(received.map((bytes, at) => bytes.equals(SENT[at] ?? bytes.subarray(1)))).toEqual([true, true, true]);
  });

  test('TLS goes up and down again, with plaintext before and after', async () => {
    const [near, far] = await openPair();
    far.write('220 ready');
    expect(String((await once(near, 'data'))[0])).toBe('220 ready');
    near.pause();
    const [client, server] = await Promise.all([
      (await clientContext()).wrapSocket(near, { serverHostname: 'localhost', transport }),
      (await serverContext()).wrapSocket(far, { serverSide: true, transport }),
    ]);
    await server.sendAll('secret');
    expect(String(await client.recv())).toBe('secret');
    const unwrapping = client.unwrap();
    await server.recv();
    const plainServer = await server.unwrap();
    plainServer.end('plain again');
    const plain = await unwrapping;
    expect(plain).toBe(near);
    let rest = '';
    for await (const chunk of plain) rest += String(chunk);
    expect(rest).toBe('plain again');
  });

  test('accepted sockets stream as any other afterwards, several at once', async () => {
    const received = await Promise.all(
      SENT.map(async (sent) => {
        const [client, server] = await openTls(transport);
        const [near, far] = await Promise.all([client.unwrap(), server.unwrap()]);
        near.end(sent);
        return readSlowly(far);
      }),
    );
    expect(received.map((bytes, at) => bytes.equals(SENT[at] ?? bytes.subarray(1)))).toEqual([true, true, true]);
  });
});
