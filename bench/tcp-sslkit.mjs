// A contender over loopback TCP: this project's sockets. Started as the client, it starts its own server.
import { readFileSync } from 'node:fs';
import { Server } from 'node:net';
import { join } from 'node:path';
import {
  IPPROTO_TCP,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  TCP_NODELAY,
} from '../packages/socket/dist/index.js';
import { takeMemory } from './answering.mjs';
import { PING_SIZE, REQUEST_SIZE, readRequest, runTcpContender } from './tcp-contender.mjs';

const [kind, folder, role] = process.argv.slice(2);
const transport = kind === 'stream' ? 'stream' : 'auto';
const plaintext = takeMemory(1 << 20);

async function serve() {
  const context = new SSLContext(PROTOCOL_TLS_SERVER);
  context.loadCertChain(join(folder, 'ecdsa.pem'), join(folder, 'ecdsa.key'));
  const listener = await context.wrapSocket(new Server({ noDelay: true }), { transport });
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  void accept(listener);
  return listener.getSockName()[1];
}

async function accept(listener) {
  for await (const [connection] of listener) {
    serveRequest(connection).catch(() => undefined); // the client says what went wrong
  }
}

async function serveRequest(connection) {
  const { kind: request, size, count } = readRequest(await connection.recv(REQUEST_SIZE));
  if (request === 'echo') {
    for await (const chunk of connection) await connection.sendAll(chunk);
    return;
  }
  const into = Buffer.allocUnsafe(65_536);
  if (request === 'up') {
    for (let left = size * count; left > 0; ) left -= await connection.recvInto(into);
    await connection.sendAll('.');
  } else if (request === 'down') {
    for (let index = 0; index < count; index += 1) await connection.sendAll(plaintext.subarray(0, size));
  } else if (request === 'ping') {
    for (let index = 0; index < count; index += 1) {
      await receive(connection, into, size);
      await connection.sendAll(into.subarray(0, size));
    }
  }
  while ((await connection.recvInto(into)) > 0);
  await connection.close({ notify: true });
}

async function receive(connection, into, size) {
  let got = await connection.recvInto(into, size);
  while (got < size) got += await connection.recvInto(into.subarray(got), size - got);
}

async function makeClient(port) {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.loadVerifyLocations({ cadata: readFileSync(join(folder, 'ca.pem'), 'latin1') });
  const into = Buffer.alloc(65_536);
  const connect = async (session) => {
    const connection = await context.connect(['127.0.0.1', port], { serverHostname: 'localhost', session, transport });
    connection.setSockOpt(IPPROTO_TCP, TCP_NODELAY, true);
    return connection;
  };
  return {
    connect,
    request: (connection, line) => connection.sendAll(line),
    sessionOf: (connection) => connection.awaitSession(),
    wasResumed: (connection) => connection.sessionReused,
    async up(connection, size, count) {
      for (let index = 0; index < count; index += 1) await connection.sendAll(plaintext.subarray(0, size));
      await connection.recvInto(into);
    },
    async down(connection, size, count) {
      for (let left = size * count; left > 0; ) left -= await connection.recvInto(into);
    },
    async ping(connection, count) {
      const own = Buffer.alloc(PING_SIZE);
      for (let index = 0; index < count; index += 1) {
        await connection.sendAll(own);
        await receive(connection, own, PING_SIZE);
      }
    },
    async echo(connection, size) {
      await connection.sendAll(plaintext.subarray(0, size));
      for (let left = size; left > 0; ) left -= await connection.recvInto(into);
    },
    close: (connection) => connection.close({ notify: true }),
  };
}

await runTcpContender(`sslkit sockets, transport ${transport}`, role, { serve, makeClient });
