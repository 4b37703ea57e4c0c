// Uses everything that holds native memory once in each way, and lets go of it: run by scripts/leak-check.mjs, which
// looks at what is left when the process ends. `--plant PATH` loads the add-on that loses an object on purpose.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { connect, KINDS, makeContexts, takeQueued } from '../fuzz/contexts.mjs';
import { MemoryBIO } from '../packages/bio/dist/index.js';
import { PROTOCOL_TLS, SSLContext, SSLSession } from '../packages/context/dist/index.js';
import { createCertificate } from '../packages/x509/dist/index.js';
import { exerciseSockets, exerciseSocketWorker } from './leak-sockets.mjs';

const room = Buffer.alloc(65_536);
const rounds = Number(process.env.SSLKIT_ROUNDS ?? 20);

const all = await makeContexts();
for (let round = 0; round < rounds; round += 1) {
  for (const kind of Object.keys(KINDS)) exercisePair(all[kind], round);
  exerciseQueues(all.tls13);
  await exerciseContexts();
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}
const { chainPem: cert, privateKeyPem: key, certificatePem: root } = await createCertificate({ names: ['localhost'] });
await exerciseSockets({ cert, key, root, rounds });
for (const terminated of [false, true]) {
  await exerciseWorker(terminated);
  await exerciseSocketWorker({ cert, key, root }, terminated);
}

if (process.argv.includes('--plant')) {
  const { plantedLeak } = createRequire(import.meta.url)(process.argv[process.argv.indexOf('--plant') + 1]);
  for (let count = 0; count < 5; count += 1) plantedLeak();
}
process.stdout.write('done\n');

/** A connection from its handshake to its end, with every question on the way; every second one is left open. */
function exercisePair(contexts, round) {
  const { client, server } = connect(contexts);
  for (const object of [client, server]) {
    attempt(() => object.getPeerCert());
    object.getVerifiedChain();
    object.getUnverifiedChain();
    object.cipher();
    object.sharedCiphers();
    attempt(() => object.exportKeyingMaterial(32, 'EXPORTER-leak-check', Buffer.from('context')));
    attempt(() => object.getChannelBinding('tls-server-end-point'));
  }
  client.encrypt(Buffer.alloc(40_000), room.subarray(0, 20_000));
  attempt(() => server.decrypt(takeQueued(client), room));
  client.decrypt(takeQueued(server), room);
  const { session } = client;
  if (session !== null) {
    const again = contexts.client.wrapBuffers({ serverHostname: 'localhost' });
    again.session = SSLSession.fromBytes(session.toBytes(), contexts.client);
    again.tryHandshake();
  }
  attempt(() => SSLSession.fromBytes(Buffer.from('nonsense'), contexts.client));
  attempt(() => client.decrypt(Buffer.from('1703030010000102030405060708090a0b0c0d0e0f', 'hex'), room));
  attempt(() => server.tryUnwrap());
  if (round % 2 === 0) for (const object of [client, server]) object.close();
}

function exerciseQueues({ client, server }) {
  const [toServer, toClient] = [new MemoryBIO(), new MemoryBIO()];
  const ends = [
    client.wrapBio(toClient, toServer, { serverHostname: 'localhost' }),
    server.wrapBio(toServer, toClient, { serverSide: true }),
  ];
  for (let turn = 0; turn < 5; turn += 1) ends[turn % 2].tryHandshake();
  ends[0].write(Buffer.alloc(30_000));
  attempt(() => ends[1].read(65_536));
  toClient.writeEof();
  attempt(() => ends[0].read());
  const same = new MemoryBIO();
  attempt(() => client.wrapBio(same, same, {}).tryHandshake());
  attempt(() => client.wrapBuffers({ serverHostname: 'localhost' }).tryHandshake(Buffer.from('HTTP/1.1 400 Bad\r\n')));
}

async function exerciseContexts() {
  const made = await createCertificate({ names: ['localhost'] });
  const other = await createCertificate({ names: ['localhost'] });
  const context = new SSLContext(PROTOCOL_TLS);
  const { certificatePem: cert, privateKeyPem: key } = made;
  context.loadCertChain({ cert, key });
  context.loadCertChain({ cert: made.certificate, key: made.privateKey });
  attempt(() => context.loadCertChain({ cert, key: other.privateKeyPem }));
  attempt(() => context.loadCertChain({ cert: 'nonsense' }));
  attempt(() => context.loadCertChain({ cert, key: 'nonsense' }));
  attempt(() => context.loadCertChain({ pfx: Buffer.from('nonsense') }));
  context.loadVerifyLocations({ cadata: cert });
  context.loadVerifyLocations({ cadata: Buffer.from(other.certificate) });
  attempt(() => context.loadVerifyLocations({ cadata: Buffer.from('nonsense') }));
  attempt(() => context.loadDefaultCerts());
  attempt(() => context.setCiphers('nonsense'));
  attempt(() => context.setGroups('nonsense'));
  attempt(() => context.setEcdhCurve('prime256v1'));
  context.setAlpnProtocols(['a', 'b']);
  context.setAlpnProtocols(['c']);
  context.getCiphers();
  context.getCaCerts();
  context.sessionStats();
}

async function exerciseWorker(terminated) {
  const {
    chainPem: cert,
    privateKeyPem: key,
    certificatePem: root,
  } = await createCertificate({ names: ['localhost'] });
  const script = new URL('../tests/lifetime/endless-handshakes.mjs', import.meta.url);
  const workerData = { occupation: 'handshakes over buffers', root, cert, key, passes: terminated ? undefined : 3 };
  const worker = new Worker(script, { workerData });
  await once(worker, 'message');
  if (terminated) await worker.terminate();
  else await once(worker, 'exit');
}

/** What fails here fails on purpose; what matters is that it leaves nothing behind. */
function attempt(call) {
  try {
    return call();
  } catch (error) {
    if (typeof error?.code !== 'string') throw error;
    return undefined;
  }
}
