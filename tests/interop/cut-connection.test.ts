import { checkTransport, type SSLContext, SSLError, type SSLSocket } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { VERSIONS } from '../support/contexts.ts';
import { type Cut, makeCutPair } from '../support/cut-transport.ts';
import { socketClientContext, socketServerContext } from '../support/socket-contexts.ts';

const CUT_CODE = /^(ERR_SSL_EOF|ECONNRESET)$/;

interface Contexts {
  client: SSLContext;
  server: SSLContext;
}

/** A handshake over a connection that is cut, to its end on both sides, whatever that is. */
async function shakeHands({ client, server }: Contexts, there: Cut = {}, back: Cut = {}) {
  const [near, far] = makeCutPair(there, back);
  const results = await Promise.allSettled([
    client.wrapSocket(near, { serverHostname: 'localhost' }),
    server.wrapSocket(far, { serverSide: true }),
  ]);
  return { near, far, results };
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? result.reason : undefined;
}

test('the transport that cuts keeps the contract while it does not', async () => {
  await checkTransport(() => makeCutPair());
  await checkTransport(() => makeCutPair({ chunk: 1000 }, { chunk: 7 }));
});

describe.each(VERSIONS)('%s', (_name, version) => {
  const contexts = async (): Promise<Contexts> => ({
    client: await socketClientContext(version),
    server: await socketServerContext('server', version),
  });

  test('a handshake whose bytes come one by one succeeds', async () => {
    const { results } = await shakeHands(await contexts(), { chunk: 1 }, { chunk: 1 });
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  test.each(['end', 'reset'] as const)(
    'a handshake that is cut anywhere by %s fails on both sides and hangs on none',
    async (how) => {
      const both = await contexts();
      const whole = await shakeHands(both);
      const flights = { there: whole.near.written, back: whole.far.written };
      for (const direction of ['there', 'back'] as const) {
        // The last flight may be complete on one side before the cut; up to it nobody can be done.
        const step = Math.floor(flights[direction] / 97);
        expect(step).toBeGreaterThan(0);
        for (let after = 0; after < flights[direction]; after += step) {
          const cut: Cut = { after, with: how };
          const { results } = await shakeHands(both, direction === 'there' ? cut : {}, direction === 'back' ? cut : {});
          const failures = results.map(reasonOf).filter((reason) => reason !== undefined);
          // TLS 1.3: a server's tickets, and a client's Finished, come when the other side may be done already.
          if (failures.length === 0) expect(direction).toBe('back');
          for (const failure of failures) expect(failure).toBeInstanceOf(Error);
          for (const failure of failures) expect(failure).toMatchObject({ code: expect.stringMatching(CUT_CODE) });
        }
      }
    },
    60_000,
  );

  test('data that is cut anywhere is never taken for the whole', async () => {
    const both = await contexts();
    const { near, results } = await shakeHands(both);
    const before = near.written;
    const [client] = results;
    if (client.status === 'fulfilled') await client.value.sendAll('0123456789');
    const record = near.written - before;
    for (let cut = 0; cut < record; cut++) {
      const { results: pair } = await shakeHands(both, { after: before + cut });
      const [sender, receiver] = pair.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as [
        SSLSocket<unknown> | undefined,
        SSLSocket<unknown> | undefined,
      ];
      if (sender === undefined || receiver === undefined) throw new Error('The handshake was cut');
      await sender.sendAll('0123456789');
      expect(await receiver.recv()).toHaveLength(0);
      expect(receiver.ended).toBe('truncated');
      receiver.suppressRaggedEofs = false;
      await expect(receiver.recv()).rejects.toBeInstanceOf(SSLError);
    }
  });
});
