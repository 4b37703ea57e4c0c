import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext, makeServerContext } from '@sslkit/test-support/contexts.ts';
import { makeMemoryPair, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

// A worker cannot load TypeScript: it takes what was built.
const entry = new URL('../dist/index.js', import.meta.url);
const isBuilt = existsSync(entry);

const PRELUDE = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { createDefaultContext, Purpose } = await import(workerData.entry);
  const client = createDefaultContext({ cadata: workerData.root });
  const server = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  server.loadCertChain({ cert: workerData.cert, key: workerData.key });
  const room = Buffer.alloc(65536);
  function shakeHands() {
    const ends = [client.wrapBuffers({ serverHostname: 'localhost' }), server.wrapBuffers({ serverSide: true })];
    let incoming = Buffer.alloc(0);
    for (let turn = 0; turn < 5; turn += 1) {
      const end = ends[turn % 2];
      end.tryHandshake(incoming);
      incoming = Buffer.from(room.subarray(0, end.drain(room)));
    }
    return ends[0].version();
  }
`;

async function start(code: string): Promise<Worker> {
  const [root, { chainPem, privateKeyPem }] = await Promise.all([
    takeCertificate('authority'),
    takeCertificate('server'),
  ]);
  const workerData = { entry: entry.href, root: root.certificatePem, cert: chainPem, key: privateKeyPem };
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(PRELUDE + code)}`), { workerData });
}

describe.skipIf(!isBuilt)(`worker threads${isBuilt ? '' : ' (skipped: the package is not built)'}`, () => {
  test('several shake hands at the same time as the main thread', async () => {
    const workers = await Promise.all(
      Array.from({ length: 3 }, () =>
        start(`for (let i = 0; i < 50; i += 1) shakeHands(); parentPort.postMessage(shakeHands());`),
      ),
    );
    const answers = workers.map((worker) => once(worker, 'message'));
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext());
    shakeHands(pair);
    expect((await Promise.all(answers)).flat()).toEqual(['TLSv1.3', 'TLSv1.3', 'TLSv1.3']);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  test('one that is terminated in the midst of handshakes leaves the others alone', async () => {
    const contexts = [await makeClientContext(), await makeServerContext()] as const;
    for (let round = 0; round < 4; round += 1) {
      const worker = await start(`parentPort.postMessage(''); for (;;) shakeHands();`);
      await once(worker, 'message');
      await worker.terminate();
      const pair = makeMemoryPair(...contexts);
      shakeHands(pair);
      expect(pair.client.object.version()).toBe('TLSv1.3');
    }
  });

  test('one that ends with connections open gives them back', async () => {
    const worker = await start(`shakeHands(); parentPort.postMessage('');`);
    const exit = once(worker, 'exit');
    await once(worker, 'message');
    expect(await exit).toEqual([0]);
  });
});
