// A contender over loopback TCP: node:tls on both ends. Started as the client, it starts its own server.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls, createSecureContext, createServer } from 'node:tls';
import { takeMemory } from './answering.mjs';
import { PING_SIZE, readRequest, runTcpContender } from './tcp-contender.mjs';

const [folder, role] = process.argv.slice(2);
const plaintext = takeMemory(1 << 20);
const read = (name) => readFileSync(join(folder, name));

async function serve() {
  const options = { cert: read('ecdsa.pem'), key: read('ecdsa.key'), noDelay: true };
  const server = createServer(options, (socket) => {
    socket.on('error', () => undefined); // the client says what went wrong
    socket.once('data', (line) => serveRequest(socket, readRequest(line)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

function serveRequest(socket, { kind, size, count }) {
  if (kind === 'up') receive(socket, size * count).then(() => socket.write('.'));
  else if (kind === 'down') void send(socket, size, count);
  else if (kind === 'ping' || kind === 'echo') socket.on('data', (bytes) => socket.write(bytes));
  else socket.resume();
}

function receive(socket, bytes) {
  let left = bytes;
  return new Promise((resolve) => {
    const take = (data) => {
      left -= data.length;
      if (left > 0) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
  });
}

function send(socket, size, count) {
  const chunk = plaintext.subarray(0, size);
  let sent = 0;
  return new Promise((resolve) => {
    const go = () => {
      while (sent < count) {
        sent += 1;
        if (socket.write(chunk)) continue;
        socket.once('drain', go);
        return;
      }
      resolve();
    };
    go();
  });
}

async function makeClient(port) {
  const secureContext = createSecureContext({ ca: read('ca.pem') });
  return {
    async connect(session) {
      const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', secureContext, session });
      socket.setNoDelay(true);
      socket.on('session', (fresh) => {
        socket.fresh = fresh;
      });
      await once(socket, 'secureConnect');
      return socket;
    },
    async request(socket, line) {
      socket.write(line);
    },
    async sessionOf(socket) {
      socket.resume();
      while (socket.fresh === undefined) await once(socket, 'session');
      return socket.fresh;
    },
    wasResumed: (socket) => socket.isSessionReused(),
    async up(socket, size, count) {
      const answered = receive(socket, 1);
      await send(socket, size, count);
      await answered;
    },
    down: (socket, size, count) => receive(socket, size * count),
    ping(socket, count) {
      const message = Buffer.alloc(PING_SIZE);
      let left = PING_SIZE;
      let rounds = 0;
      return new Promise((resolve) => {
        socket.on('data', (bytes) => {
          left -= bytes.length;
          if (left > 0) return;
          left = PING_SIZE;
          rounds += 1;
          if (rounds === count) resolve();
          else socket.write(message);
        });
        socket.write(message);
      });
    },
    async echo(socket, size) {
      const answered = receive(socket, size);
      socket.write(plaintext.subarray(0, size));
      await answered;
    },
    async close(socket) {
      const ended = once(socket, 'close');
      socket.resume();
      socket.end();
      await ended;
    },
  };
}

await runTcpContender('node:tls', role, { serve, makeClient });
