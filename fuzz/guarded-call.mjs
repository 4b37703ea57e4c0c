// What must hold whatever the bytes are: errors of ours, counts within their buffers, and no byte written outside.

/** Something that must not happen, whatever the input. */
export class Finding extends Error {}

/** Runs what may fail by one of our errors, or Node's; gives undefined where it did. */
export function attempt(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof Finding) throw error;
    if (error instanceof Error && typeof error.code === 'string' && error.code.startsWith('ERR_')) {
      // An error that cannot be printed is one too.
      if (typeof error.message !== 'string' || String(error) === '') throw new Finding('An error without a text');
      return undefined;
    }
    throw new Finding(`An error that is not ours: ${error?.stack ?? error}`, { cause: error });
  }
}

export function must(condition, claim) {
  if (!condition) throw new Finding(`Does not hold: ${claim}`);
}

const MARGIN = 32;
const CANARY = 0xa5;

/** A buffer with guards on both sides; `check` finds what was written into them, or behind what is said to be used. */
export function makeGuardedBuffer(size) {
  const memory = Buffer.alloc(size + 2 * MARGIN, CANARY);
  const buffer = memory.subarray(MARGIN, MARGIN + size);
  return {
    buffer,
    check(used, name) {
      must(used <= size, `${name}: ${used} bytes fit into ${size}`);
      for (let at = 0; at < MARGIN; at += 1) {
        must(memory[at] === CANARY && memory[MARGIN + size + at] === CANARY, `${name}: no byte outside is written`);
      }
    },
  };
}
