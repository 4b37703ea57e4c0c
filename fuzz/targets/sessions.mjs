// SSLSession.fromBytes on changed sessions, and handshakes with those that it takes.
import { SSLSession } from '../../packages/context/dist/index.js';
import { connect, takeQueued } from '../contexts.mjs';
import { attempt, must } from '../guarded-call.mjs';
import { mutateBytes } from '../mutate.mjs';

export const sessions = {
  corpus: 'sessions',
  run({ random, inputs, contexts }) {
    const { client, server } = contexts[random.pick(['tls13', 'tls12', 'tls12-psk'])];
    const bytes = mutateBytes(random, random.pick(inputs), inputs);
    const session = attempt(() => SSLSession.fromBytes(bytes, client));
    if (session === undefined) return;
    must(session.id.length <= 32, 'an id has at most 32 bytes');
    must(Number.isFinite(session.time) && Number.isFinite(session.timeout), 'times are numbers');
    must(session.ticketLifetimeHint >= 0, 'a hint is no negative number');
    must(session.equals(session) && typeof session.hasTicket === 'boolean', 'a session equals itself');
    const again = attempt(() => SSLSession.fromBytes(session.toBytes(), client));
    if (again !== undefined) must(again.equals(session), 'what was written is read as the same');
    const object = client.wrapBuffers({ serverHostname: 'localhost' });
    attempt(() => {
      object.session = session;
      object.tryHandshake();
    });
    const hello = takeQueued(object);
    const peer = server.wrapBuffers({ serverSide: true });
    attempt(() => peer.tryHandshake(hello));
    attempt(() => object.tryHandshake(takeQueued(peer)));
    attempt(() => object.session?.id);
    if (random.oneIn(50)) attempt(() => connect({ client, server }));
  },
};
