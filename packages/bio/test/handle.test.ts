import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGzip } from 'node:zlib';
import { MemoryBIO } from '@sslkit/bio';
import { beforeAll, describe, expect, test } from 'vitest';
import { locateBinary } from '../src/addon-loader.ts';
import { place } from '../src/native.ts';
import { buildProbe, type HandleProbe, probeObstacle, requireAddon } from './handle-probe.ts';

const FOREIGN = -1;
const OTHER_ABI = -2;
const ABI = 1;

// openssl/bio.h
const BIO_CTRL_RESET = 1;
const BIO_CTRL_EOF = 2;
const BIO_CTRL_PENDING = 10;
const BIO_CTRL_FLUSH = 11;
const BIO_CTRL_WPENDING = 13;
const BIO_C_SET_BUF_MEM_EOF_RETURN = 130;

const unknownControls = [
  ['BIO_CTRL_PUSH', 6],
  ['BIO_CTRL_POP', 7],
  ['BIO_C_GET_FD', 105],
  ['BIO_CTRL_GET_KTLS_SEND', 73],
  ['BIO_CTRL_DGRAM_QUERY_MTU', 40],
  ['an unknown command', 9999],
] as const;

interface Copy {
  attach(object: object): number;
  write(place: number, bytes: Uint8Array): number;
  pending(place: number): number;
}

const suffix = probeObstacle === undefined ? '' : ` (skipped: ${probeObstacle})`;

