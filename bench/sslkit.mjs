// A contender: this project's engine, client and server in one process, by both ways in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryBIO } from '../packages/bio/dist/index.js';
import {
  Outcome,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  TLSVersion,
} from '../packages/context/dist/index.js';
import { answerCommands, makeKeeper, readResidentMemory, takeMemory, takeTime } from './answering.mjs';

const [way, folder] = process.argv.slice(2);
const LARGEST_CHUNK = 1 << 20; // bytes
const plaintextOut = takeMemory(LARGEST_CHUNK);
const ciphertext = takeMemory(LARGEST_CHUNK + LARGEST_CHUNK / 32 + 17_408);
const plaintextIn = takeMemory(LARGEST_CHUNK);

/** A connection over buffers of the caller's. */
class BufferPair {
  constructor([client, server], session) {
    this.client = client.wrapBuffers({ serverHostname: 'localhost', session });
    this.server = server.wrapBuffers({ serverSide: true });
    let clientOutcome = this.client.tryHandshake();
    let serverOutcome = Outcome.WANT_READ;
    while (clientOutcome !== Outcome.DONE || serverOutcome !== Outcome.DONE) {
      const toServer = this.client.drain(ciphertext);
      serverOutcome = this.server.tryHandshake(ciphertext.subarray(0, toServer));
      const toClient = this.server.drain(ciphertext);
      if (clientOutcome === Outcome.DONE) {
        // The tickets of TLS 1.3 come behind the handshake.
        if (toClient > 0) this.client.decrypt(ciphertext.subarray(0, toClient), plaintextIn);
      } else {
        clientOutcome = this.client.tryHandshake(ciphertext.subarray(0, toClient));
      }
    }
  }

  carry(chunk, from, to) {
    let sent = 0;
    let total = 0;
    while (sent < chunk.length) {
      sent += from.encrypt(sent === 0 ? chunk : chunk.subarray(sent), ciphertext);
      total += to.decrypt(ciphertext.subarray(0, from.produced), plaintextIn);
    }
    if (total !== chunk.length) throw new Error(`${total} bytes arrived instead of ${chunk.length}`);
  }

  close() {
    this.client.tryUnwrap();
    const toServer = this.client.drain(ciphertext);
    if (this.server.tryUnwrap(ciphertext.subarray(0, toServer)) !== Outcome.DONE) throw new Error('close_notify');
    const toClient = this.server.drain(ciphertext);
    if (this.client.tryUnwrap(ciphertext.subarray(0, toClient)) !== Outcome.DONE) throw new Error('close_notify');
    this.client.close();
    this.server.close();
  }
}

/** A connection in Python's way, over two MemoryBIOs a side. */
class BioPair {
  constructor([client, server], session) {
    this.clientIn = new MemoryBIO();
    this.clientOut = new MemoryBIO();
    this.serverIn = new MemoryBIO();
    this.serverOut = new MemoryBIO();
    this.client = client.wrapBio(this.clientIn, this.clientOut, { serverHostname: 'localhost', session });
    this.server = server.wrapBio(this.serverIn, this.serverOut, { serverSide: true });
    let clientOutcome = Outcome.WANT_READ;
    let serverOutcome = Outcome.WANT_READ;
    while (clientOutcome !== Outcome.DONE || serverOutcome !== Outcome.DONE) {
      if (clientOutcome !== Outcome.DONE) clientOutcome = this.client.tryHandshake();
      this.serverIn.write(this.clientOut.read());
      if (serverOutcome !== Outcome.DONE) serverOutcome = this.server.tryHandshake();
      this.clientIn.write(this.serverOut.read());
    }
    if (this.client.version() === 'TLSv1.3') this.client.tryRead(plaintextIn); // the tickets
  }

