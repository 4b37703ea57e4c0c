// A client or a server that meets hostile bytes in its handshake: recorded flights that are changed, and live ones that
// are changed on the way.
import { MemoryBIO } from '../../packages/bio/dist/index.js';
import { connect, KINDS, takeQueued } from '../contexts.mjs';
import { attempt, makeGuardedBuffer, must } from '../guarded-call.mjs';
import { mutateFlight } from '../mutate.mjs';

/** @param side - who is attacked. */
export function makeHandshakeTarget(side) {
  return {
    corpus: `${side}-flights`,
    run({ random, inputs, contexts }) {
      const kind = random.pick(Object.keys(KINDS));
      if (random.oneIn(2)) attackOnTheWay(random, side, contexts[kind], inputs);
      else attackByRecord(random, side, contexts[kind], inputs);
    },
  };
}

function attackOnTheWay(random, side, contexts, inputs) {
  const attackedFlight = random.below(3);
  let seen = 0;
  attempt(() =>
    connect(contexts, (flight, from) => {
      const attacked = from !== side && seen++ === attackedFlight;
      return attacked ? mutateFlight(random, flight, inputs) : flight;
    }),
  );
}

function attackByRecord(random, side, contexts, inputs) {
  const options = side === 'client' ? { serverHostname: 'localhost' } : { serverSide: true };
  const flight = mutateFlight(random, random.pick(inputs), inputs);
  if (random.oneIn(3)) feedQueues(random, contexts[side], options, flight);
  else feedBuffers(random, contexts[side], options, flight);
}

/** Hands over the flight in pieces, by each of the calls that take TLS bytes. */
function feedBuffers(random, context, options, flight) {
  const object = context.wrapBuffers(options);
  const plaintext = makeGuardedBuffer(random.pick([0, 1, 100, 20_000]));
  const outgoing = makeGuardedBuffer(random.pick([0, 7, 20_000]));
  attempt(() => object.tryHandshake());
  for (let rest = flight; rest.length > 0; ) {
    const piece = rest.subarray(0, random.oneIn(2) ? rest.length : 1 + random.below(rest.length));
    const call = random.pick(['tryHandshake', 'tryHandshake', 'tryHandshake', 'decrypt', 'tryUnwrap']);
    const outcome = attempt(() => (call === 'decrypt' ? object.decrypt(piece, plaintext.buffer) : object[call](piece)));
    must(object.consumed >= 0 && object.consumed <= piece.length, `${call} consumes what there is`);
    plaintext.check(call === 'decrypt' ? (outcome ?? 0) : 0, 'plaintext');
    const drained = attempt(() => object.drain(outgoing.buffer)) ?? 0;
    outgoing.check(drained, 'outgoing');
    if (outcome === undefined) break;
    rest = rest.subarray(Math.max(object.consumed, 1));
  }
  ask(object);
  if (random.oneIn(2)) attempt(() => object.endIncoming());
  attempt(() => object.encrypt(Buffer.alloc(100), outgoing.buffer));
  outgoing.check(object.produced, 'outgoing');
  attempt(() => object.tryUnwrap());
  takeQueued(object);
  if (random.oneIn(2)) object.close();
}

function feedQueues(random, context, options, flight) {
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const object = context.wrapBio(incoming, random.oneIn(20) ? incoming : outgoing, options);
  attempt(() => object.doHandshake());
  incoming.write(flight);
  if (random.oneIn(3)) incoming.writeEof();
  for (let turn = 0; turn < 4; turn += 1) {
    attempt(() => object[random.pick(['doHandshake', 'read', 'unwrap', 'tryHandshake'])]());
  }
  ask(object);
}

/** Whatever state the connection is in, it can be asked. */
function ask(object) {
  attempt(() => object.version());
  attempt(() => object.cipher());
  attempt(() => object.sharedCiphers());
  attempt(() => object.selectedAlpnProtocol());
  attempt(() => object.getPeerCert({ binaryForm: true }));
  attempt(() => object.getUnverifiedChain());
  attempt(() => object.getVerifiedChain());
  attempt(() => object.session?.toBytes());
  attempt(() => object.getChannelBinding('tls-server-end-point'));
}
