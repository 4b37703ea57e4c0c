import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { cutAt, cutEvery, makeMemoryPair, shakeHands, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { scale } from '@sslkit/test-support/thorough.ts';
import { describe, expect, test } from 'vitest';

const KEYS = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
] as const;

describe.each(VERSIONS)('%s', (_, version) => {
  describe.each(KEYS)('with an %s certificate', (_, certificate) => {
    const contexts = Promise.all([makeClientContext({ version }), makeServerContext({ version, certificate })]);

    test.each(WAYS)('a handshake over %s completes on both sides', async (way) => {
      const pair = makeMemoryPair(...(await contexts), { way });
      shakeHands(pair);
      expect(pair.client.object.version()).toBe(pair.server.object.version());
      expect(pair.client.object.cipher()).toEqual(pair.server.object.cipher());
    });

    test.each(WAYS)('a handshake over %s completes when its bytes arrive one by one', async (way) => {
      const pair = makeMemoryPair(...(await contexts), { way });
      shakeHands(pair, cutEvery(1));
      expect(pair.client.object.cipher()).not.toBeNull();
    });

    test.each(WAYS)('a handshake over %s completes with its flights cut in two at every offset', async (way) => {
      const longest = Math.max(...shakeHands(makeMemoryPair(...(await contexts), { way })));
      for (let offset = 1; offset < longest; offset += scale(1, 37)) {
        const pair = makeMemoryPair(...(await contexts), { way });
        shakeHands(pair, cutAt(offset));
        pair.client.object.close();
        pair.server.object.close();
      }
      expect(longest).toBeGreaterThan(200);
    });
  });
});
