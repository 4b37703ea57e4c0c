import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { MemoryBIO as MemoryQueue } from '@sslkit/bio';
import { locateBinary } from '@sslkit/bio/addon-loader';
import type { SSLContext, SSLObject } from '@sslkit/context';
import { beforeAll, describe, expect, test } from 'vitest';

// What a call into an add-on costs is most of what a small message costs. The counts are exact: whoever raises one has
// a reason, and changes it here.

type Calls = string[];

const calls: Calls = [];
const require = createRequire(import.meta.url);

/**
 * Puts a recorder before every function of an add-on, and of the objects that it makes. Must come before the package is
 * loaded.
 */
function recordCalls(name: 'bio' | 'context'): void {
  const root = fileURLToPath(new URL(`../../packages/${name}`, import.meta.url));
  const binary = locateBinary({ packageName: `@sslkit/${name}`, binary: `sslkit_${name}.node`, root });
  const addon: object = require(binary);
  const entry = require.cache[require.resolve(binary)];
  if (entry === undefined) throw new Error('The add-on is not in the cache');
  entry.exports = Object.fromEntries(Object.entries(addon).map(([key, value]) => [key, recordFunction(key, value)]));
}

function recordFunction(name: string, value: unknown): unknown {
  if (typeof value !== 'function') return value;
  return new Proxy(value, {
    apply(target, receiver, words) {
      calls.push(name);
      return Reflect.apply(target, receiver, words);
    },
    construct(target, words, newTarget) {
      calls.push(`new ${name}`);
      const object: object = Reflect.construct(target, words, newTarget);
      for (const method of Object.getOwnPropertyNames(target.prototype)) {
        if (method === 'constructor') continue;
        const called: unknown = Reflect.get(target.prototype, method);
        if (typeof called !== 'function') continue;
        const recorded = (...values: unknown[]) => {
          calls.push(method);
          return Reflect.apply(called, object, values);
        };
        Object.defineProperty(object, method, { value: recorded });
      }
      return object;
    },
  });
}

/** Runs `work` and returns the native methods it called, in order. */
function callsOf(work: () => void): Calls {
  calls.length = 0;
  work();
  return [...calls];
}

let contexts: { client: SSLContext; server: SSLContext };
let MemoryBIO: typeof import('@sslkit/bio').MemoryBIO;
let DONE: number;

beforeAll(async () => {
  recordCalls('bio');
  recordCalls('context');
  ({ MemoryBIO } = await import('@sslkit/bio'));
  ({
    Outcome: { DONE },
  } = await import('@sslkit/context'));
  const { makeClientContext, makeServerContext } = await import('../support/contexts.ts');
  contexts = { client: await makeClientContext(), server: await makeServerContext() };
});

const ciphertext = new Uint8Array(65_536);
const plaintext = new Uint8Array(65_536);

interface Ends {
  readonly client: SSLObject;
  readonly server: SSLObject;
}

/** Two ends over buffers; `steps` are the native calls of each step of the handshake. */
function connectByBuffers(): Ends & { steps: Calls[] } {
  const client = contexts.client.wrapBuffers({ serverHostname: 'localhost' });
  const server = contexts.server.wrapBuffers({ serverSide: true });
  const steps: Calls[] = [];
  const step = (from: SSLObject, to: SSLObject) => {
    let outcome = -1;
    const size = from.drain(ciphertext);
    steps.push(
      callsOf(() => {
        outcome = to.tryHandshake(ciphertext.subarray(0, size));
      }),
    );
    return outcome;
  };
  client.tryHandshake();
  step(client, server);
  expect(step(server, client)).toBe(DONE);
  expect(step(client, server)).toBe(DONE);
  // The tickets.
  client.decrypt(ciphertext.subarray(0, server.drain(ciphertext)), plaintext);
  return { client, server, steps };
}

