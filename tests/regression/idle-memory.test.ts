import { Outcome, type SSLContext, type SSLObject } from '@sslkit/context';
import { expect, test } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';

// This file has a process of its own: its resident memory is that of these connections.

const PAIRS = 600;
// One takes 40 to 80 KiB, both ends, by the versions of Node and OpenSSL. The buffers that records are made in would add
// 34 KiB for each end.
const MOST_FOR_A_PAIR = 96 * 1024;

const plaintext = Buffer.alloc(16_384, 7);
const ciphertext = Buffer.alloc(20_000);
const room = Buffer.alloc(16_384);

function connect(contexts: { client: SSLContext; server: SSLContext }): { client: SSLObject; server: SSLObject } {
  const client = contexts.client.wrapBuffers({ serverHostname: 'localhost' });
  const server = contexts.server.wrapBuffers({ serverSide: true });
  const flight = (from: SSLObject) => ciphertext.subarray(0, from.drain(ciphertext));
  client.tryHandshake();
  server.tryHandshake(flight(client));
  client.tryHandshake(flight(server));
  expect(server.tryHandshake(flight(client))).toBe(Outcome.DONE);
  client.decrypt(flight(server), room);
  return { client, server };
}

function carry(from: SSLObject, to: SSLObject): void {
  from.encrypt(plaintext, ciphertext);
  expect(to.decrypt(ciphertext.subarray(0, from.produced), room)).toBe(plaintext.length);
}

/** Resident memory without V8's heap, which grows in steps of its own. */
function readNativeMemory(): number {
  for (let turn = 0; turn < 3; turn += 1) globalThis.gc?.();
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}

test('a connection that is idle after traffic holds no memory for records', async () => {
  const contexts = { client: await makeClientContext(), server: await makeServerContext() };
  const make = () => {
    const pair = connect(contexts);
    carry(pair.client, pair.server);
    carry(pair.server, pair.client);
    return pair;
  };
  const kept = Array.from({ length: PAIRS / 10 }, make);
  const before = readNativeMemory();
  for (let count = 0; count < PAIRS; count += 1) kept.push(make());
  // In turn, once and once more: by then the engine knows them for one of many.
  for (let round = 0; round < 2; round += 1) {
    for (const { client, server } of kept) carry(client, server);
  }
  expect((readNativeMemory() - before) / PAIRS).toBeLessThan(MOST_FOR_A_PAIR);
  expect(kept.every(({ client }) => client.version() === 'TLSv1.3')).toBe(true);
});
