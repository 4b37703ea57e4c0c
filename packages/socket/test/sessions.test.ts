import { SessionCache, SSLEOFError, type SSLSession } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext, versions } from './certificates.ts';
import { tlsPair } from './loopback.ts';

describe.each(versions)('%s', (_name, version) => {
  test('awaitSession() gives a session that is resumed, again and again', async () => {
    const cache = new SessionCache();
    const context = await clientContext(version);
    const server = { context: await serverContext() };
    const reused: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const [client, peer] = await tlsPair({ client: { context, session: cache.take('server') }, server });
      cache.put('server', await client.awaitSession());
      reused.push([client.sessionReused, peer.sessionReused]);
      await client.close({ notify: true });
    }
    expect(reused).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
  });

  test('awaitSession() keeps plaintext for the next read', async () => {
    const [client, server] = await tlsPair({ client: { context: await clientContext(version) } });
    await server.sendAll('before the session was asked for');
    await client.awaitSession();
    expect(String(await client.recv())).toBe('before the session was asked for');
  });
});

test('awaitSession() rejects when none comes, and when nobody waits any more', async () => {
  const context = await serverContext();
  context.numTickets = 0;
  const [client, server] = await tlsPair({ server: { context } });
  const stop = new AbortController();
  const waiting = client.awaitSession({ signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORT_ERR' });
  const again = client.awaitSession().catch((error) => error);
  await server.close({ notify: true });
  expect(await again).toBeInstanceOf(SSLEOFError);
});

describe('SessionCache', () => {
  const session = (timeout = 1000) => ({ time: Date.now() / 1000, timeout }) as SSLSession;

  test('gives the newest session of a server, and each once', () => {
    const cache = new SessionCache();
    const [older, newer, other] = [session(), session(), session()];
    cache.put('a', older);
    cache.put('a', newer);
    cache.put('b', other);
    expect([cache.take('a'), cache.take('a'), cache.take('a'), cache.take('b')]).toEqual([newer, older, null, other]);
    expect(cache.size).toBe(0);
  });

  test('gives no session that has expired', () => {
    const cache = new SessionCache();
    cache.put('a', session(-1));
    expect([cache.take('a'), cache.size]).toEqual([null, 0]);
  });

  test('forgets the oldest beyond its capacity', () => {
    const cache = new SessionCache(2);
    const sessions = [session(), session(), session()];
    for (const [index, each] of sessions.entries()) cache.put(String(index), each);
    expect([cache.take('0'), cache.take('1'), cache.take('2')]).toEqual([null, sessions[1], sessions[2]]);
  });

  test.each([[0], [-1], [1.5]])('a capacity of %s is refused', (capacity) => {
    expect(() => new SessionCache(capacity)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });
});
