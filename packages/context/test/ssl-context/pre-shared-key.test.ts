import {
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  type PskClientCallback,
  type PskServerCallback,
  SSLContext,
  TLSVersion,
} from '@sslkit/context';
import { restrictVersion } from '@sslkit/test-support/contexts.ts';
import {
  collectHandshakeErrors,
  type MemoryPair,
  makeMemoryPair,
  moveBytes,
  shakeHands,
  WAYS,
} from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

const KEY = Buffer.from('c0ffee00c0ffee00c0ffee00c0ffee00', 'hex');

interface Keys {
  client?: PskClientCallback | ((hint: string | null) => unknown);
  server?: PskServerCallback | ((identity: string | null) => unknown);
  hint?: string | null;
  version?: TLSVersion;
  way?: 'bio' | 'buffers';
}

/** A pair that has keys in place of certificates. */
function makeKeyPair(keys: Keys): MemoryPair {
  const client = new SSLContext(PROTOCOL_TLS_CLIENT);
  client.checkHostname = false;
  client.verifyMode = 0;
  const server = new SSLContext(PROTOCOL_TLS_SERVER);
  const version = keys.version ?? TLSVersion.TLSv1_2;
  for (const context of [client, server]) {
    restrictVersion(context, version);
    if (version === TLSVersion.TLSv1_2) context.setCiphers('PSK');
    // OpenSSL binds a plain key to SHA-256.
    else context.setCiphersuites('TLS_AES_128_GCM_SHA256');
  }
  client.setPskClientCallback((keys.client ?? (() => ['me', KEY])) as PskClientCallback);
  server.setPskServerCallback((keys.server ?? (() => KEY)) as PskServerCallback, keys.hint ?? null);
  return makeMemoryPair(client, server, { way: keys.way ?? 'bio' });
}

describe.each([
  ['TLS 1.2', TLSVersion.TLSv1_2],
  ['TLS 1.3', TLSVersion.TLSv1_3],
])('%s', (_, version) => {
  test.each(WAYS)('a handshake over %s needs no certificate', (way) => {
    const asked: (string | null)[] = [];
    const server = (identity: string | null) => {
      asked.push(identity);
      return KEY;
    };
    const pair = makeKeyPair({ version, way, server });
    shakeHands(pair);
    pair.client.write(Buffer.from('secret'));
    moveBytes(pair.client, pair.server);
    expect(pair.server.read()).toEqual(Buffer.from('secret'));
    expect(asked).toEqual(['me']);
    expect(pair.client.object.getPeerCert()).toBeNull();
  });

  test('an identity that is not ASCII arrives', () => {
    const asked: (string | null)[] = [];
    const server = (identity: string | null) => {
      asked.push(identity);
      return KEY;
    };
    shakeHands(makeKeyPair({ version, client: () => ['Zoë', KEY], server }));
    expect(asked).toEqual(['Zoë']);
  });

  test('another key fails on the server', () => {
    const { server } = collectHandshakeErrors(makeKeyPair({ version, server: () => Buffer.alloc(16, 1) }));
    expect(server).toMatchObject({ errno: 1, library: 'SSL' });
  });
});

describe('TLS 1.2', () => {
  test('the client is given the hint of the server', () => {
    const hints: (string | null)[] = [];
    const client = (hint: string | null): [string, Buffer] => {
      hints.push(hint);
      return ['me', KEY];
    };
    shakeHands(makeKeyPair({ client, hint: 'which one?' }));
    expect(hints).toEqual(['which one?']);
  });

  test('the client is given null where there is no hint', () => {
    const hints: (string | null)[] = [];
    const client = (hint: string | null): [string, Buffer] => {
      hints.push(hint);
      return ['me', KEY];
    };
    shakeHands(makeKeyPair({ client }));
    expect(hints).toEqual([null]);
  });

  test('an identity of null arrives as null', () => {
    const asked: (string | null)[] = [];
    const server = (identity: string | null) => {
      asked.push(identity);
      return KEY;
    };
    shakeHands(makeKeyPair({ client: () => [null, KEY], server }));
    expect(asked).toEqual([null]);
  });

  test('an empty key of the server refuses: PSK_IDENTITY_NOT_FOUND', () => {
    const { server } = collectHandshakeErrors(makeKeyPair({ server: () => Buffer.alloc(0) }));
    expect(server).toMatchObject({ code: 'ERR_SSL_PSK_IDENTITY_NOT_FOUND' });
  });

  test('another key: DECRYPTION_FAILED_OR_BAD_RECORD_MAC', () => {
    const { server } = collectHandshakeErrors(makeKeyPair({ server: () => Buffer.alloc(16, 1) }));
    expect(server).toMatchObject({ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' });
  });
});

const problems: [string, (...values: unknown[]) => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('no key today');
    },
  ],
  ['gives nothing', () => undefined],
  ['gives text', () => 'key'],
  ['gives a number', () => 7],
  ['gives a pair of nothing', () => [null, null]],
  ['gives a key of 1,000 bytes', () => ['me', Buffer.alloc(1000)]],
  ['gives an identity of 1,000 bytes', () => ['x'.repeat(1000), KEY]],
];

test.each(problems)('a client whose callback %s fails in the handshake', (_, client) => {
  const errors = collectHandshakeErrors(makeKeyPair({ client }));
  expect(errors.client).toBeInstanceOf(Error);
});

test.each(problems.slice(0, 5))('a server whose callback %s fails in the handshake', (_, server) => {
  const errors = collectHandshakeErrors(makeKeyPair({ server }));
  expect(errors.server).toBeInstanceOf(Error);
});

test('what a callback throws is the cause of the error of the handshake', () => {
  const reason = new Error('no key today');
  const errors = collectHandshakeErrors(
    makeKeyPair({
      client: () => {
        throw reason;
      },
    }),
  );
  expect(errors.client).toMatchObject({ cause: reason });
});

test('a callback that uses its connection gets an error or an answer, never a crash', () => {
  let answers = 0;
  const pair = makeKeyPair({
    client: () => {
      for (const call of ['tryHandshake', 'close', 'version', 'pending'] as const) {
        try {
          pair.client.object[call]();
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        answers += 1;
      }
      return ['me', KEY];
    },
  });
  const errors = collectHandshakeErrors(pair);
  expect(answers).toBe(4);
  expect(errors.client === undefined || errors.client instanceof Error).toBe(true);
});
