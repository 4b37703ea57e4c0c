import { MemoryBIO } from '@sslkit/bio';
import { Outcome, SSLObject } from '@sslkit/context';
import { makeClientContext, makeServerContext } from '@sslkit/test-support/contexts.ts';
import { makeMemoryPair, moveBytes, shakeHands, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

const withCode = (code: string) => expect.objectContaining({ code });
const contexts = Promise.all([makeClientContext(), makeServerContext()]);

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('The tests need --expose-gc');
  globalThis.gc();
}

describe.each(WAYS)('over %s', (way) => {
  test('every call after close() is a state error', async () => {
    const pair = makeMemoryPair(...(await contexts), { way });
    shakeHands(pair);
    const { object } = pair.client;
    object.close();
    const room = Buffer.alloc(10);
    const calls: Record<string, () => unknown> = {
      doHandshake: () => object.doHandshake(),
      tryHandshake: () => object.tryHandshake(),
      read: () => object.read(),
      'read nothing': () => object.read(0),
      tryRead: () => object.tryRead(room),
      write: () => object.write(room),
      tryWrite: () => object.tryWrite(room),
      unwrap: () => object.unwrap(),
      tryUnwrap: () => object.tryUnwrap(),
      decrypt: () => object.decrypt(room, room),
      encrypt: () => object.encrypt(room, room),
      drain: () => object.drain(room),
      endIncoming: () => object.endIncoming(),
      verifyClientPostHandshake: () => object.verifyClientPostHandshake(),
    };
    for (const [name, call] of Object.entries(calls)) expect(call, name).toThrow(withCode('ERR_INVALID_STATE'));
  });

  test('facts asked after close() are answered or refused, never a crash', async () => {
    const pair = makeMemoryPair(...(await contexts), { way });
    shakeHands(pair);
    const { object } = pair.client;
    object.close();
    const questions = [
      () => object.version(),
      () => object.cipher(),
      () => object.sharedCiphers(),
      () => object.compression(),
      () => object.selectedAlpnProtocol(),
      () => object.getPeerCert(),
      () => object.getVerifiedChain(),
      () => object.getUnverifiedChain(),
      () => object.getChannelBinding('tls-server-end-point'),
      () => object.session,
      () => object.sessionReused,
      () => object.pending(),
      () => object.outgoingPending,
      () => object.shutdownState,
      () => object.consumed,
      () => object.context,
      () => object.serverHostname,
    ];
    for (const ask of questions) {
      try {
        ask();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    object.close();
    object[Symbol.dispose]();
  });

  test('a connection whose context, queues and options were collected goes on', async () => {
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext(), { way });
    for (let round = 0; round < 3; round += 1) collectGarbage();
    shakeHands(pair, (flight) => {
      collectGarbage();
      return [flight];
    });
    pair.client.write(Buffer.from('hello'));
    collectGarbage();
    moveBytes(pair.client, pair.server);
    expect(pair.server.read()).toEqual(Buffer.from('hello'));
  });

  test('thousands of connections that nobody closes are collected', async () => {
    const [client, server] = await contexts;
    const count = 3000;
    let collected = 0;
    const registry = new FinalizationRegistry<void>(() => {
      collected += 1;
    });
    for (let index = 0; index < count; index += 1) {
      const pair = makeMemoryPair(client, server, { way });
      pair.client.handshake();
      registry.register(pair.client.object, undefined);
    }
    for (let round = 0; round < 20 && collected < count * 0.9; round += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collected).toBeGreaterThan(count * 0.9);
  });

  test('a session outlives its connection', async () => {
    const pair = makeMemoryPair(...(await contexts), { way });
    shakeHands(pair);
    moveBytes(pair.server, pair.client);
    pair.client.read();
    const { session } = pair.client.object;
    pair.client.object.close();
    collectGarbage();
    expect(session?.id.length).toBeGreaterThan(0);
    const again = makeMemoryPair(...(await contexts), { way, client: { serverHostname: 'localhost', session } });
    shakeHands(again);
    expect(again.client.object.sessionReused).toBe(true);
  });
});

describe('what is no object of this package', () => {
  test('SSLObject has no public constructor', () => {
    const Constructor = SSLObject as unknown as new (...values: unknown[]) => SSLObject;
    expect(() => new Constructor()).toThrow(withCode('ERR_ILLEGAL_CONSTRUCTOR'));
    expect(() => new Constructor(Symbol('made by this package'), {}, {}, null)).toThrow(
      withCode('ERR_ILLEGAL_CONSTRUCTOR'),
    );
  });

  const foreign: [string, () => unknown][] = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['a number', () => 1],
    ['text', () => 'bio'],
    ['bytes', () => Buffer.alloc(1)],
    ['a plain object', () => ({ read() {}, write() {}, pending: 0, eof: false })],
    ['an object of its prototype', () => Object.create(MemoryBIO.prototype)],
    ['an object below an instance', () => Object.create(new MemoryBIO())],
    ['a proxy', () => new Proxy(new MemoryBIO(), {})],
  ];

  test.each(foreign)('wrapBio() refuses %s in place of a MemoryBIO', async (_, make) => {
    const [client] = await contexts;
    const value = make() as MemoryBIO;
    expect(() => client.wrapBio(value, new MemoryBIO())).toThrow(TypeError);
    expect(() => client.wrapBio(new MemoryBIO(), value)).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test('a MemoryBIO of a subclass is accepted', async () => {
    class Counted extends MemoryBIO {}
    const [client] = await contexts;
    const outgoing = new Counted();
    expect(client.wrapBio(new Counted(), outgoing).tryHandshake()).toBe(Outcome.WANT_READ);
    expect(outgoing.pending).toBeGreaterThan(0);
  });

  test('one MemoryBIO may serve both directions', async () => {
    const [client] = await contexts;
    const both = new MemoryBIO();
    expect(() => client.wrapBio(both, both, { serverHostname: 'localhost' })).not.toThrow();
  });

  test('methods refuse a foreign this', async () => {
    const [client] = await contexts;
    const borrowed = { ...client } as typeof client;
    expect(() => Reflect.apply(client.getCiphers, borrowed, [])).toThrow(TypeError);
    const pair = makeMemoryPair(...(await contexts));
    expect(() => Reflect.apply(pair.client.object.tryHandshake, {}, [])).toThrow(TypeError);
  });

  test('structuredClone refuses contexts and connections, or gives what cannot be used', async () => {
    const [client] = await contexts;
    const pair = makeMemoryPair(...(await contexts));
    for (const value of [client, pair.client.object]) {
      let clone: unknown;
      try {
        clone = structuredClone(value);
      } catch {
        continue;
      }
      expect(clone).not.toHaveProperty('wrapBio');
      expect(clone).not.toHaveProperty('doHandshake');
    }
  });
});
