import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, Server, Socket } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, getServerCertificate, type SSLListener, TimeoutError, wrapSocket } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverCertificate, serverContext } from './certificates.ts';
import { listenOnLoopback, tcpPair, track } from './loopback.ts';

/** A listener of ours on a free port. */
async function listenTls(options = {}): Promise<{ listener: SSLListener; port: number }> {
  const { server, port } = await listenOnLoopback();
  return { listener: await (await serverContext()).wrapSocket(server, options), port };
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const { server, port } = await listenOnLoopback();
  server.close();
  await once(server, 'close');
  return port;
}

/** An unconnected client socket of ours. */
async function unconnected(options = {}) {
  const context = await clientContext();
  return context.wrapSocket(track(new Socket()), { serverHostname: 'localhost', ...options });
}

describe('a listener', () => {
  test('accept() gives a connection whose handshake is done, and its address', async () => {
    const { listener, port } = await listenTls();
    const client = await unconnected();
    const [[connection, address]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', port])]);
    expect(connection.serverSide).toBe(true);
    expect(connection.version()).toBe('TLSv1.3');
    expect(address).toEqual(client.getSockName());
    expect(address).toEqual(connection.getPeerName());
    await client.sendAll('x');
    expect(String(await connection.recv())).toBe('x');
  });

  test('bind() and listen() on a socket that is not connected, as in Python', async () => {
    const context = await serverContext();
    const socket = await context.wrapSocket(new Socket(), { serverSide: true });
    socket.bind(['127.0.0.1', 0]);
    await socket.listen(5);
    const [host, port] = socket.getSockName();
    expect(host).toBe('127.0.0.1');
    const client = await unconnected();
    const [[connection]] = await Promise.all([socket.accept(), client.connect(['127.0.0.1', Number(port)])]);
    expect(connection.version()).toBe('TLSv1.3');
    await connection.close();
    await socket.close();
    await expect(socket.accept()).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('for await serves clients side by side, and one that fails does not end the loop', async () => {
    const { listener, port } = await listenTls();
    const served: string[] = [];
    const serving = (async () => {
      for await (const [connection] of listener) {
        served.push(String(await connection.recv()));
        await connection.close({ notify: true });
        if (served.length === 2) await listener.close();
      }
    })();
    // Connects and never says anything: it must not hold up those behind it.
    const silent = track(connect({ port, host: '127.0.0.1' }));
    await once(silent, 'connect');
    const rude = track(connect({ port, host: '127.0.0.1' }));
    rude.write('GET / HTTP/1.1\r\n\r\n');
    await once(rude, 'close');
    for (const name of ['one', 'two']) {
      const client = await unconnected();
      await client.connect(['127.0.0.1', port]);
      await client.sendAll(name);
      expect(await client.recv()).toHaveLength(0);
    }
    await serving;
    expect(served).toEqual(['one', 'two']);
  });

  test('accept() rejects with the failure of the handshake, and the next one is fine', async () => {
    const { listener, port } = await listenTls();
    const rude = track(connect({ port, host: '127.0.0.1' }));
    rude.write('GET / HTTP/1.1\r\n\r\n');
    await expect(listener.accept()).rejects.toMatchObject({ code: 'ERR_SSL_HTTP_REQUEST' });
    const client = await unconnected();
    const [[connection]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', port])]);
    expect(connection.version()).toBe('TLSv1.3');
  });

  test('accept() has a deadline and takes a signal', async () => {
    const { listener } = await listenTls();
    listener.setTimeout(0.02);
    await expect(listener.accept()).rejects.toBeInstanceOf(TimeoutError);
    listener.setTimeout(0);
    await expect(listener.accept()).rejects.toMatchObject({ code: 'EAGAIN' });
    listener.setTimeout(null);
    const stop = new AbortController();
    const accepting = listener.accept({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(accepting).rejects.toMatchObject({
      name: 'AbortError',
      code: 'ABORT_ERR',
      cause: { message: 'enough' },
    });
  });

  test('close() ends accept()', async () => {
    const { listener } = await listenTls();
    const accepting = listener.accept();
    await listener.close();
    await expect(accepting).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('its options reach the connections', async () => {
    const { listener, port } = await listenTls({ doHandshakeOnConnect: false, suppressRaggedEofs: false });
    const client = await unconnected();
    const connecting = client.connect(['127.0.0.1', port]);
    const [connection] = await listener.accept();
    expect(connection.version()).toBeNull();
    expect(connection.suppressRaggedEofs).toBe(false);
    await Promise.all([connecting, connection.doHandshake()]);
  });

  test('listening where somebody else does is the error of the system', async () => {
    const { port } = await listenOnLoopback();
    const listener = await (await serverContext()).wrapSocket(new Server());
    listener.bind(['127.0.0.1', port]);
    await expect(listener.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('calls in the wrong order or on the wrong side are refused', async () => {
    const listener = await (await serverContext()).wrapSocket(createServer());
    await expect(listener.accept()).rejects.toMatchObject({ code: 'EINVAL' });
    const client = await unconnected();
    await expect(client.listen()).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(client.accept()).rejects.toMatchObject({ code: 'EINVAL' });
    const server = await (await serverContext()).wrapSocket(new Socket(), { serverSide: true });
    await expect(server.connect(['127.0.0.1', 1])).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  test.skipIf(process.platform === 'win32')('a Unix-domain socket listens and connects', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
    const path = join(folder, 'socket');
    try {
      const listener = await (await serverContext()).wrapSocket(new Server());
      listener.bind(path);
      await listener.listen();
      expect(listener.getSockName()).toBe(path);
      const client = await unconnected();
      const [[connection, address]] = await Promise.all([listener.accept(), client.connect({ path })]);
      expect(address).toBe('');
      expect(client.getPeerName()).toBe('');
      await client.sendAll('over a file');
      expect(String(await connection.recv())).toBe('over a file');
      await Promise.all([client.close(), connection.close(), listener.close()]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('connecting', () => {
  test('connectEx() resolves to the number of a TCP error and rejects with an error of TLS', async () => {
    const { server, port } = await listenOnLoopback();
    server.on('connection', (socket) => track(socket).end('not TLS'));
    const client = await unconnected();
    await expect(client.connectEx(['127.0.0.1', port])).rejects.toMatchObject({ library: 'SSL' });
    const refused = await (await unconnected()).connectEx(['127.0.0.1', await closedPort()]);
    expect(refused).toBe(constants.errno.ECONNREFUSED);
  });

  test('a connection that was refused can be tried again', async () => {
    const client = await unconnected();
    await expect(client.connect(['127.0.0.1', await closedPort()])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const { listener, port: other } = await listenTls();
    const [[connection]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', other])]);
    await connection.sendAll('x');
    expect(String(await client.recv())).toBe('x');
    await expect(client.connect(['127.0.0.1', other])).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('bind() chooses the address to connect from', async () => {
    const { listener, port } = await listenTls();
    const client = await unconnected();
    client.bind(['127.0.0.2', 0]);
    const [[, address]] = await Promise.all([listener.accept(), client.connect(['127.0.0.1', port])]);
    expect(address[0]).toBe('127.0.0.2');
  });

  test('createConnection() gives a plain socket', async () => {
    const { server, port } = await listenOnLoopback();
    const accepted = once(server, 'connection');
    const socket = track(await createConnection(['localhost', port], { timeout: 5, sourceAddress: ['', 0] }));
    expect(socket).toBeInstanceOf(Socket);
    track((await accepted)[0]);
  });

  test.each([[['localhost', 65_536]], [['localhost', -1]]])('the port of %s is out of range', async (address) => {
    const connecting = createConnection(address as unknown as [string, number]);
    await expect(connecting).rejects.toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
  });

  test.each([[null], [1], [['localhost', '80']], [{ path: 1 }]])('%s is no address', async (address) => {
    const connecting = createConnection(address as unknown as string);
    await expect(connecting).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  });
});

describe('module functions', () => {
  test('getServerCertificate() gives the PEM of the leaf without verifying it', async () => {
    const { listener, port } = await listenTls();
    const [pem] = await Promise.all([getServerCertificate(['127.0.0.1', port]), listener.accept()]);
    expect(pem).toBe((await serverCertificate).certificatePem);
  });

  test('wrapSocket() of the module verifies nothing unless told to', async () => {
    const [near, far] = await tcpPair();
    const [client] = await Promise.all([
      wrapSocket(near),
      (await serverContext()).wrapSocket(far, { serverSide: true }),
    ]);
    expect(client.getPeerCert()).toEqual({});
    expect(client.serverHostname).toBeNull();
  });

  test('wrapSocket() of the module wants a certificate for a server, and for a key', async () => {
    const [socket] = await tcpPair();
    const refused = { code: 'ERR_INVALID_ARG_VALUE' };
    await expect(wrapSocket(socket, { serverSide: true })).rejects.toMatchObject(refused);
    await expect(wrapSocket(socket, { keyfile: 'key.pem' })).rejects.toMatchObject(refused);
  });
});
