// Opens and closes connections, one after the other and a few at a time, and reports what that leaves behind:
// `node --expose-gc many-connections.mjs '{"root":…,"cert":…,"key":…,"count":100000}'` prints bytes of growth per connection
// between the first tenth and the end. Run with a small count by flat-memory.test.ts.
import { createServer } from 'node:net';
import { createConnection, createDefaultContext, Purpose } from '../dist/index.js';

const AT_ONCE = 8;
const { root, cert, key, count, transport } = JSON.parse(process.argv[2]);
const serverContext = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
serverContext.loadCertChain({ cert, key });
const clientContext = createDefaultContext({ cadata: root });
const listener = await serverContext.wrapSocket(createServer(), { transport });
listener.bind(['127.0.0.1', 0]);
await listener.listen();

async function answer(connection) {
  for await (const chunk of connection) await connection.sendAll(chunk);
  await connection.close({ notify: true });
}

async function serve() {
  for await (const [connection] of listener) void answer(connection);
}

async function visit() {
  const socket = await createConnection(listener.getSockName());
  const connection = await clientContext.wrapSocket(socket, { serverHostname: 'localhost', transport });
  await connection.sendAll('question');
  await connection.recv();
  await connection.close({ notify: true });
}

async function visitTimes(times) {
  let left = times;
  const visitor = async () => {
    while (left-- > 0) await visit();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
}

/** What is in use when garbage has been collected, in bytes: of V8's heap, of what V8 is told of, of the whole process. */
async function measure() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    // Finalizers and close callbacks have turns of their own.
    await new Promise(setImmediate);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}

const serving = serve();
await visitTimes(Math.ceil(count / 10));
const before = await measure();
await visitTimes(count);
const after = await measure();
await listener.close();
await serving;
const perConnection = (name) => Math.round((after[name] - before[name]) / count);
const growth = {
  heap: perConnection('heap'),
  external: perConnection('external'),
  resident: perConnection('resident'),
};
process.stdout.write(`${JSON.stringify(growth)}\n`);
