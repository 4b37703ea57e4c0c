import { type EventEmitter, once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { tcpPair, track, wrapPair } from './loopback.ts';

const IDLE = 200; // milliseconds

/** The two ways in which a connection passes for a socket with an idle time-out. */
type Timed = EventEmitter & { setTimeout(milliseconds: number): unknown };

describe.each(['auto', 'stream'] as const)('over the transport %s', (transport) => {
  const openPair = async () => wrapPair(await tcpPair(), { client: { transport }, server: { transport } });

  test('a stream that sends, or receives, is not idle, and is once it has stopped', async () => {
    const prove = async (sends: boolean) => {
      const [client, server] = await openPair();
      const [near, far] = [track(client.makefile()), track(server.makefile())];
      await provePostponement(near, () => (sends ? pass(near, far) : pass(far, near)));
    };
    await Promise.all([prove(true), prove(false)]);
  });

  test('a socket under TLS that sends, or receives, is not idle, and is once it has stopped', async () => {
    const prove = async (sends: boolean) => {
      const [client, server] = await openPair();
      const [from, to] = sends ? [client, server] : [server, client];
      await provePostponement(client.lower, async () => {
        await from.sendAll('.');
        await to.recv();
      });
    };
    await Promise.all([prove(true), prove(false)]);
  });
});

async function pass(from: Duplex, to: Duplex): Promise<void> {
  const received = once(to, 'data');
  from.write('.');
  await received;
}

/**
 * Keeps a connection busy for longer than it may be idle, and then no more. A busy machine may hold up the traffic
 * itself: a stretch in which it did proves nothing and begins anew.
 */
async function provePostponement(timed: Timed, exchange: () => Promise<void>): Promise<void> {
  let expired = 0;
  timed.on('timeout', () => expired++);
  let start = performance.now();
  let last = start;
  timed.setTimeout(IDLE);
  while (last - start < 2 * IDLE) {
    await exchange();
    const now = performance.now();
    if (now - last > IDLE / 3) {
      expired = 0;
      start = now;
    }
    last = now;
  }
  expect(expired).toBe(0);
  while (expired === 0) await once(timed, 'timeout');
  timed.setTimeout(0);
}