describe.skipIf(probeObstacle !== undefined)(`the handle in another add-on${suffix}`, () => {
  let path: string;
  let probe: HandleProbe;
  beforeAll(() => {
    path = buildProbe();
    probe = requireAddon<HandleProbe>(path);
    return () => rmSync(dirname(path), { recursive: true });
  });

  function hold(bio: MemoryBIO): number {
    const slot = probe.hold(bio);
    expect(slot).toBeGreaterThanOrEqual(0);
    return slot;
  }

  test('is found on a MemoryBIO and on an instance of a subclass', () => {
    class Subclass extends MemoryBIO {}
    probe.drop(hold(new MemoryBIO()));
    probe.drop(hold(new Subclass()));
  });

  test.each<[string, () => object]>([
    ['a plain object', () => ({})],
    ['an object with the prototype of MemoryBIO', () => Object.create(MemoryBIO.prototype)],
    ['an heir of an instance', () => Object.create(new MemoryBIO())],
    ['a proxy of an instance', () => new Proxy(new MemoryBIO(), {})],
    ['a structured clone', () => structuredClone(new MemoryBIO())],
    ['the class', () => MemoryBIO],
    ["a handle of Node's own", () => Reflect.get(createGzip(), '_handle')],
    ['what another add-on wraps', () => probe.forge({}, ABI, 0)],
  ])('is not found on %s, nor do the methods of MemoryBIO take it', (_, make) => {
    const object = make();
    expect(probe.hold(object)).toBe(FOREIGN);
    expectRejected(object);
  });

  test('is told apart where its abi is another one', () => {
    const object = probe.forge({}, ABI + 1, 1);
    expect(probe.hold(object)).toBe(OTHER_ABI);
    expectRejected(object);
  });

  test('is found on what a second loaded copy of the add-on makes, whose state the first leaves alone', () => {
    const second = join(dirname(path), 'second-copy.node');
    copyFileSync(locateBinary(place), second);
    const copy = requireAddon<Copy>(second);
    const object = {};
    const number = copy.attach(object);
    expect(copy.write(number, Buffer.from('abc'))).toBe(3);
    const slot = probe.hold(object);
    const target = Buffer.alloc(3);
    expect(probe.read(slot, target)).toBe(3);
    expect(target.toString()).toBe('abc');
    probe.drop(slot);
    expectRejected(object);
    expect(copy.pending(number)).toBe(0);
  });

  test('is not found by a number that the add-on did not give, nor by what is no number', () => {
    const native = requireAddon<Copy>(locateBinary(place));
    const numbers: unknown[] = [-1, 1e6, 2 ** 32 - 1, undefined, null, {}, new MemoryBIO()];
    for (const number of numbers) {
      expect(Reflect.apply(native.pending, native, [number])).toBeLessThan(0);
      expect(Reflect.apply(native.write, native, [number, Buffer.from('abc')])).toBeLessThan(0);
    }
  });

  test('leads to the queue that JavaScript sees, in both directions', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    expect(probe.write(slot, Buffer.from('from OpenSSL'))).toBe(12);
    expect(bio.read().toString()).toBe('from OpenSSL');
    bio.write(Buffer.from('from JavaScript'));
    const target = Buffer.alloc(4);
    expect(probe.read(slot, target)).toBe(4);
    expect(target.toString()).toBe('from');
    expect(bio.pending).toBe(11);
    expect(probe.puts(slot)).toBe(5);
    expect(bio.read().toString()).toBe(' JavaScriptline\n');
    probe.drop(slot);
  });

  test('BIO_read returns -1 with a retry on an empty queue, and 0 without one at the end', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    expect([probe.read(slot, Buffer.alloc(1)), probe.retries(slot)]).toEqual([-1, 1]);
    bio.write(Buffer.from('a'));
    expect([probe.read(slot, Buffer.alloc(5)), probe.retries(slot)]).toEqual([1, 0]);
    bio.writeEof();
    expect([probe.read(slot, Buffer.alloc(1)), probe.retries(slot)]).toEqual([0, 0]);
    probe.drop(slot);
  });

  test('BIO_write works after writeEof(), as in Python, and puts the end off', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    bio.writeEof();
    expect(probe.write(slot, Buffer.from('alert'))).toBe(5);
    expect(bio.eof).toBe(false);
    expect(bio.read().toString()).toBe('alert');
    expect(bio.eof).toBe(true);
    probe.drop(slot);
  });

  test('BIO_ctrl tells what is pending and whether the end is reached', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    const controls = () => [BIO_CTRL_PENDING, BIO_CTRL_EOF, BIO_CTRL_WPENDING].map((c) => probe.control(slot, c, 0));
    expect(controls()).toEqual([0, 0, 0]);
    bio.write(new Uint8Array(100_000));
    bio.writeEof();
    expect(controls()).toEqual([100_000, 0, 0]);
    bio.read();
    expect(controls()).toEqual([0, 1, 0]);
    expect(probe.control(slot, BIO_CTRL_FLUSH, 0)).toBe(1);
    probe.drop(slot);
  });

  test('BIO_set_mem_eof_return writes the end and takes it back', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    expect(probe.control(slot, BIO_C_SET_BUF_MEM_EOF_RETURN, 0)).toBe(1);
    expect(bio.eof).toBe(true);
    expect(probe.control(slot, BIO_C_SET_BUF_MEM_EOF_RETURN, -1)).toBe(1);
    expect(bio.eof).toBe(false);
    probe.drop(slot);
  });

  test('BIO_reset drops what is queued and keeps the end', () => {
    const bio = new MemoryBIO();
    const slot = hold(bio);
    bio.write(new Uint8Array(100_000));
    bio.writeEof();
    expect(probe.control(slot, BIO_CTRL_RESET, 0)).toBe(1);
    expect(bio.pending).toBe(0);
    expect(bio.eof).toBe(true);
    probe.drop(slot);
  });

  test.each(unknownControls)('BIO_ctrl answers 0 to %s', (_, command) => {
    const slot = hold(new MemoryBIO());
    expect(probe.control(slot, command, 0)).toBe(0);
    probe.drop(slot);
  });

  test('BIO_dup_chain makes a queue of its own', () => {
    const bio = new MemoryBIO();
    bio.write(Buffer.from('abc'));
    const slot = hold(bio);
    const duplicate = probe.duplicate(slot);
    expect(probe.control(duplicate, BIO_CTRL_PENDING, 0)).toBe(0);
    probe.write(duplicate, Buffer.from('xyz'));
    expect(bio.pending).toBe(3);
    probe.drop(slot);
    probe.drop(duplicate);
  });

  test('a reference keeps the bytes when the object has been collected', async () => {
    const { slot, collected } = fillAndForget();
    await collect(collected);
    const target = Buffer.alloc(200_000);
    expect(probe.read(slot, target)).toBe(200_000);
    expect(target.every((byte) => byte === 7)).toBe(true);
    expect(probe.write(slot, Buffer.from('more'))).toBe(4);
    probe.drop(slot);
  });

  function fillAndForget(): { slot: number; collected: WeakRef<MemoryBIO> } {
    const bio = new MemoryBIO();
    bio.write(Buffer.alloc(200_000, 7));
    return { slot: hold(bio), collected: new WeakRef(bio) };
  }
});

function expectRejected(object: object): void {
  const wrongType = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  const { read, write, writeEof } = MemoryBIO.prototype;
  expect(() => Reflect.apply(read, object, [])).toThrow(wrongType);
  expect(() => Reflect.apply(write, object, [new Uint8Array(1)])).toThrow(wrongType);
  expect(() => Reflect.apply(writeEof, object, [])).toThrow(wrongType);
  expect(() => Reflect.get(MemoryBIO.prototype, 'pending', object)).toThrow(wrongType);
  expect(() => Reflect.get(MemoryBIO.prototype, 'eof', object)).toThrow(wrongType);
}

/** Turns the event loop until the object is gone; the test's time limit ends it otherwise. */
async function collect(reference: WeakRef<object>): Promise<void> {
  while (reference.deref() !== undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  // The finalizer of the add-on runs in a turn after that of the collection.
  await new Promise((resolve) => setImmediate(resolve));
}
