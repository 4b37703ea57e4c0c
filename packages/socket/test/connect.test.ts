import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSLCertVerificationError, type SSLListener, SSLSocket, TimeoutError } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';
import { listenOnLoopback, track } from './loopback.ts';

const kinds = ['auto', 'stream'] as const;

async function listen(): Promise<{ listener: SSLListener; port: number }> {
  const listener = await (await serverContext()).wrapSocket(new Server());
  track({ destroy: () => void listener.close() });
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  return { listener, port: Number(listener.getSockName()[1]) };
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const { server, port } = await listenOnLoopback();
  server.close();
  await once(server, 'close');
  return port;
}

describe.each(kinds)('SSLContext.connect with the transport %s', (transport) => {
  test('gives a connection whose handshake is done, for the name of the host', async () => {
    const { listener, port } = await listen();
    const [client, [server, peer]] = await Promise.all([
      (await clientContext()).connect(['localhost', port], { transport }),
      listener.accept(),
    ]);
    expect(client).toBeInstanceOf(SSLSocket);
    expect([client.serverHostname, client.serverSide, client.version()]).toEqual(['localhost', false, 'TLSv1.3']);
    expect(client.getSockName()).toEqual(peer);
    await client.sendAll('question');
    expect(String(await server.recv())).toBe('question');
    await client.close({ notify: true });
    expect(await server.recv()).toHaveLength(0);
    expect(server.ended).toBe('close_notify');
  });

  test('takes another name to verify, and closes the connection that has none of it', async () => {
    const { listener, port } = await listen();
    const accepting = listener.accept().catch((error) => error);
    const context = await clientContext();
    await expect(context.connect(['127.0.0.1', port], { transport, serverHostname: 'example.com' })).rejects.toThrow(
      SSLCertVerificationError,
    );
    expect(await accepting).toMatchObject({ library: 'SSL' });
  });

  test('a subclass is what the context makes', async () => {
    class Named extends SSLSocket<Socket> {}
    const { listener, port } = await listen();
    const context = await clientContext();
    context.sslsocketClass = Named as typeof SSLSocket;
    const [client] = await Promise.all([context.connect(['127.0.0.1', port], { transport }), listener.accept()]);
    expect(client).toBeInstanceOf(Named);
  });

  test('unwrap() gives the net.Socket, which goes on in plaintext', async () => {
    const { listener, port } = await listen();
    const [client, [server]] = await Promise.all([
      (await clientContext()).connect(['127.0.0.1', port], { transport }),
      listener.accept(),
    ]);
    const [plain, other] = await Promise.all([client.unwrap(), server.unwrap()]);
    track(plain);
    track(other);
    expect(plain).toBeInstanceOf(Socket);
    expect(client.lower).toBe(plain);
    other.write('plain');
    expect(String((await once(plain, 'data'))[0])).toBe('plain');
  });

  test('where nobody listens, and on an address that is none of ours, the error is that of the system', async () => {
    const context = await clientContext();
    const port = await closedPort();
    const error = await context.connect(['127.0.0.1', port], { transport }).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port });
    const sourceAddress = ['192.0.2.1', 0] as const;
    await expect(context.connect(['127.0.0.1', port], { transport, sourceAddress })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    await expect(context.connect(['name.invalid', port], { transport })).rejects.toMatchObject({
      code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/),
    });
  });

  test('options that contradict each other are refused before anything is sent', async () => {
    const { server, port } = await listenOnLoopback();
    let came = 0;
    server.on('connection', (socket) => {
      came++;
      track(socket);
    });
    const context = await clientContext();
    const refused = { code: 'ERR_INVALID_ARG_VALUE' };
    await expect(context.connect(['127.0.0.1', port], { transport, serverHostname: null })).rejects.toMatchObject(
      refused,
    );
    await expect(context.connect(['127.0.0.1', port], { transport, timeout: -1 })).rejects.toMatchObject(refused);
    expect(came).toBe(0);
  });

  test('a deadline and a signal end it', async () => {
    const { server, port } = await listenOnLoopback();
    server.on('connection', (socket) => track(socket));
    const context = await clientContext();
    await expect(context.connect(['127.0.0.1', port], { transport, timeout: 0.05 })).rejects.toThrow(TimeoutError);
    const stop = new AbortController();
    const connecting = context.connect(['127.0.0.1', port], { transport, signal: stop.signal });
    stop.abort();
    await expect(connecting).rejects.toMatchObject({ code: 'ABORT_ERR' });
  });

  test('chooses the address to connect from', async () => {
    const { listener, port } = await listen();
    const [[, peer]] = await Promise.all([
      listener.accept(),
      (await clientContext()).connect(['127.0.0.1', port], { transport, sourceAddress: ['127.0.0.2', 0] }),
    ]);
    expect(peer[0]).toBe('127.0.0.2');
  });

  test.skipIf(process.platform === 'win32')('connects to a path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
    try {
      const path = join(folder, 'socket');
      const listener = await (await serverContext()).wrapSocket(new Server());
      listener.bind(path);
      await listener.listen();
      const context = await clientContext();
      const [client, [server]] = await Promise.all([
        context.connect(path, { transport, serverHostname: 'localhost' }),
        listener.accept(),
      ]);
      await server.sendAll('over a file');
      expect(String(await client.recv())).toBe('over a file');
      await Promise.all([client.close(), server.close(), listener.close()]);
      await expect(context.connect(path, { transport, serverHostname: 'localhost' })).rejects.toMatchObject({
        code: 'ENOENT',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
