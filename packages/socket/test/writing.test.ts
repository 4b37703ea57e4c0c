import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSLError, type SSLSocket, SSLWantWriteError } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, versions } from './certificates.ts';
import { tlsPair } from './loopback.ts';

/** Reads exactly `length` bytes. */
async function receive(socket: SSLSocket<unknown>, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  while (received < length) {
    const chunk = await socket.recv(65_536);
    if (chunk.length === 0) break;
    chunks.push(chunk);
    received += chunk.length;
  }
  return Buffer.concat(chunks);
}

const BULK = Buffer.from(Uint8Array.from({ length: 8_388_608 }, (_, index) => (index * 7 + (index >> 10)) & 0xff));

describe.each(versions)('%s', (_name, version) => {
  const pair = async () => tlsPair({ client: { context: await clientContext(version) } });

  test('both sides send megabytes at the same time and neither waits for the other', async () => {
    const [client, server] = await pair();
    const results = await Promise.all([
      client.sendAll(BULK),
      server.sendAll(BULK),
      receive(client, BULK.length),
      receive(server, BULK.length),
    ]);
    expect(results[2].equals(BULK)).toBe(true);
    expect(results[3].equals(BULK)).toBe(true);
  });

  test('a peer that does not read holds the writer back', async () => {
    const context = await clientContext(version);
    const [client, server] = await tlsPair({ client: { context, transport: 'stream' } });
    let done = false;
    const sending = client.sendAll(Buffer.concat([BULK, BULK])).then(() => {
      done = true;
    });
    while (client.lower.writableLength === 0) await new Promise(setImmediate);
    // Whatever the kernel holds, the rest waits in no queue of ours.
    await expect(client.writable({ signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ code: 'ABORT_ERR' });
    expect(done).toBe(false);
    expect(client.lower.writableLength).toBeLessThan(200_000);
    await receive(server, 2 * BULK.length);
    await sending;
  });
});

test('every kind of data can be sent', async () => {
  const [client, server] = await tlsPair();
  const bytes = Uint8Array.of(0x61, 0x62, 0xc3, 0xa9);
  for (const data of ['abé', bytes, Buffer.from(bytes), new DataView(bytes.buffer), bytes.buffer]) {
    await client.sendAll(data);
    expect(String(await server.recv())).toBe('abé');
  }
});

test('what is no data is refused', async () => {
  const [client] = await tlsPair();
  for (const data of [null, 1, {}, ['a']]) {
    // @ts-expect-error: the types refuse it too
    await expect(client.sendAll(data)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  }
  await expect(client.send('x', { flags: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

test('send() resolves to the number of bytes, 0 for none', async () => {
  const [client] = await tlsPair();
  expect(await client.send('four')).toBe(4);
  expect(await client.send('')).toBe(0);
  expect(await client.write(Buffer.alloc(100_000))).toBe(100_000);
});

test('a second writer is refused, and the first goes on', async () => {
  const [client, server] = await tlsPair();
  const first = client.sendAll(BULK);
  await expect(client.sendAll('x')).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
  expect((await receive(server, BULK.length)).equals(BULK)).toBe(true);
  await first;
});

test('a socket that never waits takes what goes and then rejects with SSLWantWriteError', async () => {
  const [client, server] = await tlsPair();
  client.setTimeout(0);
  let sent = 0;
  let refusal: unknown;
  while (refusal === undefined) {
    try {
      const taken = await client.send(BULK);
      expect(taken).toBeGreaterThan(0);
      sent += taken;
    } catch (error) {
      refusal = error;
    }
  }
  expect(refusal).toBeInstanceOf(SSLWantWriteError);
  const writable = client.writable();
  expect((await receive(server, sent)).length).toBe(sent);
  await writable;
  expect(await client.send('again')).toBe(5);
});

test('nothing can be sent after our own close_notify', async () => {
  const [client, server] = await tlsPair();
  await client.halfClose();
  const error = await client.sendAll('more').catch((reason) => reason);
  expect(error).toBeInstanceOf(SSLError);
  expect(error.code).toBe('ERR_SSL_PROTOCOL_IS_SHUTDOWN');
  expect(await server.recv()).toHaveLength(0);
  await server.sendAll('the other direction is open');
  expect(String(await client.recv())).toBe('the other direction is open');
});

describe('sendFile()', () => {
  async function withFile(content: string, use: (path: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
    try {
      await writeFile(join(folder, 'file'), content);
      await use(join(folder, 'file'));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('sends a file, and a part of one', async () => {
    await withFile('0123456789'.repeat(20_000), async (path) => {
      const [client, server] = await tlsPair();
      await using file = await open(path);
      expect(await client.sendFile(file)).toBe(200_000);
      expect((await receive(server, 200_000)).subarray(-10).toString()).toBe('0123456789');
      expect(await client.sendFile(file, 3, 4)).toBe(4);
      expect(String(await server.recv())).toBe('3456');
      expect(await client.sendFile(file, 200_000)).toBe(0);
    });
  });

  test('refuses wrong arguments and a socket that never waits', async () => {
    await withFile('x', async (path) => {
      const [client] = await tlsPair();
      await using file = await open(path);
      await expect(client.sendFile(file, 0, 0)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
      await expect(client.sendFile(file, -1)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
      await expect(client.sendFile(file, 0.5)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      // @ts-expect-error: the types refuse it too
      await expect(client.sendFile(path)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      client.setBlocking(false);
      await expect(client.sendFile(file)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    });
  });
});
