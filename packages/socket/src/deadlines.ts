import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';

/** What every call that can wait takes last. */
export interface CallOptions {
  /** Ends the waiting: the call rejects with an `AbortError` (`code` `ABORT_ERR`) whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What a call was doing when its time ran out. */
export type Operation = 'accept' | 'connect' | 'handshake' | 'read' | 'write' | 'shutdown' | 'wait';

/**
 * The time that `setTimeout` allows for one call has run out; `code` is `ETIMEDOUT`.
 *
 * Python: `TimeoutError`, which was `socket.timeout` before 3.10.
 */
export class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
  /** What was being done. */
  readonly operation: Operation;

  constructor(operation: Operation) {
    super(`The ${operation} operation timed out`);
    this.operation = operation;
  }
}
Object.defineProperty(TimeoutError.prototype, 'name', { value: 'TimeoutError', configurable: true, writable: true });

/** Makes the error with which an aborted call rejects: Node's `AbortError`. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

/**
 * Checks a time-out as Python does.
 *
 * @param seconds - null for no limit, 0 for calls that never wait.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` when it is neither a number nor null.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` when it is negative or not finite.
 */
export function checkTimeout(seconds: number | null, name = 'timeout'): number | null {
  if (seconds === null) return null;
  if (typeof seconds !== 'number') throw invalidArgumentType(name, 'a number of seconds or null', seconds);
  if (!Number.isFinite(seconds) || seconds < 0) throw invalidArgumentValue(`${name} must be null or at least 0`);
  return seconds;
}

const MAX_TIMER_MS = 0x7fffffff; // the longest delay a timer of Node takes; it fires at once beyond
const COARSE_MS = 10_000;

/**
 * A delay in milliseconds, not above `left` but for its fraction. Node keeps a list of timers for each delay, and most long
 * ones never fire: those share a few round delays, and whoever is woken early looks again.
 */
function roundDelay(left: number): number {
  if (left < 2 * COARSE_MS) return Math.ceil(left);
  return Math.min(Math.floor(left / COARSE_MS) * COARSE_MS - COARSE_MS, MAX_TIMER_MS);
}

/**
 * How long one call may wait: a total deadline, as Python has had since 3.5, and the caller's signal.
 *
 * Made once at the start of a call and used for each sleep in it, so that a peer which sends one byte at a time does
 * not win more time with every byte.
 */
export class Wait {
  readonly operation: Operation;
  /** False where the call must not wait at all. */
  readonly blocking: boolean;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;

  /**
   * @param seconds - null for no deadline, 0 for not waiting at all.
   * @throws Error `ABORT_ERR` when the signal has been given already.
   */
  constructor(operation: Operation, seconds: number | null, signal?: AbortSignal) {
    if (signal?.aborted) throw abortError(signal);
    this.operation = operation;
    this.blocking = seconds !== 0;
    this.#deadline = seconds === null || seconds === 0 ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000;
    this.#signal = signal;
  }

  /** A wait for one call; calls without any limit share theirs. */
  static of(operation: Operation, seconds: number | null, signal?: AbortSignal): Wait {
    if (seconds !== null || signal !== undefined) return new Wait(operation, seconds, signal);
    unlimited[operation] ??= new Wait(operation, null);
    return unlimited[operation];
  }

  /** True where only the awaited event itself ends a sleep. */
  get unlimited(): boolean {
    return this.#signal === undefined && this.#deadline === Number.POSITIVE_INFINITY;
  }

  /**
   * Calls `fail` once when the deadline passes or the signal is given, whichever is first.
   *
   * @returns what takes both off again.
   */
  guard(fail: (error: Error) => void): () => void {
    const signal = this.#signal;
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      stop();
      if (signal !== undefined) fail(abortError(signal));
    };
    if (signal?.aborted) {
      onAbort();
      return stop;
    }
    const arm = () => {
      const left = this.#deadline - performance.now();
      if (left <= 0) {
        stop();
        fail(new TimeoutError(this.operation));
        return;
      }
      timer = setTimeout(arm, roundDelay(left));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (this.#deadline !== Number.POSITIVE_INFINITY) arm();
    return stop;
  }

  /** Gives `promise`, or rejects before it settles when the deadline passes or the signal is given. */
  race<T>(promise: Promise<T>): Promise<T> {
    if (this.unlimited) return promise;
    return new Promise((resolve, reject) => {
      const stop = this.guard(reject);
      promise.then(resolve, reject).finally(stop);
    });
  }
}

// A wait without a deadline and a signal holds nothing of its call.
const unlimited: Partial<Record<Operation, Wait>> = {};

/** Where calls sleep until something happens to the transport; all sleepers wake, and each looks again for itself. */
export class Wakeup {
  /** Null while nobody sleeps: most connections never have anybody who does. */
  #sleepers: (() => void)[] | null = null;
  #wakes = 0;

  /** How often {@link wake} was called: whoever looks and sleeps in different turns can tell whether it has missed one. */
  get wakes(): number {
    return this.#wakes;
  }

  /** Resolves at the next {@link wake}; rejects as `wait` says. */
  sleep(wait: Wait): Promise<void> {
    return new Promise((resolve, reject) => {
      if (wait.unlimited) {
        this.#add(resolve);
        return;
      }
      const wakeUp = () => {
        stop();
        resolve();
      };
      const stop = wait.guard((error) => {
        this.#sleepers = this.#sleepers?.filter((sleeper) => sleeper !== wakeUp) ?? null;
        reject(error);
      });
      this.#add(wakeUp);
    });
  }

  #add(sleeper: () => void): void {
    this.#sleepers ??= [];
    this.#sleepers.push(sleeper);
  }

  /** Ends every sleep. */
  wake(): void {
    this.#wakes++;
    const sleepers = this.#sleepers;
    if (sleepers === null) return;
    this.#sleepers = null;
    for (const wakeUp of sleepers) wakeUp();
  }
}
