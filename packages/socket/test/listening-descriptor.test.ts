import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, Server, Socket } from 'node:net';
import { constants, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, type SSLListener, type SSLSocket, TCP_NODELAY } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { authority, clientContext, serverCertificate, serverContext } from './certificates.ts';
import { track } from './loopback.ts';

const isPosix = process.platform !== 'win32';
const isLinux = process.platform === 'linux';
const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** A listener of ours by its own descriptor, on a free port of 127.0.0.1. */
async function listen(server = new Server(), host = '127.0.0.1'): Promise<{ listener: SSLListener; port: number }> {
  const listener = await (await serverContext()).wrapSocket(server);
  track({ destroy: () => void listener.close() });
  listener.bind([host, 0]);
  await listener.listen();
  return { listener, port: Number(listener.getSockName()[1]) };
}

async function connectTo(port: number, host = '127.0.0.1'): Promise<SSLSocket<Socket>> {
  const client = await (await clientContext()).wrapSocket(track(new Socket()), { serverHostname: 'localhost' });
  await client.connect([host, port]);
  return client;
}

async function acceptFrom(listener: SSLListener, port: number): Promise<[SSLSocket<Socket>, SSLSocket<Socket>]> {
  const [client, [server]] = await Promise.all([connectTo(port), listener.accept()]);
  return [client, server];
}

async function exchange(one: SSLSocket, other: SSLSocket): Promise<void> {
  await one.sendAll('question');
  expect(String(await other.recv())).toBe('question');
  await other.sendAll('answer');
  expect(String(await one.recv())).toBe('answer');
}

/** A TCP client that is connected, accepted or not. */
async function connectRaw(port: number): Promise<Socket> {
  const raw = track(connect(port, '127.0.0.1'));
  await once(raw, 'connect');
  return raw;
}

