import type { SSLObject } from '@sslkit/context';

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
 * its time, and lets the engine go on with what it says. What the callback throws refuses the peer.
 */
export async function settleDecision(engine: SSLObject): Promise<void> {
  const { context, decision } = engine;
  if (decision === null) return;
  let refusal: unknown;
  try {
    refusal = await context.sniCallback?.(engine, decision.serverName, context);
  } catch (error) {
    refusal = error instanceof Error ? error : new Error('The sniCallback threw', { cause: error });
  }
  // The connection was closed meanwhile, or somebody else has answered.
  if (engine.decision !== decision) return;
  decision.answer(toRefusal(refusal));
}

function toRefusal(refusal: unknown): number | Error | null {
  if (refusal === undefined || refusal === null) return null;
  if (typeof refusal === 'number' || refusal instanceof Error) return refusal;
  return new TypeError('The sniCallback must return nothing or the number of an alert');
}
