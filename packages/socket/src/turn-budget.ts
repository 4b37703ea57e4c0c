// How much one turn of the event loop does for new connections, accepting and handshakes, in milliseconds. A full handshake
// costs about one; without a limit a burst of clients would hold every open connection up until all of them were served.
const BUDGET_MS = 1;

let spentMs = 0;
let turnScheduled = false;
let charging = false;
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

/** True where this turn has done its share for new connections, or others wait for the next one already. */
export function isTurnSpent(): boolean {
  return spentMs >= BUDGET_MS || queue.length > 0;
}

/** Runs `step` and counts its time. Within another such step it is counted with that. */
export function chargeTurn<T>(step: () => T): T {
  if (charging) return step();
  const start = performance.now();
  charging = true;
  try {
    return step();
  } finally {
    charging = false;
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
  if (!isTurnSpent()) return chargeTurn(step);
  return new Promise((resolve, reject) => {
    queue.push(() => {
      try {
        resolve(chargeTurn(step));
      } catch (error) {
        reject(error);
      }
    });
    scheduleTurn();
  });
}
