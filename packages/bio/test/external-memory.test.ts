import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { MemoryBIO } from '@sslkit/bio';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildProbe, type HandleProbe, probeObstacle, requireAddon } from './handle-probe.ts';

const MIB = 2 ** 20;
const chunk = Buffer.alloc(MIB, 1);

function fill(bio: MemoryBIO, mebibytes: number): void {
  for (let i = 0; i < mebibytes; i += 1) bio.write(chunk);
}

const suffix = probeObstacle === undefined ? '' : ` (skipped: ${probeObstacle})`;

describe.skipIf(probeObstacle !== undefined)(`the memory that V8 is told of${suffix}`, () => {
  let probe: HandleProbe;
  beforeAll(() => {
    const path = buildProbe();
    probe = requireAddon<HandleProbe>(path);
    return () => rmSync(dirname(path), { recursive: true });
  });

  // What earlier tests left behind must not go while a later one measures.
  beforeEach(async () => {
    for (let i = 0; i < 3; i += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  /** Reads as an SSL does, without a Buffer that would count as memory itself. */
  const target = Buffer.alloc(65_536);
  function takeNatively(bio: MemoryBIO, count: number): void {
    const slot = probe.hold(bio);
    for (let left = count; left > 0; ) left -= probe.read(slot, target.subarray(0, Math.min(left, target.length)));
    probe.drop(slot);
  }

  test('follows what is queued, up and down', () => {
    const bio = new MemoryBIO();
    const before = probe.external();
    fill(bio, 64);
    expect(probe.external() - before).toBeGreaterThan(63 * MIB);
    expect(probe.external() - before).toBeLessThan(66 * MIB);
    takeNatively(bio, 64 * MIB);
    bio.read();
    expect(probe.external() - before).toBeLessThan(0.1 * MIB);
  });

  test('is no more than one segment when the queue is nearly drained', () => {
    const bio = new MemoryBIO();
    const before = probe.external();
    fill(bio, 64);
    takeNatively(bio, 64 * MIB - 2);
    bio.read(1);
    expect(bio.pending).toBe(1);
    expect(probe.external() - before).toBeLessThan(0.1 * MIB);
  });

  test('is about that of the bytes when they came in many small writes', () => {
    const bio = new MemoryBIO();
    const byte = Uint8Array.of(7);
    const before = probe.external();
    for (let i = 0; i < 400_000; i += 1) bio.write(byte);
    expect(probe.external() - before).toBeGreaterThan(390_000);
    expect(probe.external() - before).toBeLessThan(500_000);
    expect(bio.read().equals(Buffer.alloc(400_000, 7))).toBe(true);
  });

  test('goes when the objects are collected', async () => {
    const before = probe.external();
    for (let i = 0; i < 50; i += 1) fill(new MemoryBIO(), 1);
    // The test's time limit ends this where it does not come true.
    while (probe.external() - before > MIB) {
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc?.();
    }
  });
});
