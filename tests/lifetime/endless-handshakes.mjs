// A worker that does one thing until it is terminated, in the midst of it, or for as many `passes` as it is told; see
// terminated-workers.test.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryBIO } from '../../packages/bio/dist/index.js';
import {
  CERT_NONE,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  TLSVersion,
} from '../../packages/context/dist/index.js';

const { occupation, root, cert, key } = workerData;
const room = Buffer.alloc(65_536);

function makeClient(configure = () => {}) {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.loadVerifyLocations({ cadata: root });
  configure(context);
  return context;
}

function makeServer(configure = () => {}) {
  const context = new SSLContext(PROTOCOL_TLS_SERVER);
  context.loadCertChain({ cert, key });
  configure(context);
  return context;
}

/** Carries a handshake over buffers as far as it goes. */
function shakeHands(client, server, serverHostname = 'localhost') {
  const ends = [client.wrapBuffers({ serverHostname }), server.wrapBuffers({ serverSide: true })];
  let incoming = Buffer.alloc(0);
  for (let turn = 0; turn < 5; turn += 1) {
    const end = ends[turn % 2];
    try {
      end.tryHandshake(incoming);
      end.getPeerCert();
    } catch (error) {
      if (!('code' in error)) throw error;
    }
    incoming = Buffer.from(room.subarray(0, end.drain(room)));
  }
  for (const end of ends) end.close();
}

function shakeHandsOverQueues(client, server) {
  const [toServer, toClient] = [new MemoryBIO(), new MemoryBIO()];
  const ends = [
    client.wrapBio(toClient, toServer, { serverHostname: 'localhost' }),
    server.wrapBio(toServer, toClient, { serverSide: true }),
  ];
  for (let turn = 0; turn < 5; turn += 1) ends[turn % 2].tryHandshake();
}

const OCCUPATIONS = {
  'handshakes over buffers'() {
    const [client, server] = [makeClient(), makeServer()];
    return () => shakeHands(client, server);
  },
  'handshakes over MemoryBIOs'() {
    const [client, server] = [makeClient(), makeServer()];
    return () => shakeHandsOverQueues(client, server);
  },
  'handshakes that fail'() {
    const [client, server] = [makeClient(), makeServer()];
    return () => shakeHands(client, server, 'other.example');
  },
  callbacks() {
    const client = makeClient((context) => {
      context.setAlpnProtocols(['a', 'b']);
      context.verifyCallback = () => true;
    });
    const server = makeServer((context) => {
      context.sniCallback = (object) => {
        object.context = server;
        return null;
      };
      context.alpnCallback = () => 'b';
    });
    return () => shakeHands(client, server);
  },
  'pre-shared keys'() {
    const limit = (context) => {
      context.maximumVersion = TLSVersion.TLSv1_2;
      context.setCiphers('PSK');
    };
    const secret = Buffer.alloc(16, 1);
    const client = makeClient((context) => {
      limit(context);
      context.checkHostname = false;
      context.verifyMode = CERT_NONE;
      context.setPskClientCallback(() => ['me', secret]);
    });
    const server = makeServer((context) => {
      limit(context);
      context.setPskServerCallback(() => secret);
    });
    return () => shakeHands(client, server);
  },
  messages() {
    const seen = new Set();
    const trace = (context) => {
      context.messageCallback = (_connection, _direction, _version, _content, type) => void seen.add(type);
    };
    const [client, server] = [makeClient(trace), makeServer(trace)];
    return () => shakeHands(client, server);
  },
  'objects that nobody closes'() {
    const client = makeClient();
    const kept = [];
    return () => {
      const object = client.wrapBuffers({ serverHostname: 'localhost' });
      object.tryHandshake();
      kept[Math.floor(Math.random() * 500)] = object;
    };
  },
  contexts: () => () => {
    makeClient().getCaCerts();
    makeServer().getCiphers();
  },
};

const pass = OCCUPATIONS[occupation]();
pass();
for (let passes = workerData.passes ?? Infinity; passes > 0; passes -= 1) {
  parentPort.postMessage('under way');
  for (let count = 0; count < 20; count += 1) pass();
}
