import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SSLSocket } from '@sslkit/socket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';
import { track } from './loopback.ts';
import { TrafficKeys } from './traffic-keys.ts';

const ALERT = 21;
const APPLICATION_DATA = 23;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);
const BATCH = 500;
const MANY = 40_000; // 1 MB, more than a Unix-domain socket and the streams over it hold in both directions
const KEY_UPDATE = 27; // bytes of its record
const ENDING = 47; // bytes of those of one byte and of a close_notify

/** A connection whose client can only ask for new keys. */
interface Flood {
  server: SSLSocket<Socket>;
  /** The client's end of the socket; nobody reads it yet. */
  socket: Socket;
  keys: TrafficKeys;
}

/** Shakes hands, then takes the client's keys and its socket away from TLS. */
async function prepareFlood(): Promise<Flood> {
  const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [near, far] = await unixPair(join(folder, 'socket'));
  const keyLog = join(folder, 'keys');
  const clientSide = await clientContext();
  clientSide.setCiphersuites('TLS_AES_128_GCM_SHA256');
  clientSide.keylogFilename = keyLog;
  const serverSide = await serverContext();
  serverSide.numTickets = 0;
  const [client, server] = await Promise.all([
    clientSide.wrapSocket(near, { serverHostname: 'localhost' }),
    serverSide.wrapSocket(far, { serverSide: true }),
  ]);
  const socket = await client.detach();
  const secret = /^CLIENT_TRAFFIC_SECRET_0 \w+ (\w+)$/m.exec(await readFile(keyLog, 'latin1'))?.[1] ?? '';
  return { server, socket, keys: new TrafficKeys(Buffer.from(secret, 'hex')) };
}

// The buffers of a Unix-domain socket do not grow: little is needed to fill them.
async function unixPair(path: string): Promise<[Socket, Socket]> {
  const listening = createServer().listen(path);
  await once(listening, 'listening');
  const accepted = once(listening, 'connection');
  const near = track(connect(path));
  const [far] = (await accepted) as [Socket];
  listening.close();
  return [near, track(far)];
}

/** Asks so often that buffers cannot hold it, says goodbye behind that, and tells how much the peer takes. */
class Asker {
  /** How often the peer has been asked. */
  asked = 0;
  readonly #flood: Flood;

  constructor(flood: Flood) {
    this.#flood = flood;
    this.#go();
  }

  #go(): void {
    const { socket, keys } = this.#flood;
    if (this.asked >= MANY) {
      socket.write(keys.seal(CLOSE_NOTIFY, ALERT));
      return;
    }
    const requests = Array.from({ length: BATCH }, () => keys.requestUpdate());
    socket.write(Buffer.concat(requests), () => {
      this.asked += BATCH;
      this.#go();
    });
  }

  /** Resolves when the peer takes no more. Both ends are in this process: what can go on does so in its next turns. */
  async settle(): Promise<void> {
    let before = -1;
    for (let idle = 0; idle < 100; idle = this.asked === before ? idle + 1 : 0) {
      before = this.asked;
      await new Promise(setImmediate);
    }
  }
}

const skipped = process.platform === 'win32';
const suffix = skipped ? ' (skipped: named pipes hold what they like)' : '';
describe.skipIf(skipped)(`a peer that asks for new keys${suffix}`, () => {
  test('is answered as often as it asks', async () => {
    const { server, socket, keys } = await prepareFlood();
    const requests = Array.from({ length: BATCH }, () => keys.requestUpdate());
    socket.write(Buffer.concat([...requests, keys.seal(Buffer.from('done'), APPLICATION_DATA)]));
    expect(String(await server.recv())).toBe('done');
    // OpenSSL keeps the last answer for the next write.
    await server.sendAll('.');
    await server.close({ notify: true });
    let answered = 0;
    for await (const chunk of socket) answered += chunk.length;
    expect(answered).toBe(BATCH * KEY_UPDATE + ENDING);
  });

  const calls: [string, (server: SSLSocket<Socket>) => Promise<unknown>][] = [
    ['recv()', (server) => server.recv()],
    ['unwrap()', (server) => server.unwrap()],
    ['awaitSession()', (server) => server.awaitSession().catch((error) => error)],
  ];
  test.each(calls)('and reads no answer is held back by %s, which goes on when it reads', async (_name, call) => {
    const flood = await prepareFlood();
    const called = call(flood.server);
    const asker = new Asker(flood);
    await asker.settle();
    // An answer is as long as a request: what was not taken is not kept either.
    expect(asker.asked).toBeLessThan(MANY);
    flood.socket.resume();
    await called;
    expect(asker.asked).toBe(MANY);
    expect(flood.server.ended).toBe('close_notify');
  });
});
