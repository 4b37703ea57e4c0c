// What ends, or runs out of descriptors, with connections open: run as a process or as a worker by descriptor.test.ts, which
// tells what to do.
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createDefaultContext, Purpose } from '../dist/index.js';

const { occupation, root, cert, key } = workerData ?? JSON.parse(process.argv[2]);
const serverContext = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
serverContext.loadCertChain({ cert, key });
const clientContext = createDefaultContext({ cadata: root });

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');

async function connectPair() {
  const raw = connect(server.address().port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  if (raw.connecting) await once(raw, 'connect');
  return [raw, accepted];
}

function wrapPair([raw, accepted]) {
  return Promise.all([
    clientContext.wrapSocket(raw, { serverHostname: 'localhost' }),
    serverContext.wrapSocket(accepted, { serverSide: true }),
  ]);
}

async function exchange([client, peer]) {
  await client.sendAll('question');
  const question = await peer.recv();
  await peer.sendAll(question);
  return String(await client.recv());
}

async function exchangeForEver(pair) {
  for (;;) await exchange(pair);
}

const occupations = {
  async 'exits at once'() {
    const pair = await wrapPair(await connectPair());
    void exchangeForEver(pair);
    await exchange(await wrapPair(await connectPair()));
    process.exit(7);
  },
  async 'lets go of all'() {
    const pair = await wrapPair(await connectPair());
    for (const connection of pair) {
      void connection.recv();
      connection.unref();
    }
    server.close();
    process.exitCode = 8;
  },
  async 'keeps one'() {
    const [client, peer] = await wrapPair(await connectPair());
    peer.unref();
    server.close();
    void peer.recv().then(() => peer.sendAll('answer'));
    const answer = client.recv();
    await client.sendAll('question');
    process.exitCode = String(await answer) === 'answer' ? 9 : 1;
    client.unref();
    void client.recv();
  },
  async 'runs out of descriptors'() {
    const sockets = await connectPair();
    try {
      for (;;) openSync('/dev/null');
    } catch (error) {
      if (error.code !== 'EMFILE') throw error;
    }
    const pair = await wrapPair(sockets);
    process.exit((await exchange(pair)) === 'question' ? 10 : 1);
  },
  async 'is terminated'() {
    const listener = await serverContext.wrapSocket(createServer());
    await listener.listen();
    void listener.accept();
    const pairs = [];
    while (pairs.length < 3) pairs.push(await wrapPair(await connectPair()));
    for (const pair of pairs.slice(1)) void exchangeForEver(pair);
    void pairs[0][0].recv();
    parentPort.postMessage('open');
  },
};
await occupations[occupation]();
