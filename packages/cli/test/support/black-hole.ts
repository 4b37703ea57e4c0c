import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll } from 'vitest';

/** Whether a full queue of connections makes the system drop what comes next, instead of refusing it. */
export const hasBlackHoles = process.platform === 'linux';

// Listens with room for one connection that is not accepted, and then does nothing any more.
const LISTENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(workerData), 0, 0);
    server.close();
  });
`;

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

/** A port at which nobody answers: its queue of connections is full, so that what else comes is dropped. */
export async function blackHole(): Promise<number> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(LISTENER, { eval: true, workerData: gate });
  const [port] = (await once(worker, 'message')) as [number];
  // Linux takes one more than the backlog.
  const waiting = await Promise.all([fill(port), fill(port)]);
  ends.push(() => {
    for (const socket of waiting) socket.destroy();
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    void worker.terminate();
  });
  return port;
}

async function fill(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
