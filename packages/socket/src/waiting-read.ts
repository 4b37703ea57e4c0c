import { Outcome } from '@sslkit/context';
import type { Wait } from './deadlines.ts';

/** What a read is to fill: the caller's memory, or memory of its own for at most so many bytes. */
export type ReadTarget = Uint8Array | number;

/** Who makes reads wait. */
export interface ReadOwner<T> {
  /** One try, which never waits: a result, or an outcome below zero. What it throws rejects. */
  attemptRead(target: ReadTarget): T | number;
  /** The waiting is over, however that came; the promise settles next. */
  onReadEnd(): void;
}

/**
 * A read that waits. It is tried again in the very turn in which something happens to the transport, and its promise is
 * the one that the caller holds: nothing else stands between the event loop and the caller.
 */
export class WaitingRead<T> {
  readonly promise: Promise<T>;
  readonly #target: ReadTarget;
  readonly #owner: ReadOwner<T>;
  readonly #resolve: (result: T) => void;
  readonly #reject: (error: unknown) => void;
  #stopGuard: (() => void) | null = null;

  constructor(target: ReadTarget, owner: ReadOwner<T>) {
    let settle: [(result: T) => void, (error: unknown) => void] | undefined;
    this.promise = new Promise<T>((resolve, reject) => {
      settle = [resolve, reject];
    });
    [this.#resolve, this.#reject] = settle as [(result: T) => void, (error: unknown) => void];
    this.#target = target;
    this.#owner = owner;
  }

  /** Ends the waiting when `wait` says so. */
  guard(wait: Wait): void {
    if (!wait.unlimited) this.#stopGuard = wait.guard((error) => this.#fail(error));
  }

  /** Tries again: `Outcome.DONE` where that has ended the waiting, else what is missing. */
  retry(): number {
    let result: T | number;
    try {
      result = this.#owner.attemptRead(this.#target);
    } catch (error) {
      this.#fail(error);
      return Outcome.DONE;
    }
    if (isOutcome(result)) return result;
    this.#end();
    this.#resolve(result);
    return Outcome.DONE;
  }

  #fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#stopGuard?.();
    this.#owner.onReadEnd();
  }
}

/** Tells the outcomes that are not done from a count or a buffer. */
export function isOutcome(result: unknown): result is number {
  return typeof result === 'number' && result < 0;
}
