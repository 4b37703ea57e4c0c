import { AlertDescription, type ServerNameCallback, type TLSVersion } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import {
  collectHandshakeErrors,
  cutEvery,
  type HandshakeFailure,
  makeMemoryPair,
  shakeHands,
  WAYS,
} from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

interface Attempt extends HandshakeFailure {
  /** What the callback was given, once a call. */
  readonly calls: readonly Parameters<ServerNameCallback>[];
}

/** Shakes hands with a server that has this callback, and gives back what was thrown. */
async function attempt(
  callback: (...values: Parameters<ServerNameCallback>) => unknown,
  serverHostname: string | null = 'localhost',
  version?: TLSVersion,
): Promise<Attempt> {
  const calls: Parameters<ServerNameCallback>[] = [];
  const client = await makeClientContext(version === undefined ? {} : { version });
  const server = await makeServerContext();
  server.sniCallback = (...values) => {
    calls.push(values);
    return callback(...values) as ReturnType<ServerNameCallback>;
  };
  const errors = collectHandshakeErrors(makeMemoryPair(client, server, { client: { serverHostname } }));
  return { ...errors, calls };
}

describe.each(VERSIONS)('%s', (_, version) => {
  test.each(WAYS)('the callback is called once over %s, whatever pieces the ClientHello comes in', async (way) => {
    const names: unknown[] = [];
    const client = await makeClientContext({ version });
    const server = await makeServerContext();
    server.sniCallback = (_, name) => {
      names.push(name);
      return null;
    };
    shakeHands(makeMemoryPair(client, server, { way }), cutEvery(7));
    expect(names).toEqual(['localhost']);
  });

  test('it gets the connection, the name and the context it was set on', async () => {
    const client = await makeClientContext({ version });
    const server = await makeServerContext();
    let given: unknown[] = [];
    server.sniCallback = (...values) => {
      given = values;
      return null;
    };
    const pair = makeMemoryPair(client, server);
    shakeHands(pair);
    expect(given).toEqual([pair.server.object, 'localhost', server]);
    expect(given[0]).toBe(pair.server.object);
    expect(given[2]).toBe(server);
  });

  test('it is called without a name too', async () => {
    const { calls, server } = await attempt(() => null, null, version);
    expect(calls.map(([, name]) => name)).toEqual([null]);
    expect(server).toBeUndefined();
  });

  test('a context that it switches to shows its certificate', async () => {
    const client = await makeClientContext({ version });
    const server = await makeServerContext();
    const other = await makeServerContext({ certificate: 'otherName' });
    server.sniCallback = (connection) => {
      connection.context = other;
      return null;
    };
    const pair = makeMemoryPair(client, server, { client: { serverHostname: 'other.example' } });
    shakeHands(pair);
    const { certificate } = await takeCertificate('otherName');
    expect(pair.client.object.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate));
    expect(pair.server.object.context).toBe(other);
  });

  test.each([
    ['UNRECOGNIZED_NAME', AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME],
    ['ACCESS_DENIED', AlertDescription.ALERT_DESCRIPTION_ACCESS_DENIED],
  ])('an alert that it returns, %s, goes to the client', async (name, number) => {
    const { client, server } = await attempt(() => number, 'localhost', version);
    expect(server).toMatchObject({
      code: 'ERR_SSL_CALLBACK_FAILED',
      errno: 1,
      reason: 'CALLBACK_FAILED',
      alert: { number, name, direction: 'sent' },
    });
    expect(client).toMatchObject({ alert: { number, name, direction: 'received' } });
  });

  test.each([['text'], [1.5], [256], [-1], [{}], [true]])(
    'what is no alert, %o, becomes INTERNAL_ERROR',
    async (value) => {
      const { client } = await attempt(() => value, 'localhost', version);
      expect(client).toMatchObject({ alert: { name: 'INTERNAL_ERROR', direction: 'received' } });
    },
  );

  test('what it throws becomes HANDSHAKE_FAILURE and the cause of the server’s error', async () => {
    const reason = new Error('no such customer');
    const { client, server } = await attempt(
      () => {
        throw reason;
      },
      'localhost',
      version,
    );
    expect(server).toMatchObject({ code: 'ERR_SSL_CALLBACK_FAILED', cause: reason });
    expect(client).toMatchObject({ alert: { name: 'HANDSHAKE_FAILURE', direction: 'received' } });
  });
});

test('the alert 0 ends the handshake too', async () => {
  const { client, server } = await attempt(() => 0);
  expect(server).toMatchObject({ code: 'ERR_SSL_CALLBACK_FAILED' });
  expect(client).toBeInstanceOf(SSLError);
});

test('a callback that closes the connection ends the handshake with a state error', async () => {
  const { server } = await attempt((connection) => {
    connection.close();
  });
  expect(server).toMatchObject({ code: 'ERR_INVALID_STATE' });
});

test('a callback that goes on with the handshake itself gets an error or an outcome, never a crash', async () => {
  const { calls, server } = await attempt((connection) => {
    connection.tryHandshake();
    return null;
  });
  expect(calls.length).toBeLessThan(3);
  expect(server === undefined || server instanceof Error).toBe(true);
});

test('a callback that switches to what is no context ends the handshake', async () => {
  const { server } = await attempt((connection) => {
    (connection as { context: unknown }).context = {};
  });
  expect(server).toBeInstanceOf(SSLError);
  expect((server as Error).cause).toBeInstanceOf(TypeError);
});

test('a callback that was taken away is not called', async () => {
  const server = await makeServerContext();
  server.sniCallback = () => 80;
  server.sniCallback = null;
  const pair = makeMemoryPair(await makeClientContext(), server);
  shakeHands(pair);
  expect(pair.server.object.version()).toBe('TLSv1.3');
});

describe('setServernameCallback()', () => {
  test.each([
    ['an A-label', 'pythön.org', 'pythön.org'],
    ['ASCII', 'Host.Example', 'Host.Example'],
    ['what was encoded already', 'xn--pythn-mua.org', 'pythön.org'],
  ])('gives %s decoded', async (_, asked, expected) => {
    const names: (string | null)[] = [];
    const server = await makeServerContext();
    server.setServernameCallback((_, name) => {
      names.push(name);
      return null;
    });
    const client = await makeClientContext();
    client.checkHostname = false;
    shakeHands(makeMemoryPair(client, server, { client: { serverHostname: asked } }));
    expect(names).toEqual([expected]);
  });

  test('gives null where there is no name', async () => {
    const names: (string | null)[] = [];
    const server = await makeServerContext();
    server.setServernameCallback((_, name) => {
      names.push(name);
      return null;
    });
    shakeHands(makeMemoryPair(await makeClientContext(), server, { client: { serverHostname: '127.0.0.1' } }));
    expect(names).toEqual([null]);
  });

  test('a name that cannot be decoded is refused with INTERNAL_ERROR', async () => {
    const server = await makeServerContext();
    server.setServernameCallback(() => null);
    const client = await makeClientContext();
    const pair = makeMemoryPair(client, server, { client: { serverHostname: 'xn--999999999.example' } });
    const errors = collectHandshakeErrors(pair);
    expect(errors.client).toMatchObject({ alert: { name: 'INTERNAL_ERROR', direction: 'received' } });
  });
});
