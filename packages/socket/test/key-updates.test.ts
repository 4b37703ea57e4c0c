import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import type { SSLSocket } from '@sslkit/socket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';
import { TrafficKeys } from './traffic-keys.ts';

const ALERT = 21;
const APPLICATION_DATA = 23;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);
const BATCH = 500;
const MANY = 6000; // 160 kB, more than the streams here hold in both directions
const KEY_UPDATE = 27; // bytes of its record
const ENDING = 47; // bytes of those of one byte and of a close_notify

/** A connection whose client can only ask for new keys. */
interface Flood {
  server: SSLSocket<Duplex>;
  /** The client's end of the stream; nobody reads it yet. */
  stream: Duplex;
  keys: TrafficKeys;
}

/** Shakes hands, then takes the client's keys and its stream away from TLS. */
async function prepareFlood(): Promise<Flood> {
  const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // Unlike a socket, it hands on what the other side asks for and holds no more.
  const [near, far] = duplexPair();
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
  const stream = await client.detach();
  const secret = /^CLIENT_TRAFFIC_SECRET_0 \w+ (\w+)$/m.exec(await readFile(keyLog, 'latin1'))?.[1] ?? '';
  return { server, stream, keys: new TrafficKeys(Buffer.from(secret, 'hex')) };
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
    const { stream, keys } = this.#flood;
    if (this.asked >= MANY) {
      stream.write(keys.seal(CLOSE_NOTIFY, ALERT));
      return;
    }
    const requests = Array.from({ length: BATCH }, () => keys.requestUpdate());
    stream.write(Buffer.concat(requests), () => {
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

describe('a peer that asks for new keys', () => {
  test('is answered as often as it asks', async () => {
    const { server, stream, keys } = await prepareFlood();
    const requests = Array.from({ length: BATCH }, () => keys.requestUpdate());
    stream.write(Buffer.concat([...requests, keys.seal(Buffer.from('done'), APPLICATION_DATA)]));
    expect(String(await server.recv())).toBe('done');
    // OpenSSL keeps the last answer for the next write.
    await server.sendAll('.');
    const closing = server.close({ notify: true });
    let answered = 0;
    for await (const chunk of stream) answered += chunk.length;
    await closing;
    expect(answered).toBe(BATCH * KEY_UPDATE + ENDING);
  });

  const calls: [string, (server: SSLSocket<Duplex>) => Promise<unknown>][] = [
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
    flood.stream.resume();
    await called;
    expect(asker.asked).toBe(MANY);
    expect(flood.server.ended).toBe('close_notify');
  });
});
