// What the methods with Python's names throw where their siblings that start with `try` return an outcome.
import { invalidState, SSLError, SSLWantReadError, SSLWantWriteError, SSLZeroReturnError } from '@sslkit/errors';
import type { NativeFailure } from '../addon.ts';
import { configurationError } from '../openssl-error.ts';
import { Outcome } from '../outcome.ts';

/** Takes the answer of a native setter: nothing, an error queue, or the number of a closed object. */
export function throwUnlessSet(result: NativeFailure | number | undefined): void {
  if (result === undefined) return;
  if (typeof result === 'number') throw invalidState('The SSLObject is closed');
  throw configurationError(result);
}

export function throwUnlessDone(outcome: number): void {
  if (outcome !== Outcome.DONE) throw toWantError(outcome);
}

/** The error for an outcome that is no progress and no failure. */
export function toWantError(outcome: number): SSLError {
  if (outcome === Outcome.WANT_READ) return new SSLWantReadError();
  if (outcome === Outcome.WANT_WRITE) return new SSLWantWriteError();
  if (outcome === Outcome.CLOSED) return new SSLZeroReturnError();
  return new SSLError('The handshake waits for a decision', { code: 'ERR_SSL_PAUSED' });
}
