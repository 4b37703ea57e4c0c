import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MemoryBIO } from '@sslkit/bio';
import { expect, onTestFinished, test } from 'vitest';
import { locateBinary } from '../src/addon-loader.ts';
import { place } from '../src/native.ts';
import { buildProbe, probeObstacle } from './handle-probe.ts';

const exchange = `
  const { parentPort, workerData } = require('node:worker_threads');
  const native = require(workerData);
  const bio = {};
  const place = native.attach(bio);
  const chunk = Buffer.alloc(50_000, 3);
  const target = Buffer.alloc(50_000);
  let total = 0;
  const pass = () => { native.write(place, chunk); total += native.read(place, target); };
`;

function start(code: string): Worker {
  return new Worker(exchange + code, { eval: true, workerData: locateBinary(place) });
}

test('worker threads use MemoryBIOs of their own at the same time', async () => {
  const workers = Array.from({ length: 4 }, () =>
    start('for (let i = 0; i < 500; i += 1) pass(); parentPort.postMessage(total);'),
  );
  const bio = new MemoryBIO();
  bio.write(Buffer.from('main'));
  const totals = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  await Promise.all(workers.map((worker) => worker.terminate()));
  expect(totals).toEqual([25_000_000, 25_000_000, 25_000_000, 25_000_000]);
  expect(bio.read().toString()).toBe('main');
});

test('a worker that is terminated in the midst of its work leaves the others alone', async () => {
  const bio = new MemoryBIO();
  for (let i = 0; i < 5; i += 1) {
    const worker = start(`native.write(place, chunk); parentPort.postMessage('started'); for (;;) pass();`);
    await once(worker, 'message');
    await worker.terminate();
    bio.write(Buffer.from('x'));
  }
  expect(bio.read().toString()).toBe('xxxxx');
});

const reason = probeObstacle === undefined ? '' : ` (skipped: ${probeObstacle})`;

test.skipIf(probeObstacle !== undefined)(`a BIO outlives the only thread that loaded the add-on${reason}`, () => {
  // In a process of its own: here the main thread has loaded the add-on and so keeps it.
  const script = `
    const { Worker } = require('node:worker_threads');
    const probe = require(process.argv[1]);
    const worker = new Worker(\`
      const { workerData } = require('node:worker_threads');
      const native = require(workerData.binary);
      const bio = {};
      native.write(native.attach(bio), Buffer.alloc(100_000, 5));
      if (require(workerData.probe).hold(bio) !== 0) throw new Error('no slot');
    \`, { eval: true, workerData: { probe: process.argv[1], binary: process.argv[2] } });
    worker.on('exit', () => {
      const target = Buffer.alloc(100_000);
      const count = probe.read(0, target);
      probe.drop(0);
      console.log(count, target.every((byte) => byte === 5));
    });
  `;
  const path = buildProbe();
  onTestFinished(() => rmSync(dirname(path), { recursive: true }));
  const { stdout, status, signal } = spawnSync(process.execPath, ['-e', script, path, locateBinary(place)], {
    encoding: 'utf8',
  });
  expect({ stdout, status, signal }).toEqual({ stdout: '100000 true\n', status: 0, signal: null });
});
