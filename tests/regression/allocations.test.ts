import { MemoryBIO } from '@sslkit/bio';
import { Outcome, type SSLObject } from '@sslkit/context';
import { expect, test } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';

const MESSAGES = 20_000;
const SIZE = 256; // bytes of a message
// The smallest object that V8 makes is larger, so nothing may be made for each message. What is left is noise that does
// not grow with their number.
const BYTES_PER_MESSAGE = 8;

const ciphertext = Buffer.alloc(65_536);
const plaintext = Buffer.alloc(65_536);
const message = Buffer.alloc(SIZE, 7);

/** Bytes of V8's heap, and of memory outside it that V8 looks after, that each turn of `work` leaves behind. */
function measureGarbage(work: () => void): { heap: number; outside: number } {
  let least = { heap: Number.POSITIVE_INFINITY, outside: Number.POSITIVE_INFINITY };
  // The least of a few: V8 itself puts things on the heap while it compiles.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let turn = 0; turn < MESSAGES; turn += 1) work();
    const after = process.memoryUsage();
    least = {
      heap: Math.min(least.heap, (after.heapUsed - before.heapUsed) / MESSAGES),
      outside: Math.min(least.outside, (after.external - before.external) / MESSAGES),
    };
  }
  return least;
}

async function connectByBuffers(): Promise<{ client: SSLObject; server: SSLObject }> {
  const client = (await makeClientContext()).wrapBuffers({ serverHostname: 'localhost' });
  const server = (await makeServerContext()).wrapBuffers({ serverSide: true });
  client.tryHandshake();
  server.tryHandshake(ciphertext.subarray(0, client.drain(ciphertext)));
  client.tryHandshake(ciphertext.subarray(0, server.drain(ciphertext)));
  expect(server.tryHandshake(ciphertext.subarray(0, client.drain(ciphertext)))).toBe(Outcome.DONE);
  client.decrypt(ciphertext.subarray(0, server.drain(ciphertext)), plaintext);
  return { client, server };
}

test('messages over buffers make nothing', async () => {
  const { client, server } = await connectByBuffers();
  client.encrypt(message, ciphertext);
  const record = ciphertext.subarray(0, client.produced); // all records have this length
  server.decrypt(record, plaintext);
  const garbage = measureGarbage(() => {
    client.encrypt(message, ciphertext);
    if (server.decrypt(record, plaintext) !== SIZE) throw new Error('A message did not arrive');
  });
  expect(garbage.heap).toBeLessThan(BYTES_PER_MESSAGE);
  expect(garbage.outside).toBeLessThan(BYTES_PER_MESSAGE);
});

test('messages over MemoryBIOs make nothing', async () => {
  const [toServer, toClient] = [new MemoryBIO(), new MemoryBIO()];
  const client = (await makeClientContext()).wrapBio(toClient, toServer, { serverHostname: 'localhost' });
  const server = (await makeServerContext()).wrapBio(toServer, toClient, { serverSide: true });
  client.tryHandshake();
  server.tryHandshake();
  client.tryHandshake();
  expect(server.tryHandshake()).toBe(Outcome.DONE);
  client.tryWrite(message);
  const record = ciphertext.subarray(0, toServer.readInto(ciphertext)); // all records have this length
  toServer.write(record);
  server.tryRead(plaintext);
  const garbage = measureGarbage(() => {
    client.tryWrite(message);
    toServer.readInto(record);
    toServer.write(record);
    if (server.tryRead(plaintext) !== SIZE) throw new Error('A message did not arrive');
  });
  expect(garbage.heap).toBeLessThan(BYTES_PER_MESSAGE);
  expect(garbage.outside).toBeLessThan(BYTES_PER_MESSAGE);
});

test('waiting for the peer makes nothing, not even an error', async () => {
  const { server } = await connectByBuffers();
  const nothing = new Uint8Array(0);
  const garbage = measureGarbage(() => {
    if (server.decrypt(nothing, plaintext) !== Outcome.WANT_READ) throw new Error('There was something');
  });
  expect(garbage.heap).toBeLessThan(BYTES_PER_MESSAGE);
  expect(garbage.outside).toBeLessThan(BYTES_PER_MESSAGE);
});

test('bytes that pass through a MemoryBIO into memory of the caller’s make nothing', () => {
  const bio = new MemoryBIO();
  const garbage = measureGarbage(() => {
    bio.write(message);
    if (bio.readInto(plaintext) !== SIZE) throw new Error('A message did not arrive');
  });
  expect(garbage.heap).toBeLessThan(BYTES_PER_MESSAGE);
  expect(garbage.outside).toBeLessThan(BYTES_PER_MESSAGE);
});
