import { channel } from 'node:diagnostics_channel';
import { SSLCertVerificationError } from '@sslkit/errors';

/** What every message of the channels carries. */
export interface ConnectionMessage {
  /** The `SSLSocket` it is about. */
  readonly connection: object;
}

/** `sslkit.handshake.end`. */
export interface HandshakeMessage extends ConnectionMessage {
  readonly durationMs: number;
}

/** `sslkit.handshake.error`, and `sslkit.verification` where the peer's certificate was refused. */
export interface FailureMessage extends HandshakeMessage {
  readonly error: unknown;
}

/** `sslkit.accept.error`: the system had a connection and could not give it to us, as without a descriptor to spare. */
export interface AcceptFailureMessage {
  /** The `SSLListener` it is about, which goes on. */
  readonly listener: object;
  readonly error: unknown;
}

const acceptError = channel('sslkit.accept.error');
const handshakeStart = channel('sslkit.handshake.start');
const handshakeEnd = channel('sslkit.handshake.end');
const handshakeError = channel('sslkit.handshake.error');
const verification = channel('sslkit.verification');
const session = channel('sslkit.session');
const close = channel('sslkit.close');

/**
 * Runs a handshake and tells `sslkit.handshake.start`, `.end`, `.error`, `sslkit.verification` and, for a resumed one,
 * `sslkit.session` about it. Without a subscriber that is a handful of comparisons.
 */
export async function traceHandshake(
  connection: { readonly sessionReused: boolean | null },
  handshake: () => Promise<void>,
): Promise<void> {
  const start = performance.now();
  if (handshakeStart.hasSubscribers) handshakeStart.publish({ connection } satisfies ConnectionMessage);
  try {
    await handshake();
  } catch (error) {
    const message: FailureMessage = { connection, error, durationMs: performance.now() - start };
    if (error instanceof SSLCertVerificationError && verification.hasSubscribers) verification.publish(message);
    if (handshakeError.hasSubscribers) handshakeError.publish(message);
    throw error;
  }
  if (session.hasSubscribers && connection.sessionReused) session.publish({ connection } satisfies ConnectionMessage);
  if (!handshakeEnd.hasSubscribers) return;
  handshakeEnd.publish({ connection, durationMs: performance.now() - start } satisfies HandshakeMessage);
}

/** Tells `sslkit.close` that a connection is over and how its data ended. */
export function announceClose(connection: object, ended: string | null): void {
  if (close.hasSubscribers) close.publish({ connection, ended });
}

/** Tells `sslkit.accept.error`. */
export function announceAcceptError(listener: object, error: unknown): void {
  if (acceptError.hasSubscribers) acceptError.publish({ listener, error } satisfies AcceptFailureMessage);
}
