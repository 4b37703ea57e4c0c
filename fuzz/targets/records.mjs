// An open connection that meets changed records: real ones of its peer, and recorded ones of others.
import { connect, KINDS, takeQueued } from '../contexts.mjs';
import { attempt, makeGuardedBuffer, must } from '../guarded-call.mjs';
import { mutateFlight } from '../mutate.mjs';

export const records = {
  corpus: 'records',
  run({ random, inputs, contexts }) {
    const { client, server } = connect(contexts[random.pick(Object.keys(KINDS))]);
    const [sender, receiver] = random.oneIn(2) ? [client, server] : [server, client];
    for (let round = 1 + random.below(3); round > 0; round -= 1) {
      const incoming = makeIncoming(random, sender, inputs);
      if (!receive(random, receiver, incoming)) break;
    }
    attempt(() => receiver.endIncoming());
    attempt(() => receiver.decrypt(Buffer.alloc(0), Buffer.alloc(10)));
    attempt(() => receiver.tryUnwrap());
    takeQueued(receiver);
    for (const end of [client, server]) if (random.oneIn(2)) end.close();
  },
};

/** What the peer sends, changed now and then. */
function makeIncoming(random, sender, inputs) {
  const parts = [takeQueued(sender)];
  for (let count = random.below(4); count > 0; count -= 1) {
    const outgoing = makeGuardedBuffer(random.pick([0, 1, 300, 17_408, 40_000]));
    const plaintext = Buffer.alloc(random.pick([0, 1, 100, 16_384, 16_385, 50_000]), count);
    const taken = attempt(() => sender.encrypt(plaintext, outgoing.buffer)) ?? 0;
    must(taken <= plaintext.length, 'encrypt takes what there is');
    outgoing.check(sender.produced, 'outgoing');
    parts.push(Buffer.from(outgoing.buffer.subarray(0, sender.produced)), takeQueued(sender));
  }
  if (random.oneIn(4)) {
    attempt(() => sender.tryUnwrap());
    parts.push(takeQueued(sender));
  }
  const bytes = Buffer.concat(parts);
  return random.oneIn(3) ? bytes : mutateFlight(random, bytes.length > 0 ? bytes : random.pick(inputs), inputs);
}

/** Whether the connection is still alive afterwards. */
function receive(random, receiver, incoming) {
  const plaintext = makeGuardedBuffer(random.pick([1, 2, 333, 16_384, 65_536]));
  let rest = incoming;
  // Every call takes bytes or gives some, or this stands still and is left.
  for (let calls = 0; calls < 2000; calls += 1) {
    const piece = random.oneIn(3) ? rest.subarray(0, random.below(rest.length + 1)) : rest;
    const outcome = attempt(() => receiver.decrypt(piece, plaintext.buffer));
    if (outcome === undefined) return false;
    plaintext.check(outcome, 'plaintext');
    must(receiver.consumed <= piece.length, 'decrypt consumes what there is');
    rest = rest.subarray(receiver.consumed);
    if (outcome <= 0 && (rest.length === 0 || receiver.consumed === 0) && piece.length === rest.length) break;
  }
  return true;
}
