import { SSLContext, SSLSession, TLSVersion } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { connect, makePair } from '../support/connected-pair.ts';
import { VERSIONS } from '../support/contexts.ts';
import { makeMemoryPair, moveBytes, shakeHands } from '../support/memory-pair.ts';
import { assign, checkRows, Failure, type Row, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const fresh = async () => (await makePair()).client.object;
const asSession = (value: unknown) => value as SSLSession;

/** A session of a client that a server's ticket came for, with its contexts. */
async function resumable(version: TLSVersion) {
  const pair = await connect({ version });
  const { session, context } = pair.client.object;
  if (session === null) throw new Error('There is no session');
  return { pair, session, client: context, server: pair.server.object.context };
}

const TICKET = { idLength: 32, timeout: 7200, ticketLifetimeHint: 7200, hasTicket: true };
const describeSession = ({ id, timeout, ticketLifetimeHint, hasTicket }: SSLSession) => ({
  idLength: id.length,
  timeout,
  ticketLifetimeHint,
  hasTicket,
});

for (const [name, version] of VERSIONS) {
  checkRows(`session of ${name}`, [
    ['its facts', async () => describeSession((await resumable(version)).session), TICKET],
    ['time is now', async () => Math.abs((await resumable(version)).session.time - Date.now() / 1000) < 60, true],
    [
      'a new wrapper each time, equal',
      async () => {
        const { pair, session } = await resumable(version);
        const again = pair.client.object.session;
        return [again === session, again?.equals(session), session.equals('x')];
      },
      [false, true, false],
    ],
    [
      'resumes, on both sides',
      async () => {
        const { client, server, session } = await resumable(version);
        const pair = makeMemoryPair(client, server, { client: { serverHostname: 'localhost', session } });
        shakeHands(pair);
        return [pair.client.object.sessionReused, pair.server.object.sessionReused];
      },
      [true, true],
    ],
    [
      'a resumed one has the certificate, and no chains',
      async () => {
        const { client, server, session } = await resumable(version);
        const { object } = (() => {
          const pair = makeMemoryPair(client, server, { client: { serverHostname: 'localhost', session } });
          shakeHands(pair);
          return pair.client;
        })();
        return [object.getPeerCert() !== null, object.getVerifiedChain(), object.getUnverifiedChain()];
      },
      [true, [], []],
    ],
    [
      'set after the handshake: ValueError',
      async () => {
        const { pair, session } = await resumable(version);
        pair.client.object.session = session;
      },
      VALUE_ERROR,
    ],
    [
      'of another context: ValueError',
      async () => {
        const { session } = await resumable(version);
        (await fresh()).session = session;
      },
      VALUE_ERROR,
    ],
    [
      'of a server’s own: ValueError',
      async () => {
        const { pair, server } = await resumable(version);
        const own = pair.server.object.session;
        const again = server.wrapBuffers({ serverSide: true });
        again.session = own;
      },
      VALUE_ERROR,
    ],
    [
      'given to wrap_bio of a server: ValueError',
      async () => {
        const { pair, server } = await resumable(version);
        server.wrapBuffers({ serverSide: true, session: pair.server.object.session });
      },
      VALUE_ERROR,
    ],
    [
      'goes through bytes',
      async () => {
        const { client, session } = await resumable(version);
        return SSLSession.fromBytes(session.toBytes(), client).equals(session);
      },
      true,
    ],
  ]);
}

checkRows('session', [
  ['None: TypeError', async () => assign(await fresh(), 'session', null), TYPE_ERROR],
  ['what is no SSLSession: TypeError', async () => assign(await fresh(), 'session', 'x'), TYPE_ERROR],
  [
    'of TLS 1.3, right after the handshake, has no ticket',
    async () => {
      const pair = await makePair({ version: TLSVersion.TLSv1_3 });
      pair.client.handshake();
      moveBytes(pair.client, pair.server);
      pair.server.handshake();
      moveBytes(pair.server, pair.client);
      pair.client.handshake();
      return pair.client.object.session?.hasTicket;
    },
    false,
  ],
  [
    'of a TLS 1.2 server that gave a ticket has no id',
    async () => describeSession(asSession((await connect({ version: TLSVersion.TLSv1_2 })).server.object.session)),
    { idLength: 0, timeout: 7200, ticketLifetimeHint: 0, hasTicket: false },
  ],
  [
    'bytes that are no session',
    () => SSLSession.fromBytes(Buffer.from('x'), new SSLContext()),
    new Failure(SSLError, { code: 'ERR_SSL_BAD_SESSION' }),
  ],
  [
    'bytes that are text: TypeError',
    () => SSLSession.fromBytes('x' as unknown as Uint8Array, new SSLContext()),
    TYPE_ERROR,
  ],
] satisfies Row[]);
