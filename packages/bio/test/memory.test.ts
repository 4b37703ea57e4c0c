import { MemoryBIO } from '@sslkit/bio';
import { expect, test } from 'vitest';

const MIB = 2 ** 20;
const chunk = Buffer.alloc(MIB, 1);

function fill(bio: MemoryBIO, mebibytes: number): void {
  for (let i = 0; i < mebibytes; i += 1) bio.write(chunk);
}

function drain(bio: MemoryBIO): void {
  while (bio.pending > 0) bio.read(65_536);
}

test('100 MiB pass through in flat memory', () => {
  const bio = new MemoryBIO();
  const pass = (mebibytes: number) => {
    for (let i = 0; i < mebibytes; i += 1) {
      bio.write(chunk);
      drain(bio);
      // What is measured is not when V8 collects the Buffers that were read.
      if (i % 4 === 3) globalThis.gc?.();
    }
  };
  pass(12);
  const before = process.memoryUsage.rss();
  pass(100);
  expect(process.memoryUsage.rss() - before).toBeLessThan(32 * MIB);
});

test('the memory of a drained queue serves the next one', () => {
  const first = new MemoryBIO();
  fill(first, 128);
  const filled = process.memoryUsage.rss();
  drain(first);
  globalThis.gc?.();
  const second = new MemoryBIO();
  fill(second, 128);
  expect(process.memoryUsage.rss() - filled).toBeLessThan(64 * MIB);
  expect([first.pending, second.pending]).toEqual([0, 128 * MIB]);
});

test('a backlog does not make a call slower', () => {
  const record = Buffer.alloc(16_384, 1);
  const measure = (backlog: number) => {
    const bio = new MemoryBIO();
    fill(bio, backlog);
    const rounds = Array.from({ length: 7 }, () => {
      const start = process.cpuUsage();
      for (let i = 0; i < 400; i += 1) {
        bio.write(record);
        bio.read(record.length);
      }
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.min(...rounds);
  };
  // Moving 16 MiB at each call would make it some hundred times slower.
  expect(measure(16)).toBeLessThan(20 * measure(0));
});
