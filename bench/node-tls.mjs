// A contender: node:tls over two streams that are connected in memory, client and server in one process.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { answerCommands, makeKeeper, readResidentMemory, takeMemory, takeTime } from './answering.mjs';

const folder = process.argv[2];
const plaintext = takeMemory(1 << 20);

/** One end of a pipe: what is written is read from its peer, with back-pressure. */
class End extends Duplex {
  #resume = null;

  _read() {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }

  _write(chunk, _encoding, done) {
    if (this.peer.push(chunk)) done();
    else this.peer.#resume = done;
  }

  _final(done) {
    this.peer.push(null);
    done();
  }
}

function makeContexts(version, key, ciphers) {
  const shared = { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}`, ciphers };
  const read = (name) => readFileSync(join(folder, name));
  return {
    client: createSecureContext({ ...shared, ca: read('ca.pem') }),
    server: createSecureContext({ ...shared, cert: read(`${key}.pem`), key: read(`${key}.key`) }),
  };
}

/** Gives both ends of a connection once the handshake is done, and its session unless it resumes an earlier one. */
async function openPair(contexts, session) {
  const near = new End();
  const far = new End();
  near.peer = far;
  far.peer = near;
  const server = new TLSSocket(far, { isServer: true, secureContext: contexts.server });
  const client = connect({ socket: near, secureContext: contexts.client, servername: 'localhost', session });
  // From the start, for tickets are only seen by who reads; `take` changes with the work.
  for (const end of [client, server]) end.on('data', (data) => end.take?.(data));
  const secured = once(server, 'secure');
  const ticket = session === undefined ? once(client, 'session') : undefined;
  await once(client, 'secureConnect');
  await secured;
  const [fresh] = (await ticket) ?? [];
  return { client, server, session: fresh };
}

/** Sends close_notify, waits for the peer's, and lets go of both ends. */
async function closePair({ client, server }) {
  const answered = once(client, 'end');
  client.end();
  await once(server, 'end');
  server.end();
  await answered;
  client.destroy();
  server.destroy();
}

/** Sends all at once, as far as back-pressure allows, and waits until it has arrived. */
function sendStream(from, to, chunk, count) {
  return new Promise((resolve) => {
    let left = chunk.length * count;
    to.take = (data) => {
      left -= data.length;
      if (left === 0) resolve();
    };
    let sent = 0;
    const send = () => {
      while (sent < count) {
        sent += 1;
        if (from.write(chunk)) continue;
        from.once('drain', send);
        return;
      }
    };
    send();
  });
}

/** Sends each message when the one before has arrived: otherwise several would share a record. */
function sendMessages(pairs, chunk, count) {
  return new Promise((resolve) => {
    let sent = 0;
    const send = () => {
      if (sent === count) {
        resolve();
        return;
      }
      const { client, server } = pairs[sent % pairs.length];
      sent += 1;
      server.left = chunk.length;
      client.write(chunk);
    };
    for (const { server } of pairs) {
      server.take = (data) => {
        server.left -= data.length;
        if (server.left === 0) send();
      };
    }
    send();
  });
}

const LARGEST_MESSAGE = 1024; // bytes; what is longer is a stream

const keep = makeKeeper(async ({ pairs }) => {
  for (const pair of pairs) await closePair(pair);
});

async function bulk(suite, size, count, connections) {
  const chunk = plaintext.subarray(0, Number(size));
  const { pairs } = await keep(`bulk ${suite} ${size} ${connections}`, async () => {
    const contexts = makeContexts('1.3', 'ecdsa', suite);
    const opened = [];
    for (let index = 0; index < Number(connections); index += 1) opened.push(await openPair(contexts));
    for (const { client, server } of opened) await sendStream(client, server, chunk, 1);
    return { pairs: opened };
  });
  const apart = chunk.length <= LARGEST_MESSAGE || pairs.length > 1;
  return takeTime(() =>
    apart
      ? sendMessages(pairs, chunk, Number(count))
      : sendStream(pairs[0].client, pairs[0].server, chunk, Number(count)),
  );
}

async function handshakes(version, key, kind, count, idle) {
  const { contexts, session } = await keep(`handshakes ${version} ${key} ${idle}`, async () => {
    const made = makeContexts(version, key);
    const first = await openPair(made);
    await closePair(first);
    const opened = [];
    for (let index = 0; index < Number(idle); index += 1) opened.push(await openPair(made));
    return { contexts: made, session: first.session, pairs: opened };
  });
  const resumed = kind === 'resumed';
  return takeTime(async () => {
    for (let index = 0; index < Number(count); index += 1) {
      const pair = await openPair(contexts, resumed ? session : undefined);
      if (pair.client.isSessionReused() !== resumed) throw new Error('The session was not resumed');
      await closePair(pair);
    }
  });
}

async function memory(kind, count) {
  const contexts = makeContexts('1.3', 'ecdsa');
  const chunk = plaintext.subarray(0, 65_536);
  const make = async () => {
    const pair = await openPair(contexts);
    if (kind === 'used') {
      await sendStream(pair.client, pair.server, chunk, 1);
      await sendStream(pair.server, pair.client, chunk, 1);
    }
    return pair;
  };
  const kept = [await make()];
  const before = readResidentMemory();
  for (let index = 0; index < Number(count); index += 1) kept.push(await make());
  const after = readResidentMemory();
  return Math.round((after - before) / (kept.length - 1));
}

await answerCommands(`node:tls of Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`, {
  bulk,
  handshakes,
  memory,
});