describe('over buffers', () => {
  test('each step of a handshake is one native call', () => {
    const { steps } = connectByBuffers();
    expect(steps).toEqual([['doHandshake'], ['doHandshake'], ['doHandshake']]);
  });

  test('making a server is one native call, and making a client two: it has a name to check', () => {
    expect(callsOf(() => contexts.server.wrapBuffers({ serverSide: true }))).toEqual(['new SSLObject']);
    const making = callsOf(() => contexts.client.wrapBuffers({ serverHostname: 'localhost' }));
    expect(making).toEqual(['new SSLObject', 'setHostName']);
  });

  test.each([1, 16_384, 50_000])('a message of %d bytes is one native call on each side', (size) => {
    const { client, server } = connectByBuffers();
    const message = Buffer.alloc(size, 7);
    let received = 0;
    expect(callsOf(() => client.encrypt(message, ciphertext))).toEqual(['encrypt']);
    const { produced } = client;
    const reading = callsOf(() => {
      received = server.decrypt(ciphertext.subarray(0, produced), plaintext);
    });
    expect(reading).toEqual(['decrypt']);
    expect(received).toBe(size);
  });

  test('finding out what was consumed and produced is no native call', () => {
    const { client } = connectByBuffers();
    client.encrypt(Buffer.from('text'), ciphertext);
    expect(callsOf(() => [client.consumed, client.produced])).toEqual([]);
  });

  test('an end that waits for the peer is one native call', () => {
    const { server } = connectByBuffers();
    expect(callsOf(() => server.decrypt(new Uint8Array(0), plaintext))).toEqual(['decrypt']);
  });
});

describe('over MemoryBIOs', () => {
  function connectByBios(): Ends & { toServer: MemoryQueue; toClient: MemoryQueue } {
    const [toServer, toClient] = [new MemoryBIO(), new MemoryBIO()];
    const client = contexts.client.wrapBio(toClient, toServer, { serverHostname: 'localhost' });
    const server = contexts.server.wrapBio(toServer, toClient, { serverSide: true });
    client.tryHandshake();
    server.tryHandshake();
    client.tryHandshake();
    expect(server.tryHandshake()).toBe(DONE);
    return { client, server, toServer, toClient };
  }

  test('a queue is made by one native call', () => {
    expect(callsOf(() => new MemoryBIO())).toEqual(['attach']);
  });

  test.each([1, 16_384])('a message of %d bytes is one call of the engine on each side', (size) => {
    const { client, server } = connectByBios();
    let received = 0;
    expect(callsOf(() => client.tryWrite(Buffer.alloc(size, 7)))).toEqual(['write']);
    const reading = callsOf(() => {
      received = server.tryRead(plaintext);
    });
    expect(reading).toEqual(['read']);
    expect(received).toBe(size);
  });

  test.each([1, 16_384])('moving a message of %d bytes between queues is one call out and one call in', (size) => {
    const { client, server, toServer } = connectByBios();
    const wire = new MemoryBIO();
    client.tryWrite(Buffer.alloc(size, 7));
    const moving = callsOf(() => {
      wire.write(ciphertext.subarray(0, toServer.readInto(ciphertext)));
      toServer.write(ciphertext.subarray(0, wire.readInto(ciphertext)));
    });
    expect(moving).toEqual(['read', 'write', 'read', 'write']);
    expect(server.tryRead(plaintext)).toBe(size);
  });

  test('a short read() is one call, and a long one two: how much there is comes first', () => {
    const bio = new MemoryBIO();
    bio.write(plaintext.subarray(0, 1));
    bio.read(); // makes the memory that short results are cut from
    bio.write(plaintext.subarray(0, 100));
    expect(callsOf(() => bio.read())).toEqual(['take']);
    bio.write(plaintext.subarray(0, 16_384));
    expect(callsOf(() => bio.read())).toEqual(['take', 'read']);
  });

  test('each step of a handshake and of the closing is one native call', () => {
    const [toServer, toClient] = [new MemoryBIO(), new MemoryBIO()];
    const client = contexts.client.wrapBio(toClient, toServer, { serverHostname: 'localhost' });
    const server = contexts.server.wrapBio(toServer, toClient, { serverSide: true });
    for (const end of [client, server, client, server]) {
      expect(callsOf(() => end.tryHandshake())).toEqual(['doHandshake']);
    }
    client.tryRead(plaintext); // the tickets
    for (const end of [client, server, client]) expect(callsOf(() => end.tryUnwrap())).toEqual(['shutdown']);
    expect(callsOf(() => client.close())).toEqual(['close']);
  });

  test('waiting for the peer is one native call', () => {
    const { server } = connectByBios();
    expect(callsOf(() => server.tryRead(plaintext))).toEqual(['read']);
  });
});
