import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { type MemoryPair, makeMemoryPair, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

// More than native/ssl-object/buffer-keepers.h keeps: each has given its record buffers back when its turn comes again.
const CONNECTIONS = 12;
const MESSAGE = Buffer.alloc(5000, 'message');

describe.each(VERSIONS)('%s, connections that take turns', (_, version) => {
  const contexts = Promise.all([makeClientContext({ version }), makeServerContext({ version })]);

  async function connectMany(): Promise<MemoryPair[]> {
    const made = await contexts;
    return Array.from({ length: CONNECTIONS }, () => {
      const pair = makeMemoryPair(...made, { way: 'buffers' });
      shakeHands(pair);
      pair.client.read();
      return pair;
    });
  }

  /** One record with the message on each connection. */
  function encryptOnEach(pairs: readonly MemoryPair[]): Buffer[] {
    return pairs.map(({ client }) => {
      const record = Buffer.alloc(6000);
      expect(client.object.encrypt(MESSAGE, record)).toBe(MESSAGE.length);
      return record.subarray(0, client.object.produced);
    });
  }

  test.each([1, 4, 5, 6, 3000])('keep what is missing the rest of its record, cut at byte %d', async (cut) => {
    const pairs = await connectMany();
    const records = encryptOnEach(pairs);
    const room = Buffer.alloc(6000);
    for (const [index, { server }] of pairs.entries()) {
      expect(server.object.decrypt((records[index] ?? room).subarray(0, cut), room)).toBeLessThan(0);
    }
    for (const [index, { server }] of pairs.entries()) {
      const count = server.object.decrypt((records[index] ?? room).subarray(cut), room);
      expect(room.subarray(0, count).equals(MESSAGE)).toBe(true);
    }
  });

  test('keep plaintext that had no room', async () => {
    const pairs = await connectMany();
    const records = encryptOnEach(pairs);
    const room = Buffer.alloc(6000);
    for (const [index, { server }] of pairs.entries()) {
      expect(server.object.decrypt(records[index] ?? room, room.subarray(0, 7))).toBe(7);
    }
    for (const { server } of pairs) {
      const count = server.object.decrypt(new Uint8Array(0), room);
      expect(room.subarray(0, count).equals(MESSAGE.subarray(7))).toBe(true);
    }
  });

  test('may be in the midst of their handshakes', async () => {
    const made = await contexts;
    const pairs = Array.from({ length: CONNECTIONS }, () => makeMemoryPair(...made, { way: 'buffers' }));
    const wire = Buffer.alloc(20_000);
    for (const { client, server } of pairs) {
      client.object.tryHandshake();
      // A ClientHello in two pieces.
      const size = client.object.drain(wire);
      expect(server.object.tryHandshake(wire.subarray(0, 100))).toBeLessThan(0);
      const rest = Buffer.from(wire.subarray(100, size));
      client.object.tryHandshake();
      expect(server.object.tryHandshake(rest)).toBeLessThan(0);
    }
    for (const pair of pairs) shakeHands(pair);
    for (const { client } of pairs) expect(client.object.version()).toBe(pairs[0]?.server.object.version());
  });

  test('may be closed in any order', async () => {
    const pairs = await connectMany();
    for (const [index, { client, server }] of pairs.entries()) {
      if (index % 3 === 0) client.object.close();
      if (index % 3 === 1) server.object.close();
    }
    const open = pairs.filter((_pair, index) => index % 3 === 2);
    const records = encryptOnEach(open);
    const room = Buffer.alloc(6000);
    for (const [index, { server }] of open.entries()) {
      expect(server.object.decrypt(records[index] ?? room, room)).toBe(MESSAGE.length);
    }
  });
});
