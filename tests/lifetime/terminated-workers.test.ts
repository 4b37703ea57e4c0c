import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { takeCertificate } from '../support/certificates.ts';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { makeMemoryPair, shakeHands } from '../support/memory-pair.ts';

const script = new URL('./endless-handshakes.mjs', import.meta.url);
// A worker cannot load TypeScript: it takes what was built.
const isBuilt = existsSync(fileURLToPath(new URL('../../packages/context/dist/index.js', import.meta.url)));

/** What a worker is doing when it is stopped; each is a loop in endless-handshakes.mjs. */
const OCCUPATIONS = [
  'handshakes over buffers',
  'handshakes over MemoryBIOs',
  'handshakes that fail',
  'callbacks',
  'pre-shared keys',
  'messages',
  'objects that nobody closes',
  'contexts',
];

describe.skipIf(!isBuilt)(`worker threads${isBuilt ? '' : ' (skipped: the packages are not built)'}`, () => {
  test.each(OCCUPATIONS)('terminated amid %s leave the process alone', async (occupation) => {
    const { chainPem, privateKeyPem } = await takeCertificate('server');
    const root = (await takeCertificate('authority')).certificatePem;
    const workerData = { occupation, root, cert: chainPem, key: privateKeyPem };
    for (let round = 0; round < 6; round += 1) {
      const workers = [new Worker(script, { workerData }), new Worker(script, { workerData })];
      for (const worker of workers) {
        const [message] = await once(worker, 'message');
        expect(message).toBe('under way');
      }
      // At another place of the loop each time, without a clock: as many passes later as the round says.
      for (const worker of workers) for (let pass = 0; pass < round; pass += 1) await once(worker, 'message');
      const exits = await Promise.all(workers.map((worker) => worker.terminate()));
      expect(exits).toEqual([1, 1]);
    }
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext());
    shakeHands(pair);
    expect(pair.client.object.version()).toBe('TLSv1.3');
  });
});
