import { strict as assert } from 'node:assert';
import type { Transport, TransportListener } from './transport.ts';

/** Two transports that are connected to each other. */
export type TransportPair = readonly [Transport, Transport];

/** Options of {@link checkTransport}. */
export interface CheckOptions {
  /** Seconds that one event of the transport may take. Default: 5. */
  patience?: number | undefined;
}

const BULK = 1_048_576; // bytes; more than any buffer on the way holds
const CHUNK = 10_007; // bytes; a prime, so that no boundary below falls on one of ours

/**
 * Proves that a transport keeps the contract of {@link Transport}: runs every check on a fresh pair and rejects with an
 * `AssertionError` that says what is not as it should be.
 *
 * @param makePair - connects two transports; neither has been attached. Both are closed after the check.
 */
export async function checkTransport(
  makePair: () => TransportPair | Promise<TransportPair>,
  { patience = 5 }: CheckOptions = {},
): Promise<void> {
  for (const check of [
    checkOrder,
    checkUnread,
    checkBackPressure,
    checkMemoryIsFree,
    checkHalfClose,
    checkEndAfterBytes,
    checkCloseSeenByPeer,
    checkClosedTakesNoBytes,
    checkRelease,
  ]) {
    const pair = await makePair();
    try {
      await check(new Probe(pair[0], patience), new Probe(pair[1], patience));
    } finally {
      await Promise.all(pair.map((transport) => transport.close()));
    }
  }
}

/** A listener that can be awaited. */
class Probe implements TransportListener {
  readonly transport: Transport;
  readonly #patienceMs: number;
  #wake: (() => void)[] = [];

  constructor(transport: Transport, patience: number) {
    this.transport = transport;
    this.#patienceMs = patience * 1000;
    transport.attach(this);
  }

  readable(): void {
    this.#wakeUp();
  }

  drained(): void {
    assert.equal(this.transport.pendingBytes, 0, 'drained() is told while pendingBytes is above 0');
    this.#wakeUp();
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + this.#patienceMs;
    while (!condition()) {
      const left = deadline - performance.now();
      assert.ok(left > 0, `The listener was not told in time of ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async receive(length: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let received = 0;
    while (received < length) {
      let chunk: Uint8Array | null = null;
      await this.until(() => {
        chunk = this.transport.read();
        return chunk !== null || this.transport.ended || this.transport.error !== null;
      }, 'bytes');
      if (chunk === null) break;
      const bytes: Uint8Array = chunk;
      assert.ok(bytes.length > 0, 'read() gave no byte instead of null');
      // A view is good until the next read only.
      chunks.push(Buffer.from(bytes));
      received += bytes.length;
    }
    return Buffer.concat(chunks);
  }

  #wakeUp(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

async function checkOrder(one: Probe, other: Probe): Promise<void> {
  const there = pattern(5 * CHUNK);
  for (let offset = 0; offset < there.length; offset += CHUNK) {
    one.transport.write(there.subarray(offset, offset + CHUNK));
  }
  const back = pattern(3);
  other.transport.write(back);
  assert.ok((await other.receive(there.length)).equals(there), 'Bytes arrive changed, or in another order');
  assert.ok((await one.receive(back.length)).equals(back), 'The other direction does not carry bytes');
  assert.equal(one.transport.read(), null, 'read() gives something where nothing was sent');
}

async function checkUnread(one: Probe, other: Probe): Promise<void> {
  const sent = pattern(1000);
  one.transport.write(sent);
  await other.until(() => {
    const first = other.transport.read();
    if (first === null) return false;
    other.transport.unread(first.subarray(1));
    return true;
  }, 'bytes');
  assert.ok(
    (await other.receive(999)).equals(sent.subarray(1)),
    'Bytes that were put back are not the next to be read',
  );
}

async function checkBackPressure(one: Probe, other: Probe): Promise<void> {
  const sent = pattern(BULK);
  const chunks = 16; // together more than a system takes at once
  for (let index = 0; index < chunks; index++) one.transport.write(sent);
  const receiving = other.receive(chunks * BULK);
  await one.until(() => one.transport.pendingBytes === 0, 'everything being handed on');
  assert.equal((await receiving).length, chunks * BULK, 'Bytes are lost when many are pending');
}

async function checkMemoryIsFree(one: Probe, other: Probe): Promise<void> {
  const sent = pattern(3 * CHUNK);
  const memory = Buffer.from(sent);
  one.transport.write(memory);
  const receiving = one.transport.pendingBytes > 0 ? other.receive(sent.length) : null;
  await one.until(() => one.transport.pendingBytes === 0, 'everything being handed on');
  memory.fill(0);
  const received = await (receiving ?? other.receive(sent.length));
  assert.ok(received.equals(sent), 'Bytes that are not pending any more are still kept by reference');
}

async function checkHalfClose(one: Probe, other: Probe): Promise<void> {
  one.transport.end();
  one.transport.end();
  await other.until(() => other.transport.ended, 'the end');
  const back = pattern(CHUNK);
  other.transport.write(back);
  assert.ok((await one.receive(CHUNK)).equals(back), 'After the end of one direction the other carries nothing');
  assert.equal(one.transport.ended, false, 'Our own end reads as the end of the peer');
}

async function checkEndAfterBytes(one: Probe, other: Probe): Promise<void> {
  const sent = pattern(3 * CHUNK);
  one.transport.write(sent);
  one.transport.end();
  assert.ok((await other.receive(sent.length)).equals(sent), 'Bytes before the end are lost');
  await other.until(() => other.transport.read() === null && other.transport.ended, 'the end behind bytes');
  assert.equal(other.transport.error, null, 'A clean end reads as a failure');
}

async function checkCloseSeenByPeer(one: Probe, other: Probe): Promise<void> {
  await one.transport.close();
  await one.transport.close();
  const over = () => other.transport.ended || other.transport.error !== null;
  await other.until(() => other.transport.read() === null && over(), 'the closing of the peer');
}

async function checkClosedTakesNoBytes(one: Probe): Promise<void> {
  await one.transport.close();
  one.transport.write(pattern(1));
  one.transport.end();
  assert.equal(one.transport.pendingBytes, 0, 'Bytes stay pending on a closed transport');
}

async function checkRelease(one: Probe, other: Probe): Promise<void> {
  one.transport.write(pattern(10));
  await other.until(() => {
    const bytes = other.transport.read();
    if (bytes !== null) other.transport.unread(bytes);
    return bytes !== null;
  }, 'bytes');
  assert.notEqual(await other.transport.release(), undefined, 'release() gives nothing back');
}
