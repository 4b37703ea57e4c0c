// What ends, or runs out of descriptors, with a listener open: run as a process by listening-descriptor.test.ts, which tells
// what to do.
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, Server } from 'node:net';
import { createDefaultContext, Purpose } from '../dist/index.js';

const { occupation, root, cert, key } = JSON.parse(process.argv[2]);
const serverContext = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
serverContext.loadCertChain({ cert, key });
const clientContext = createDefaultContext({ cadata: root });

const server = new Server();
const listener = await serverContext.wrapSocket(server);
listener.bind(['127.0.0.1', 0]);
await listener.listen();

async function connectRaw() {
  const raw = connect(server.address().port, '127.0.0.1');
  await once(raw, 'connect');
  return raw;
}

/** Leaves the process without a descriptor; the function it gives takes some back. */
function useAllDescriptors() {
  const used = [];
  try {
    for (;;) used.push(openSync('/dev/null'));
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
  return () => {
    for (const descriptor of used.splice(0, 4)) closeSync(descriptor);
  };
}

async function answerAtServer(connection) {
  await connection.sendAll(await connection.recv());
}

async function askAtClient(raw) {
  const client = await clientContext.wrapSocket(raw, { serverHostname: 'localhost' });
  await client.sendAll('question');
  return String(await client.recv());
}

const occupations = {
  async 'exits at once'() {
    void listener.accept();
    void listener.accept();
    await connectRaw();
    setImmediate(() => process.exit(7));
  },
  async 'lets go'() {
    listener.unref();
    void listener.accept();
    process.exitCode = 8;
  },
  async stays() {
    // Somebody has come, and nobody waits for them.
    const raw = await connectRaw();
    raw.on('error', () => undefined).unref(); // the end of the listener is a reset to them
    process.exitCode = 1;
    setTimeout(() => {
      process.exitCode = 9;
      void listener.close();
    }, 50).unref();
  },
  async 'runs out'() {
    const raw = await connectRaw();
    const free = useAllDescriptors();
    const error = await listener.accept().catch((reason) => reason);
    if (error.code !== 'EMFILE' || error.syscall !== 'accept')
      throw new Error('Not what was expected', { cause: error });
    free();
    const asking = askAtClient(raw);
    const [connection] = await listener.accept();
    await answerAtServer(connection);
    process.exit((await asking) === 'question' ? 10 : 1);
  },
  async 'runs out in a loop'() {
    let told = 0;
    let free;
    let asking;
    const start = async () => {
      const raw = await connectRaw();
      free = useAllDescriptors();
      asking = askAtClient(raw);
    };
    subscribe('sslkit.accept.error', ({ listener: who, error }) => {
      if (who !== listener || error.code !== 'EMFILE') throw new Error('Not what was expected', { cause: error });
      if (++told === 2) free();
    });
    await start();
    for await (const [connection] of listener) {
      await answerAtServer(connection);
      if ((await asking) !== 'question') process.exit(1);
      if (told > 0) process.exit(11);
      // A thread of Node's own held a descriptor for a moment and has given it back: once more.
      free();
      await start();
    }
  },
};
await occupations[occupation]();
