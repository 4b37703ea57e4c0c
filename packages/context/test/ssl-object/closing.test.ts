import { Outcome } from '@sslkit/context';
import { SSLEOFError, SSLError, SSLWantReadError, SSLZeroReturnError } from '@sslkit/errors';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { type MemoryPair, makeMemoryPair, moveBytes, shakeHands, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { describe, expect, test } from 'vitest';

describe.each(VERSIONS)('%s', (_, version) => {
  const contexts = Promise.all([makeClientContext({ version }), makeServerContext({ version })]);

  async function connect(way: 'bio' | 'buffers'): Promise<MemoryPair> {
    const pair = makeMemoryPair(...(await contexts), { way });
    shakeHands(pair);
    pair.client.read();
    return pair;
  }

  describe.each(WAYS)('over %s', (way) => {
    test('unwrap wants to read until the close_notify of the peer came', async () => {
      const { client, server } = await connect(way);
      expect(client.unwrap()).toBe(Outcome.WANT_READ);
      expect(client.unwrap()).toBe(Outcome.WANT_READ);
      expect(client.object.shutdownState).toBe(1);
      moveBytes(client, server);
      expect(server.unwrap()).toBe(Outcome.DONE);
      moveBytes(server, client);
      expect(client.unwrap()).toBe(Outcome.DONE);
      expect([client.object.shutdownState, server.object.shutdownState]).toEqual([3, 3]);
    });

    test('a second unwrap sends nothing again', async () => {
      const { client } = await connect(way);
      client.unwrap();
      expect(client.send().length).toBeGreaterThan(0);
      client.unwrap();
      expect(client.send().length).toBe(0);
    });

    test('unwrap during the handshake is refused', async () => {
      const { client } = makeMemoryPair(...(await contexts), { way });
      client.handshake();
      expect(() => client.unwrap()).toThrow(expect.objectContaining({ code: 'ERR_SSL_SHUTDOWN_WHILE_IN_INIT' }));
    });

    test('unwrap refuses data that was not read', async () => {
      const { client, server } = await connect(way);
      server.write(Buffer.from('unread'));
      moveBytes(server, client);
      expect(() => client.unwrap()).toThrow(
        expect.objectContaining({ code: 'ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY' }),
      );
    });

    test('data of the peer can be read after our close_notify', async () => {
      const { client, server } = await connect(way);
      expect(client.unwrap()).toBe(Outcome.WANT_READ);
      server.write(Buffer.from('still here'));
      moveBytes(server, client);
      expect(client.read()).toEqual(Buffer.from('still here'));
    });

    test('unwrap at the end of the transport is an SSLEOFError', async () => {
      const { client } = await connect(way);
      client.unwrap();
      client.receiveEnd();
      expect(() => client.unwrap()).toThrow(SSLEOFError);
    });
  });

  test('bytes behind close_notify stay in the incoming MemoryBIO', async () => {
    const { client, server } = await connect('bio');
    client.unwrap();
    moveBytes(client, server);
    server.receive(Buffer.from('plain'));
    expect(server.read()).toBe(Outcome.CLOSED);
    expect(server.unused).toBe(5);
  });

  test('read() gives nothing, again and again, when only the peer has closed', async () => {
    const { client, server } = await connect('bio');
    client.unwrap();
    moveBytes(client, server);
    expect(server.object.read()).toEqual(Buffer.alloc(0));
    expect(server.object.read()).toEqual(Buffer.alloc(0));
    expect(server.object.read(10, Buffer.alloc(10))).toBe(0);
  });

  test('read() after both have closed is an SSLZeroReturnError', async () => {
    const { client, server } = await connect('bio');
    client.unwrap();
    moveBytes(client, server);
    server.unwrap();
    expect(() => server.object.read()).toThrow(SSLZeroReturnError);
  });

  test('unwrap() throws SSLWantReadError where tryUnwrap() gives WANT_READ', async () => {
    const { client } = await connect('bio');
    expect(() => client.object.unwrap()).toThrow(SSLWantReadError);
  });

  test('a handshake that is started again after unwrap is done already', async () => {
    const { client } = await connect('bio');
    client.unwrap();
    expect(client.handshake()).toBe(Outcome.DONE);
  });

  test('write() may follow the close_notify of the peer, not our own', async () => {
    const { client, server } = await connect('bio');
    client.unwrap();
    moveBytes(client, server);
    expect(server.object.write(Buffer.from('answer'))).toBe(6);
    server.unwrap();
    expect(() => server.object.write(Buffer.from('late'))).toThrow(SSLError);
  });
});
