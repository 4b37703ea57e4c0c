import { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';

const CONNECTIONS = 20;
const MESSAGE = Buffer.alloc(50_000, 7);
const LARGE = 16_384; // bytes; what a connection makes for itself is smaller

const isPosix = process.platform !== 'win32';
const made: number[] = [];
const { ArrayBuffer: original } = globalThis;

beforeAll(() => {
  globalThis.ArrayBuffer = class extends original {
    constructor(size: number) {
      super(size);
      if (size >= LARGE) made.push(size);
    }
  } as ArrayBufferConstructor;
});
afterAll(() => {
  globalThis.ArrayBuffer = original;
});

describe.skipIf(!isPosix)(`over descriptors${isPosix ? '' : ' (skipped: there are none on Windows)'}`, () => {
  test('connections that come and go share the memory that they are read into and written from', async () => {
    const [client, server] = [await clientContext(), await serverContext()];
    const listener = await server.wrapSocket(new Server());
    listener.bind(['127.0.0.1', 0]);
    await listener.listen();
    const into = Buffer.alloc(MESSAGE.length);
    const exchange = async () => {
      const accepted = listener.accept();
      const near = await client.connect(listener.getSockName(), { serverHostname: 'localhost' });
      const [far] = await accepted;
      const sent = near.sendAll(MESSAGE);
      for (let left = MESSAGE.length; left > 0; ) left -= await far.recvInto(into);
      await sent;
      await Promise.all([near.close({ notify: true }), far.close({ notify: true })]);
    };
    await exchange();
    expect(made.length).toBeGreaterThan(0);
    made.length = 0;
    for (let count = 0; count < CONNECTIONS; count += 1) await exchange();
    expect(made).toEqual([]);
    await listener.close();
  });
});
