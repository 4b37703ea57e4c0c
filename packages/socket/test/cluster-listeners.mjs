// Two workers of a cluster that listen at one port, as a process of its own, run by listening-descriptor.test.ts: ends with 0
// where they share it.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Server } from 'node:net';
import { createDefaultContext, Purpose } from '../dist/index.js';

const { root, cert, key } = JSON.parse(process.argv[2]);

async function serve() {
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain({ cert, key });
  const listener = await context.wrapSocket(new Server());
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  process.send({ port: listener.getSockName()[1], number: listener.fileno() });
  for await (const [connection] of listener) {
    await connection.sendAll(String(cluster.worker.id));
    await connection.close({ notify: true });
  }
}

async function visit(port) {
  const context = createDefaultContext({ cadata: root });
  const connection = await context.connect(['127.0.0.1', port]);
  const greeting = String(await connection.recv());
  await connection.close({ notify: true });
  return greeting;
}

if (cluster.isWorker) {
  await serve();
} else {
  const workers = [cluster.fork(), cluster.fork()];
  const [one, other] = (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(([told]) => told);
  const greetings = new Set();
  for (let visits = 0; visits < 4; visits++) greetings.add(await visit(one.port));
  const isShared = one.port === other.port && one.number === -1 && greetings.size === 2;
  for (const worker of workers) worker.kill();
  process.exit(isShared ? 0 : 1);
}
