import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { IPPROTO_TCP, SO_RCVBUF, SOL_SOCKET, type SSLSocket, TCP_NODELAY } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { authority, serverCertificate } from './certificates.ts';
import { tcpPair, tlsPair, track, wrapPair } from './loopback.ts';

const script = fileURLToPath(new URL('open-connections.mjs', import.meta.url));
const isPosix = process.platform !== 'win32';
// A process of its own cannot load TypeScript: it takes what was built.
const isBuilt = existsSync(fileURLToPath(new URL('../dist/index.js', import.meta.url)));

function numberUnder(socket: Socket): unknown {
  return Reflect.get(Reflect.get(socket, '_handle') as object, 'fd');
}

async function exchange(client: SSLSocket, server: SSLSocket): Promise<void> {
  await client.sendAll('question');
  expect(String(await server.recv())).toBe('question');
  await server.sendAll('answer');
  expect(String(await client.recv())).toBe('answer');
}

describe.skipIf(!isPosix)(
  `sockets by their descriptor${isPosix ? '' : ' (skipped: there are none on Windows)'}`,
  () => {
    test('a connection has a descriptor of its own, and none over a stream', async () => {
      const [client] = await tlsPair();
      expect(client.fileno()).not.toBe(numberUnder(client.lower));
      const [overStream] = await tlsPair({ client: { transport: 'stream' } });
      expect(overStream.fileno()).toBe(numberUnder(overStream.lower));
    });

    test('a closed connection reads nothing of the one that gets its number', async () => {
      const [client] = await tlsPair();
      const number = client.fileno();
      await client.close();
      let [next, peer] = await tlsPair();
      for (let tries = 0; next.fileno() !== number && peer.fileno() !== number && tries < 50; tries++) {
        [next, peer] = await tlsPair();
      }
      await expect(client.recv()).rejects.toMatchObject({ code: 'EBADF' });
      await expect(client.sendAll('stray')).rejects.toMatchObject({ code: 'EBADF' });
      expect([client.fileno(), client.closed]).toEqual([-1, true]);
      await exchange(next, peer);
    });

    test('a socket that somebody else destroys ends the connection, and takes nothing of the next', async () => {
      const [client] = await tlsPair();
      const reading = client.recv();
      client.lower.destroy();
      expect(await reading).toHaveLength(0);
      expect(client.ended).toBe('truncated');
      expect(client.fileno()).toBe(-1);
      await exchange(...(await tlsPair()));
    });

    test('a peer that has ended its direction can still be written to', async () => {
      const [client, server] = await tlsPair();
      await server.halfClose();
      expect(await client.recv()).toHaveLength(0);
      expect(client.ended).toBe('close_notify');
      await client.sendAll('late');
      expect(String(await server.recv())).toBe('late');
    });

    test('options are those of the system', async () => {
      const [client] = await tlsPair();
      client.lower.setNoDelay(true);
      expect(client.getSockOpt(IPPROTO_TCP, TCP_NODELAY)).not.toBe(0);
      const before = client.getSockOpt(SOL_SOCKET, SO_RCVBUF);
      client.setSockOpt(SOL_SOCKET, SO_RCVBUF, 20_000);
      expect(client.getSockOpt(SOL_SOCKET, SO_RCVBUF)).not.toBe(before);
      expect(() => client.getSockOpt(SOL_SOCKET, 0x7fff)).toThrow(expect.objectContaining({ code: 'ENOPROTOOPT' }));
    });

    test("the socket's idle time-out goes on", async () => {
      const pair = await tcpPair();
      pair[0].setTimeout(100);
      const [client, server] = await wrapPair(pair);
      await exchange(client, server);
      await once(client.lower, 'timeout');
      expect(client.lower.timeout).toBe(100);
    });

    test('detach() gives the socket back to its stream', async () => {
      const [client, server] = await tlsPair();
      await exchange(client, server);
      const [plainClient, plainServer] = [track(await client.detach()), track(await server.detach())];
      expect(client.fileno()).toBe(-1);
      plainServer.write('plain');
      const [chunk] = await once(plainClient.setEncoding('latin1'), 'data');
      // Behind what the server had sent by TLS, such as its sessions, which nobody has read.
      expect(String(chunk).endsWith('plain')).toBe(true);
    });

    test('a megabyte goes both ways at once, and nothing of it is lost', async () => {
      const [client, server] = await tlsPair();
      const megabyte = Buffer.alloc(1 << 20, 'sslkit');
      const readAll = async (connection: SSLSocket) => {
        const chunks: Buffer[] = [];
        for (let length = 0; length < megabyte.length; length += chunks.at(-1)?.length ?? 0) {
          chunks.push(await connection.recv(65_536));
        }
        return Buffer.concat(chunks);
      };
      const [atClient, atServer] = await Promise.all([
        readAll(client),
        readAll(server),
        client.sendAll(megabyte),
        server.sendAll(megabyte),
      ]);
      expect(atClient.equals(megabyte) && atServer.equals(megabyte)).toBe(true);
    });

    test('a reader that always finds bytes leaves the event loop its turns', async () => {
      const [client, server] = await tlsPair();
      const block = Buffer.alloc(1 << 20);
      let done = false;
      const sending = (async () => {
        for (let sent = 0; sent < 64; sent++) await server.sendAll(block);
        done = true;
      })();
      const plaintext = Buffer.alloc(65_536);
      let turns = 0;
      const turn = () => {
        turns++;
        if (!done) setImmediate(turn);
      };
      setImmediate(turn);
      for (let length = 0; length < 64 * block.length; ) length += await client.recvInto(plaintext);
      await sending;
      expect(turns).toBeGreaterThan(16);
    });
  },
);

const runs = isPosix && isBuilt;
describe.skipIf(!runs)(`processes with connections open${runs ? '' : ' (skipped: not built, or Windows)'}`, () => {
  const describeTask = async (occupation: string) => {
    const { chainPem, privateKeyPem } = await serverCertificate;
    return { occupation, root: (await authority).certificatePem, cert: chainPem, key: privateKeyPem };
  };

  test.each([
    ['one that exits with connections open ends in good order', 'exits at once', 7],
    ['one that has let go of its connections ends by itself', 'lets go of all', 8],
    ['one that has not lives until it has', 'keeps one', 9],
    ['one without a descriptor to spare connects by the stream', 'runs out of descriptors', 10],
  ])('%s', async (_claim, occupation, code) => {
    const task = JSON.stringify(await describeTask(occupation));
    const child = spawn('sh', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, script, task], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([code, null]);
  });

  test('workers that are terminated with connections open leave the process alone', async () => {
    const workerData = await describeTask('is terminated');
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(script, { workerData });
      expect(await once(worker, 'message')).toEqual(['open']);
      expect(await worker.terminate()).toBe(1);
    }
    await exchange(...(await tlsPair()));
  });
});