  carry(chunk, from, to) {
    const [outgoing, incoming] =
      from === this.client ? [this.clientOut, this.serverIn] : [this.serverOut, this.clientIn];
    from.tryWrite(chunk);
    incoming.write(ciphertext.subarray(0, outgoing.readInto(ciphertext)));
    let total = to.tryRead(plaintextIn);
    while (total < chunk.length) total += to.tryRead(plaintextIn);
  }

  close() {
    this.client.tryUnwrap();
    this.serverIn.write(this.clientOut.read());
    if (this.server.tryUnwrap() !== Outcome.DONE) throw new Error('close_notify');
    this.clientIn.write(this.serverOut.read());
    if (this.client.tryUnwrap() !== Outcome.DONE) throw new Error('close_notify');
    this.client.close();
    this.server.close();
  }
}

const Pair = way === 'buffers' ? BufferPair : BioPair;

function makeContexts(version, key, suite) {
  const client = new SSLContext(PROTOCOL_TLS_CLIENT);
  const server = new SSLContext(PROTOCOL_TLS_SERVER);
  client.loadVerifyLocations({ cafile: join(folder, 'ca.pem') });
  server.loadCertChain({
    cert: readFileSync(join(folder, `${key}.pem`)),
    key: readFileSync(join(folder, `${key}.key`)),
  });
  const number = version === '1.2' ? TLSVersion.TLSv1_2 : TLSVersion.TLSv1_3;
  for (const context of [client, server]) {
    context.maximumVersion = TLSVersion.MAXIMUM_SUPPORTED;
    context.minimumVersion = number;
    context.maximumVersion = number;
    if (suite !== undefined) context.setCiphersuites(suite);
  }
  return [client, server];
}

/** Opens connections: only the first by a full handshake, or a thousand would take the most of a run. */
function openMany(contexts, count) {
  const first = new Pair(contexts);
  const { session } = first.client;
  return { contexts, session, pairs: [first, ...Array.from({ length: count - 1 }, () => new Pair(contexts, session))] };
}

const keep = makeKeeper(({ pairs }) => {
  for (const pair of pairs) pair.close();
});

async function bulk(suite, chunk, count, connections) {
  const data = plaintextOut.subarray(0, Number(chunk));
  const { pairs } = await keep(`bulk ${suite} ${chunk} ${connections}`, () => {
    const opened = openMany(makeContexts('1.3', 'ecdsa', suite), Number(connections));
    for (const pair of opened.pairs) pair.carry(data, pair.client, pair.server);
    return opened;
  });
  const rounds = Number(count);
  return takeTime(() => {
    for (let index = 0; index < rounds; index += 1) {
      const pair = pairs[index % pairs.length];
      pair.carry(data, pair.client, pair.server);
    }
  });
}

async function handshakes(version, key, kind, count, idle) {
  const { contexts, session } = await keep(`handshakes ${version} ${key} ${idle}`, () => {
    const opened = openMany(makeContexts(version, key), 1 + Number(idle));
    opened.pairs.shift().close();
    return opened;
  });
  const resumed = kind === 'resumed';
  return takeTime(() => {
    for (let index = 0; index < Number(count); index += 1) {
      const pair = new Pair(contexts, resumed ? session : undefined);
      if (pair.client.sessionReused !== resumed) throw new Error('The session was not resumed');
      pair.close();
    }
  });
}

function memory(kind, count) {
  const contexts = makeContexts('1.3', 'ecdsa');
  const data = plaintextOut.subarray(0, 65_536);
  const make = () => {
    const pair = new Pair(contexts);
    if (kind === 'used') {
      pair.carry(data, pair.client, pair.server);
      pair.carry(data, pair.server, pair.client);
    }
    return pair;
  };
  const kept = [make()];
  const before = readResidentMemory();
  for (let index = 0; index < Number(count); index += 1) kept.push(make());
  const after = readResidentMemory();
  return Math.round((after - before) / (kept.length - 1));
}

await answerCommands(`sslkit on Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`, {
  bulk,
  handshakes,
  memory,
});
