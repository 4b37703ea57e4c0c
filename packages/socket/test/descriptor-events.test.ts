import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { Descriptor } from '../src/descriptor.ts';
import { type Addon, type DescriptorOwner, descriptorAddon, EVENT_READABLE } from '../src/native.ts';

const addon = descriptorAddon() as Addon;
const idle: DescriptorOwner = { onEvent: () => undefined };

function take(number: number, owner: DescriptorOwner): Descriptor {
  const descriptor = new Descriptor(addon, number, { duplicate: false, owner });
  expect(descriptor.failure).toBe(0);
  return descriptor;
}

/** As many connections as there are owners, each with one byte to be read that the event loop does not look for yet. */
async function connectAll(owners: DescriptorOwner[]): Promise<Descriptor[]> {
  const listener = take(addon.listen('127.0.0.1', 0, 511), idle);
  const [host, port] = listener.getSockName() as readonly [string, number];
  const far: Descriptor[] = [];
  const near: Descriptor[] = [];
  for (const owner of owners) {
    const connecting = addon.connect(host, port, undefined, undefined);
    if (typeof connecting === 'number') throw new Error(`No connection: ${connecting}`);
    far.push(take(connecting[0], idle));
    const accepted = await vi.waitUntil(() => {
      const found = listener.accept();
      return typeof found === 'number' ? null : found;
    });
    near.push(take(accepted[0], owner));
  }
  for (const descriptor of far) expect(descriptor.write(Buffer.from('x'))).toBe(1);
  listener.close();
  return near;
}

describe.skipIf(addon === null)(
  `events of descriptors${addon === null ? ' (skipped: there is no add-on)' : ''}`,
  () => {
    test('a descriptor that an event before its own has closed is told nothing', async () => {
      let told = 0;
      const onEvent = () => {
        told += 1;
        for (const descriptor of descriptors) descriptor.close();
      };
      const descriptors = await connectAll(Array.from({ length: 8 }, () => ({ onEvent })));
      for (const descriptor of descriptors) descriptor.watch(true, false);
      await vi.waitUntil(() => told > 0);
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      expect(told).toBe(1);
    });

    test('more of them than are told at once all arrive, each to its own', async () => {
      const count = 150;
      const told: number[] = Array.from({ length: count }, () => 0);
      const owners = told.map((_, index) => ({
        onEvent(status: number, events: number) {
          expect([status, events & EVENT_READABLE]).toEqual([0, EVENT_READABLE]);
          told[index] = (told[index] ?? 0) + (descriptors[index]?.read(new Uint8Array(10)) ?? 0);
        },
      }));
      const descriptors = await connectAll(owners);
      for (const descriptor of descriptors) descriptor.watch(true, false);
      await vi.waitUntil(() => told.every((bytes) => bytes !== 0));
      expect(told.every((bytes) => bytes === 1)).toBe(true);
      for (const descriptor of descriptors) descriptor.close();
    });

    test('what one of them throws is an uncaught exception, and the others are told all the same', async () => {
      const caught: unknown[] = [];
      const before = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.on('uncaughtException', (error) => caught.push(error));
      try {
        const numbers = [0, 1, 2, 3];
        const owners = numbers.map((index) => ({
          onEvent() {
            descriptors[index]?.close();
            throw new RangeError(`of ${index}`);
          },
        }));
        const descriptors = await connectAll(owners);
        for (const descriptor of descriptors) descriptor.watch(true, false);
        await vi.waitUntil(() => caught.length === numbers.length);
        expect(caught.map(String).sort()).toEqual(numbers.map((index) => `RangeError: of ${index}`));
      } finally {
        process.removeAllListeners('uncaughtException');
        for (const listener of before) process.on('uncaughtException', listener);
      }
    });

    test('a closed one is refused, whoever has its place by then', async () => {
      const [closed] = (await connectAll([idle])) as [Descriptor];
      closed.close();
      for (let turn = 0; turn < 3; turn += 1) await nextTurn();
      const [open] = (await connectAll([idle])) as [Descriptor];
      expect(closed.read(new Uint8Array(1))).toBeLessThan(0);
      expect(closed.write(new Uint8Array(1))).toBeLessThan(0);
      expect([closed.number(), closed.isReferenced(), closed.failure < 0]).toEqual([-1, false, true]);
      closed.close();
      expect(closed.release()).toBeLessThan(0);
      expect(open.number()).toBeGreaterThan(0);
      expect(open.read(new Uint8Array(1))).toBe(1);
      open.close();
    });

    test('numbers that are no place are refused', () => {
      for (const place of [-1, 1_000_000, 2 ** 31]) {
        expect(addon.read(place, new Uint8Array(1))).toBeLessThan(0);
        expect(addon.number(place)).toBe(-1);
      }
      expect(addon.take(-1, true)).toBeLessThan(0);
      expect(addon.take(1_000_000, true)).toBeLessThan(0);
    });
  },
);
