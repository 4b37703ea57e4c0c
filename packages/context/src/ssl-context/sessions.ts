import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import type { NativeContext } from '../addon.ts';
import { SSLMethod } from '../enums/protocol.ts';

/** Counters of the context's session cache since it was made: SSL_CTX_sess_number(3). */
export interface SessionStats {
  /** Sessions in the cache now. */
  readonly number: number;
  readonly connect: number;
  readonly connectGood: number;
  readonly connectRenegotiate: number;
  readonly accept: number;
  readonly acceptGood: number;
  readonly acceptRenegotiate: number;
  readonly hits: number;
  readonly misses: number;
  readonly timeouts: number;
  readonly cacheFull: number;
}

/** Implements `SSLContext.sessionStats`; the keys are in Python's order. */
export function readSessionStats(context: NativeContext): SessionStats {
  const counters = context.sessionStats();
  const at = (index: number): number => counters[index] ?? 0;
  return {
    number: at(0),
    connect: at(1),
    connectGood: at(2),
    connectRenegotiate: at(3),
    accept: at(4),
    acceptGood: at(5),
    acceptRenegotiate: at(6),
    hits: at(7),
    misses: at(8),
    timeouts: at(9),
    cacheFull: at(10),
  };
}

/** Implements the setter of `SSLContext.numTickets`. */
export function setNumTickets(context: NativeContext, protocol: SSLMethod, count: unknown): void {
  if (typeof count !== 'number' || !Number.isInteger(count)) {
    throw invalidArgumentType('numTickets', 'an integer', count);
  }
  if (count < 0) throw invalidArgumentValue('numTickets must be non-negative');
  if (protocol !== SSLMethod.PROTOCOL_TLS_SERVER) throw invalidArgumentValue('not a server context');
  if (!context.setNumTickets(count)) throw invalidArgumentValue('OpenSSL refused the number of tickets');
}
