import { MemoryBIO } from '@sslkit/bio';
import { PROTOCOL_TLS, SSLContext, SSLObject, SSLSession } from '@sslkit/context';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { makeMemoryPair, moveBytes, shakeHands } from '../support/memory-pair.ts';

// Every public method and accessor of the classes over native code, those of tomorrow included, with whatever a program may
// hand over by mistake. What is asserted is little: the process lives, and what is thrown is an error with a code.

/** Made anew for each use, as a call may change or detach it. */
const VALUES: (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => Number.NaN,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 1n,
  () => -1n,
  () => 2n ** 64n,
  () => '',
  () => 'a',
  () => '\ud800',
  () => 'a\0b',
  () => 'x'.repeat(70_000),
  () => Symbol('s'),
  () => [],
  () => ['h2', 1],
  () => ({}),
  () => ({ cadata: Buffer.alloc(3), cert: 'x', serverHostname: 1, session: {} }),
  () => ({ serverSide: true, serverHostname: 'localhost' }),
  () => () => undefined,
  () => () => {
    throw new Error('thrown by what was handed over');
  },
  () => new Proxy({}, {}),
  () => Buffer.alloc(0),
  () => Buffer.alloc(100, 0x16),
  () => Buffer.alloc(100_000),
  () => new Uint8Array(new SharedArrayBuffer(64)),
  () => new SharedArrayBuffer(64),
  () => detach(new Uint8Array(64)),
  () => new Uint8Array(new ArrayBuffer(8), 8),
  () => new Float64Array(4),
  () => new DataView(new ArrayBuffer(16), 4),
  () => Object.create(Uint8Array.prototype),
  () => new MemoryBIO(),
  () => Object.create(MemoryBIO.prototype),
  () => new SSLContext(PROTOCOL_TLS),
  () => Object.create(SSLContext.prototype),
  () => Object.create(SSLSession.prototype),
];

let contexts: [client: SSLContext, server: SSLContext];
let session: SSLSession;

beforeAll(async () => {
  contexts = [await makeClientContext(), await makeServerContext()];
  const pair = makeMemoryPair(...contexts);
  shakeHands(pair);
  moveBytes(pair.server, pair.client);
  pair.client.read();
  session = pair.client.object.session as SSLSession;
});

function makeOpen(side: 'client' | 'server', way: 'bio' | 'buffers'): SSLObject {
  const pair = makeMemoryPair(...contexts, { way });
  shakeHands(pair);
  return pair[side].object;
}

function makeClosed(way: 'bio' | 'buffers'): SSLObject {
  const object = makeOpen('client', way);
  object.close();
  return object;
}

const SUBJECTS: [name: string, make: () => object][] = [
  ['an SSLObject over buffers before its handshake', () => contexts[0].wrapBuffers({ serverHostname: 'localhost' })],
  ['an open client over buffers', () => makeOpen('client', 'buffers')],
  ['an open server over buffers', () => makeOpen('server', 'buffers')],
  ['an open client over MemoryBIOs', () => makeOpen('client', 'bio')],
  ['a closed SSLObject over buffers', () => makeClosed('buffers')],
  ['a closed SSLObject over MemoryBIOs', () => makeClosed('bio')],
  ['an SSLContext', () => new SSLContext(PROTOCOL_TLS)],
  ['an SSLSession', () => SSLSession.fromBytes(session.toBytes(), contexts[0])],
  ['a MemoryBIO', () => new MemoryBIO()],
  ['the class SSLObject', () => SSLObject],
  ['the class SSLSession', () => SSLSession],
  ['an object that only looks like an SSLObject', () => Object.create(SSLObject.prototype)],
  ['an object that only looks like an SSLContext', () => Object.create(SSLContext.prototype)],
  ['an object that only looks like a MemoryBIO', () => Object.create(MemoryBIO.prototype)],
];

// Opens what it is given: its errors are the file system's.
const LEFT_OUT = new Set(['constructor', 'keylogFilename', 'prototype', 'name', 'length']);

describe.each(SUBJECTS)('%s', (_, make) => {
  test('takes any arguments without ending the process, and throws nothing but errors with a code', () => {
    const members = listMembers(make());
    expect(members.length).toBeGreaterThan(0);
    for (const [name, descriptor] of members) {
      const subject = make();
      for (const [index, value] of VALUES.entries()) {
        use(subject, descriptor, name, value, VALUES[(index * 7 + 3) % VALUES.length] ?? value);
      }
      globalThis.gc?.();
    }
  }, 120_000);
});

function use(
  subject: object,
  descriptor: PropertyDescriptor,
  name: string,
  first: () => unknown,
  second: () => unknown,
) {
  const call = () => {
    if (typeof descriptor.value === 'function') descriptor.value.call(subject, first(), second(), first());
    else if (descriptor.value === undefined) {
      descriptor.get?.call(subject);
      descriptor.set?.call(subject, first());
    }
  };
  try {
    call();
  } catch (error) {
    const isCoded = error instanceof Error && 'code' in error && typeof error.code === 'string';
    // V8's own, of a private field on a foreign object, or of a proxy or symbol that it cannot turn into something.
    if (isCoded || error instanceof TypeError || (error instanceof Error && error.message.startsWith('thrown by')))
      return;
    throw new Error(`${name} threw what has no code`, { cause: error });
  }
}

function listMembers(subject: object): [string, PropertyDescriptor][] {
  const owner = typeof subject === 'function' ? subject : Object.getPrototypeOf(subject);
  return Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(([name]) => !LEFT_OUT.has(name));
}

function detach(view: Uint8Array): Uint8Array {
  structuredClone(view, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}
