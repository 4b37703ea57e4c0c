import { MemoryBIO } from '@sslkit/bio';
import { PROTOCOL_TLS_CLIENT, SSLContext, SSLSession } from '@sslkit/context';
import { beforeAll, expect, test } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { makeMemoryPair, moveBytes, shakeHands } from '../support/memory-pair.ts';

// Each file of tests has a process of its own: its resident memory is that of these objects.

const MIB = 2 ** 20;
const BATCH = 500;

let client: SSLContext;
let sessionBytes: Buffer;

beforeAll(async () => {
  client = await makeClientContext();
  const pair = makeMemoryPair(client, await makeServerContext());
  shakeHands(pair);
  moveBytes(pair.server, pair.client);
  pair.client.read();
  sessionBytes = pair.client.object.session?.toBytes() ?? Buffer.alloc(0);
});

const room = Buffer.alloc(4096);

/** Starts a handshake, so that there are buffers, a key share and queued bytes. */
function startOverBuffers() {
  const object = client.wrapBuffers({ serverHostname: 'localhost' });
  object.tryHandshake();
  return object;
}

function startOverQueues() {
  const object = client.wrapBio(new MemoryBIO(), new MemoryBIO(), { serverHostname: 'localhost' });
  object.tryHandshake();
  return object;
}

const KINDS: [name: string, count: number, make: () => unknown][] = [
  ['SSLObject over buffers that nobody closes', 30_000, startOverBuffers],
  ['SSLObject over buffers, drained and closed', 10_000, () => closeAfter(startOverBuffers())],
  ['SSLObject over a pair of MemoryBIO that nobody closes', 30_000, startOverQueues],
  ['SSLObject over a pair of MemoryBIO, closed', 10_000, () => startOverQueues().close()],
  ['SSLSession', 18_000, () => SSLSession.fromBytes(sessionBytes, client).id],
  ['SSLContext', 2_000, () => new SSLContext(PROTOCOL_TLS_CLIENT)],
];

test.each(KINDS)(
  '%s: %i of them come and go in flat memory',
  async (_, count, make) => {
    // As many as it takes for the allocator and V8 to reach their size.
    await makeAndCollect(Math.max(BATCH, count / 10), make);
    const before = await measure();
    await makeAndCollect(count, make);
    // One that stayed in ten would be more: the smallest of them takes a KiB.
    expect((await measure()) - before).toBeLessThan(16 * MIB);
  },
  120_000,
);

function closeAfter(object: ReturnType<typeof startOverBuffers>): void {
  object.drain(room);
  object.close();
}

async function makeAndCollect(count: number, make: () => unknown): Promise<void> {
  for (let made = 0; made < count; made += BATCH) {
    for (let index = 0; index < BATCH; index += 1) make();
    await collect();
  }
}

/** Finalizers run in a turn of the event loop of their own. */
async function collect(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}

async function measure(): Promise<number> {
  for (let round = 0; round < 4; round += 1) await collect();
  return process.memoryUsage.rss();
}
