// The part of scripts/leak-exercise.mjs that needs sockets: connections over loopback, ended in every way, in this thread
// and in a worker that is terminated amid them.
import { once } from 'node:events';
import { connect, createServer, Server } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext } from '../packages/socket/dist/index.js';

/** Connects and closes, `rounds` times; in the middle of each, `lost` connections are left to the collector. */
export async function exerciseSockets({ cert, key, root, rounds }) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const contexts = { client: new SSLContext(PROTOCOL_TLS_CLIENT), server: new SSLContext(PROTOCOL_TLS_SERVER) };
  contexts.client.loadVerifyLocations({ cadata: root });
  contexts.server.loadCertChain({ cert, key });
  for (let round = 0; round < rounds; round += 1) {
    await exerciseConnection(server, contexts, round);
    await exerciseListener(contexts, round);
  }
  server.close();
}

async function exerciseConnection(server, contexts, round) {
  const accepted = once(server, 'connection');
  const socket = connect({ port: server.address().port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const [peer] = await accepted;
  const [client, remote] = await Promise.all([
    contexts.client.wrapSocket(socket, { serverHostname: 'localhost' }),
    contexts.server.wrapSocket(peer, { serverSide: true }),
  ]);
  await client.sendAll(Buffer.alloc(50_000, 1));
  for (let count = 0; count < 50_000; ) count += (await remote.recv(65_536)).length;
  if (round % 3 === 0) await Promise.all([client.unwrap(), remote.unwrap()]);
  await Promise.all([client.close(), remote.close()]);
  for (const end of [socket, peer]) end.destroy();
}

/** Both ends by descriptors that were opened for them; half of them give their sockets to Node in the end. */
async function exerciseListener(contexts, round) {
  const listener = await contexts.server.wrapSocket(new Server());
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  const [client, [remote]] = await Promise.all([
    contexts.client.connect(listener.getSockName(), { serverHostname: 'localhost' }),
    listener.accept(),
  ]);
  await client.sendAll('question');
  await remote.recv();
  const sockets = round % 2 === 0 ? await Promise.all([client.unwrap(), remote.unwrap()]) : [];
  await Promise.all([client.close(), remote.close()]);
  for (const socket of sockets) socket.destroy();
  void listener.accept().catch(() => undefined);
  await listener.close();
}

/** The same in a worker: to its end, or until it is terminated. */
export async function exerciseSocketWorker(credentials, terminated) {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { sockets: { ...credentials, rounds: terminated ? Number.MAX_SAFE_INTEGER : 3 } },
  });
  const exit = once(worker, 'exit');
  if (terminated) {
    await once(worker, 'message');
    await worker.terminate();
  }
  await exit;
}

if (!isMainThread && workerData?.sockets !== undefined) {
  const running = exerciseSockets(workerData.sockets);
  setImmediate(() => parentPort.postMessage('under way'));
  await running;
}