describe.skipIf(!isPosix)(`a listening descriptor${isPosix ? '' : ' (skipped: there are none on Windows)'}`, () => {
  test('is what a server that does not listen yet gets', async () => {
    const { listener } = await listen();
    expect(listener.fileno()).toBeGreaterThan(2);
    const stream = await (await serverContext()).wrapSocket(new Server(), { transport: 'stream' });
    await stream.listen();
    expect(stream.fileno()).toBe(-1);
    await stream.close();
  });

  test('leaves a server alone whose connections go elsewhere too', async () => {
    const seen: unknown[] = [];
    const server = createServer((socket) => seen.push(socket));
    const { listener, port } = await listen(server);
    expect(listener.fileno()).toBe(-1);
    await acceptFrom(listener, port);
    expect(seen).toHaveLength(1);
  });

  test('shows in its server: it listens, has an address, and closing it closes the listener', async () => {
    const server = createServer();
    const listening = once(server, 'listening');
    const { listener, port } = await listen(server);
    await listening;
    expect([server.listening, server.address()]).toEqual([true, { address: '127.0.0.1', family: 'IPv4', port }]);
    expect(() => server.listen(0)).toThrow(expect.objectContaining({ code: 'ERR_SERVER_ALREADY_LISTEN' }));
    const accepting = listener.accept();
    server.close();
    await expect(accepting).rejects.toMatchObject({ code: 'EBADF' });
    expect([server.listening, listener.fileno()]).toEqual([false, -1]);
  });

  test('close() closes its server', async () => {
    const server = createServer();
    const { listener } = await listen(server);
    const closed = once(server, 'close');
    await listener.close();
    await closed;
    expect(server.address()).toBeNull();
  });

  test('options of the server reach the connections', async () => {
    const { listener, port } = await listen(createServer({ noDelay: true, keepAlive: true }));
    const [, server] = await acceptFrom(listener, port);
    expect(server.getSockOpt(IPPROTO_TCP, TCP_NODELAY)).not.toBe(0);
    expect(server.getSockOpt(SOL_SOCKET, SO_KEEPALIVE)).not.toBe(0);
  });

  test('has options of its own', async () => {
    const { listener } = await listen();
    listener.setSockOpt(SOL_SOCKET, SO_KEEPALIVE, true);
    expect(listener.getSockOpt(SOL_SOCKET, SO_KEEPALIVE)).not.toBe(0);
    expect(() => listener.getSockOpt(SOL_SOCKET, 0x7fff)).toThrow(expect.objectContaining({ code: 'ENOPROTOOPT' }));
  });

  test('accepts nothing that nobody waits for', async () => {
    const { listener, port } = await listen();
    const raw = await connectRaw(port);
    const failed = once(raw, 'error');
    await listener.close();
    // Whoever has been accepted sees an end instead.
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  test('an accept() that was given up loses no connection', async () => {
    const { listener, port } = await listen();
    const stop = new AbortController();
    const accepting = listener.accept({ signal: stop.signal });
    stop.abort();
    await expect(accepting).rejects.toMatchObject({ code: 'ABORT_ERR' });
    await exchange(...(await acceptFrom(listener, port)));
  });

  test('calls of accept() at the same time get a connection each', async () => {
    const { listener, port } = await listen();
    const accepting = [listener.accept(), listener.accept(), listener.accept()];
    const clients = await Promise.all([connectTo(port), connectTo(port), connectTo(port)]);
    const names = (await Promise.all(accepting)).map(([, peer]) => peer);
    expect(new Set(names)).toEqual(new Set(clients.map((client) => client.getSockName())));
  });

  test('a client that is gone before it is accepted is an error of its own, and the next one is fine', async () => {
    const { listener, port } = await listen();
    const raw = await connectRaw(port);
    const closed = once(raw, 'close');
    raw.resetAndDestroy();
    await closed;
    await expect(listener.accept()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await exchange(...(await acceptFrom(listener, port)));
  });

  test('a storm of clients is served to the last, and timers run in between', async () => {
    const { listener, port } = await listen();
    const count = 100;
    let timers = 0;
    const ticking = setInterval(() => timers++, 1);
    const serving = (async () => {
      let served = 0;
      for await (const [connection] of listener) {
        void connection.sendAll('welcome').then(() => connection.close({ notify: true }));
        if (++served === count) break;
      }
    })();
    const visit = async () => {
      const client = await connectTo(port);
      const greeting = await client.recv();
      await client.close();
      return String(greeting);
    };
    const greetings = await Promise.all(Array.from({ length: count }, visit));
    await serving;
    clearInterval(ticking);
    expect(greetings.every((greeting) => greeting === 'welcome')).toBe(true);
    expect(timers).toBeGreaterThan(10);
  });

  test.each([
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('%s is where it listens', async (host, expected) => {
    const { listener } = await listen(new Server(), host);
    expect(['::1', expected]).toContain(listener.getSockName()[0]);
  });

  test.skipIf(!hasIPv6)(`every interface means both families${hasIPv6 ? '' : ' (skipped: no IPv6 here)'}`, async () => {
    const { listener, port } = await listen(new Server(), '');
    const accepting = [listener.accept(), listener.accept()];
    await Promise.all([connectTo(port, '127.0.0.1'), connectTo(port, '::1')]);
    const peers = (await Promise.all(accepting)).map(([, peer]) => peer[0]);
    expect(new Set(peers)).toEqual(new Set(['::ffff:127.0.0.1', '::1']));
  });

  test('an address that is taken or cannot be had is an error with the address in it', async () => {
    const { port } = await listen();
    const listener = await (await serverContext()).wrapSocket(new Server());
    listener.bind(['127.0.0.1', port]);
    const error = await listener.listen().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port });
    expect(error.errno).toBe(-constants.errno.EADDRINUSE);
    listener.bind(['192.0.2.1', 0]);
    await expect(listener.listen()).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    listener.bind(['name.invalid', 0]);
    await expect(listener.listen()).rejects.toMatchObject({ code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/) });
    listener.bind(['127.0.0.1', 0]);
    await listener.listen();
    await listener.close();
  });

  test("a Unix-domain socket's file goes with it, and a path that is too long is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
    try {
      const path = join(folder, 'socket');
      const server = new Server();
      const listener = await (await serverContext()).wrapSocket(server);
      listener.bind(path);
      await listener.listen();
      expect([listener.getSockName(), server.address(), existsSync(path)]).toEqual([path, path, true]);
      await listener.close();
      expect(existsSync(path)).toBe(false);
      const other = await (await serverContext()).wrapSocket(new Server());
      other.bind(join(folder, 'x'.repeat(200)));
      await expect(other.listen()).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.skipIf(!isLinux)(
    `no child process inherits it, or its connections${isLinux ? '' : ' (skipped: needs /proc)'}`,
    async () => {
      const { listener, port } = await listen();
      const pair = await acceptFrom(listener, port);
      const ours = [listener, ...pair].map((socket) => readlinkSync(`/proc/self/fd/${socket.fileno()}`));
      const child = spawn('sh', ['-c', 'ls -l /proc/$$/fd'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let listing = '';
      for await (const chunk of child.stdout) listing += chunk;
      expect(listing).toMatch(/ 1 -> \S/);
      expect(ours.filter((name) => listing.includes(name))).toEqual([]);
    },
  );
});

describe.skipIf(!isPosix)(`an accepted connection${isPosix ? '' : ' (skipped: without a descriptor)'}`, () => {
  test('has a net.Socket once somebody asks for it, and goes on', async () => {
    const { listener, port } = await listen();
    const [client, server] = await acceptFrom(listener, port);
    const { lower } = server;
    expect(lower).toBeInstanceOf(Socket);
    expect(server.lower).toBe(lower);
    expect([lower.remoteAddress, lower.remotePort]).toEqual(server.getPeerName());
    await exchange(client, server);
    expect(server.getPeerName()).toEqual(client.getSockName());
  });

  test('ends when that net.Socket is destroyed', async () => {
    const { listener, port } = await listen();
    const [, server] = await acceptFrom(listener, port);
    const reading = server.recv();
    server.lower.destroy();
    expect(await reading).toHaveLength(0);
    expect([server.ended, server.fileno()]).toEqual(['truncated', -1]);
  });

  test('unwrap() gives a net.Socket that goes on in plaintext', async () => {
    const { listener, port } = await listen();
    const [client, server] = await acceptFrom(listener, port);
    await exchange(client, server);
    const [plainClient, plainServer] = await Promise.all([client.unwrap(), server.unwrap()]);
    track(plainServer);
    expect(server.lower).toBe(plainServer);
    plainClient.write('plain');
    expect(String((await once(plainServer, 'data'))[0])).toBe('plain');
    plainServer.end('too');
    expect(String((await once(plainClient, 'data'))[0])).toBe('too');
  });

  test('unwrap() keeps what was said with unref()', async () => {
    const { listener, port } = await listen();
    const [client, server] = await acceptFrom(listener, port);
    server.unref();
    const [, plain] = await Promise.all([client.unwrap(), server.unwrap()]);
    track(plain);
    expect(Reflect.get(plain, '_handle')).toMatchObject({ hasRef: expect.any(Function) });
    expect((Reflect.get(plain, '_handle') as { hasRef(): boolean }).hasRef()).toBe(false);
  });

  test('that is closed has a net.Socket that is destroyed', async () => {
    const { listener, port } = await listen();
    const [, server] = await acceptFrom(listener, port);
    await server.close();
    expect(server.lower.destroyed).toBe(true);
    expect(() => server.getPeerName()).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
  });

  test('shutdown() leaves a socket that close() closes', async () => {
    const { listener, port } = await listen();
    const [client, server] = await acceptFrom(listener, port);
    server.shutdown(2);
    await server.close();
    expect(server.lower.destroyed).toBe(true);
    expect(await client.recv()).toHaveLength(0);
    expect(client.ended).toBe('truncated');
  });
});

const script = fileURLToPath(new URL('open-listeners.mjs', import.meta.url));
const clusterScript = fileURLToPath(new URL('cluster-listeners.mjs', import.meta.url));
// A process of its own cannot load TypeScript: it takes what was built.
const isBuilt = existsSync(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
const runs = isPosix && isBuilt;

async function describeCredentials() {
  const { chainPem, privateKeyPem } = await serverCertificate;
  return { root: (await authority).certificatePem, cert: chainPem, key: privateKeyPem };
}

describe.skipIf(!runs)(`processes with listeners open${runs ? '' : ' (skipped: not built, or Windows)'}`, () => {
  test.each([
    ['one that exits while it accepts ends in good order', 'exits at once', 7],
    ['one that has let go of its listener ends by itself', 'lets go', 8],
    ['one that has not lives until it is closed', 'stays', 9],
    ['accept() without a descriptor to spare says so, and finds the connection later', 'runs out', 10],
    [
      'for await without a descriptor to spare tells the channel, and finds the connection later',
      'runs out in a loop',
      11,
    ],
  ])('%s', async (_claim, occupation, code) => {
    const task = JSON.stringify({ occupation, ...(await describeCredentials()) });
    const child = spawn('sh', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, script, task], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([code, null]);
  });

  test('workers of a cluster share a port, which Node accepts for', async () => {
    const task = JSON.stringify(await describeCredentials());
    const child = spawn(process.execPath, [clusterScript, task], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
