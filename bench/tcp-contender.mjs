// What the contenders over loopback TCP share: a client in this process, a server in another, and the clock over both.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import { answerCommands, readResidentMemory } from './answering.mjs';

export const PING_SIZE = 100; // bytes each way
export const REQUEST_SIZE = 48; // bytes of the first line of a connection

/** The first line of a connection: what the server is to do. */
function formatRequest(kind, size, count) {
  return `${kind} ${size} ${count}`.padEnd(REQUEST_SIZE);
}

/** The other way round. */
export function readRequest(line) {
  const [kind, size, count] = line.toString('latin1').trim().split(' ');
  return { kind, size: Number(size), count: Number(count) };
}

const TRAFFIC = 65_536; // bytes each way on a connection that is used
const WARM_UP = 200; // connections before memory is read: what a server needs once is no connection's

/**
 * Opens and closes connections, many at a time, from one kind of client whoever serves: TLS 1.3, verifying nothing, which
 * leaves it the time to be a storm.
 */
async function storm(port, count, lanes) {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      const closed = once(socket, 'close');
      await once(socket, 'secureConnect');
      socket.resume().end(formatRequest('idle', 0, 0));
      await closed;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** What a server tells of itself when its client asks. */
function makeTellers() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  return {
    usage: () => process.cpuUsage(),
    memory: () => readResidentMemory(),
    /** Starts to measure how late its timers are. */
    watch() {
      delay.reset();
      return delay.enable();
    },
    /** What the latest one in a hundred has met at least, in seconds. */
    delay() {
      delay.disable();
      return delay.percentile(99) / 1e9;
    },
  };
}

/** Runs as the server where `role` says so, else as the client that starts one. */
export async function runTcpContender(about, role, { serve, makeClient }) {
  if (role === 'server') {
    const tellers = makeTellers();
    process.on('message', (question) => process.send(tellers[question]()));
    process.on('disconnect', () => process.exit());
    process.send(await serve());
    return;
  }
  const server = fork(process.argv[1], [...process.argv.slice(2), 'server']);
  const [port] = await once(server, 'message');
  const client = await makeClient(port);
  const ask = async (question) => {
    server.send(question);
    return (await once(server, 'message'))[0];
  };
  const clock = () => takeTimeOfBoth(ask);
  const commands = {
    async 'tcp-bulk'(direction, size, count) {
      const connection = await client.connect();
      const stop = await clock();
      await client.request(connection, formatRequest(direction, size, count));
      await client[direction](connection, Number(size), Number(count));
      const answer = await stop();
      await client.close(connection);
      return answer;
    },
    async 'tcp-ping'(connections, count) {
      const open = [];
      const each = Math.floor(Number(count) / Number(connections));
      for (let index = 0; index < Number(connections); index += 1) {
        open.push(await client.connect());
        await client.request(open[index], formatRequest('ping', PING_SIZE, each));
      }
      const stop = await clock();
      await Promise.all(open.map((connection) => client.ping(connection, each)));
      const answer = await stop();
      for (const connection of open) await client.close(connection);
      return answer;
    },
    async 'tcp-connect'(kind, count, lanes) {
      const resumed = kind === 'resumed';
      const first = await client.connect();
      await client.request(first, formatRequest('idle', 0, 0));
      const session = resumed ? await client.sessionOf(first) : undefined;
      await client.close(first);
      let left = Number(count);
      const lane = async () => {
        while (left > 0) {
          left -= 1;
          const connection = await client.connect(session);
          if (client.wasResumed(connection) !== resumed) throw new Error('The session was not resumed');
          await client.request(connection, formatRequest('idle', 0, 0));
          await client.close(connection);
        }
      };
      const stop = await clock();
      await Promise.all(Array.from({ length: Number(lanes) }, lane));
      return stop();
    },
    async 'tcp-storm'(count, lanes) {
      await ask('watch');
      await storm(port, Number(count), Number(lanes));
      return ask('delay');
    },
    async 'tcp-memory'(state, count) {
      const open = [];
      const openUpTo = async (end) => {
        const lane = async () => {
          while (open.length < end) {
            const at = open.push(null) - 1;
            open[at] = await client.connect();
            await client.request(open[at], formatRequest('echo', 0, 0));
            // The answer tells that the server is through with the handshake too.
            await client.echo(open[at], state === 'used' ? TRAFFIC : 1);
          }
        };
        await Promise.all(Array.from({ length: 16 }, lane));
      };
      await openUpTo(WARM_UP);
      const before = await ask('memory');
      await openUpTo(WARM_UP + Number(count));
      return ((await ask('memory')) - before) / Number(count);
    },
  };
  await answerCommands(`${about} on Node ${process.versions.node}`, commands);
  server.disconnect();
}

/** Starts a clock; the function that it gives answers the CPU time of client and server together, and that on the wall. */
async function takeTimeOfBoth(ask) {
  const usage = async () => {
    const theirs = await ask('usage');
    const own = process.cpuUsage();
    return (own.user + own.system + theirs.user + theirs.system) / 1e6;
  };
  const before = await usage();
  const wall = process.hrtime.bigint();
  return async () => {
    const seconds = Number(process.hrtime.bigint() - wall) / 1e9;
    return `${(await usage()) - before} ${seconds}`;
  };
}
