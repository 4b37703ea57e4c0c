import type { ServerNameDecision, SSLContext, SSLObject } from '@sslkit/context';

// How much handshake work one turn of the event loop does, in milliseconds. A full handshake costs about one; without a
// limit a burst of clients would hold every open connection up until all of them were served.
const BUDGET_MS = 1;

let spentMs = 0;
let turnScheduled = false;
const queue: (() => void)[] = [];

function beginTurn(): void {
  turnScheduled = false;
  spentMs = 0;
  runQueued();
}

function scheduleTurn(): void {
  if (turnScheduled) return;
  turnScheduled = true;
  setImmediate(beginTurn);
}

function runQueued(): void {
  while (spentMs < BUDGET_MS) {
    const step = queue.shift();
    if (step === undefined) return;
    step();
  }
  scheduleTurn();
}

function measure(step: () => number): number {
  const start = performance.now();
  try {
    return step();
  } finally {
    spentMs += performance.now() - start;
    // The sum belongs to this turn of the loop alone.
    scheduleTurn();
  }
}

/**
 * Runs one step of a handshake, in this turn of the event loop while the turn has time for it, else in one of the next,
 * first come first served.
 *
 * @param step - never waits; gives back an outcome.
 */
export function runInBudget(step: () => number): number | Promise<number> {
  if (spentMs < BUDGET_MS && queue.length === 0) return measure(step);
  return new Promise((resolve, reject) => {
    queue.push(() => {
      try {
        resolve(measure(step));
      } catch (error) {
        reject(error);
      }
    });
    scheduleTurn();
  });
}

/**
 * Answers the question that a handshake with the outcome `PAUSED` has: asks the callback of the context, which may take
 * its time, and lets the engine go on with what it says. What a callback throws refuses the peer.
 *
 * @param owner - what the callback is given as the connection.
 * @returns what the callback has thrown, null where it has not.
 */
export async function settleDecision(engine: SSLObject, owner: object): Promise<Error | null> {
  const { context, decision } = engine;
  const connection = owner as SSLObject;
  try {
    switch (decision?.kind) {
      case 'serverName':
        await decideByClientHello(decision, context, connection);
        break;
      case 'certificate':
        decision.answer(await context.clientCertificateCallback?.(connection, decision.issuers));
        break;
      case 'verification':
        decision.answer((await context.verifyCallback?.(connection, decision.verification)) ?? false);
        break;
    }
    return null;
  } catch (reason) {
    const error = reason instanceof Error ? reason : new Error('The callback threw', { cause: reason });
    if (decision?.kind === 'serverName') decision.answer(error);
    else if (decision?.kind === 'certificate') decision.answer(null);
    else decision?.answer(false);
    return error;
  }
}

async function decideByClientHello(
  decision: ServerNameDecision,
  context: SSLContext,
  connection: SSLObject,
): Promise<void> {
  const refusal = (await context.sniCallback?.(connection, decision.serverName, context)) ?? null;
  const offered = decision.alpnProtocols;
  // Refused already: which protocol would have been spoken does not matter.
  const asked = refusal === null && offered.length > 0;
  decision.answer(refusal, asked ? await context.alpnCallback?.(connection, offered) : undefined);
}
