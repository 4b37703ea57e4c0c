/**
 * What a `try…` call says where it has no count to give. All are negative: `result >= 0` is progress.
 *
 * The numbers are OpenSSL's `SSL_ERROR_*` with the sign changed (SSL_get_error(3)).
 */
export enum Outcome {
  /** The handshake or the closing is complete. */
  DONE = 0,
  /** More TLS bytes from the peer are needed. */
  WANT_READ = -2,
  /** TLS bytes must be sent first. */
  WANT_WRITE = -3,
  /** The peer sent `close_notify`: no more plaintext will come. */
  CLOSED = -6,
  /** The handshake waits for a decision of the caller's; see `SSLObject.decision`. */
  PAUSED = -11,
}

/** Further numbers of native/outcome.h, which never leave this package. */
export const NativeOutcome = {
  failed: -1,
  pausedCertificate: -4,
  syscall: -5,
  pausedClientHello: -11,
  pausedVerify: -12,
  released: -100,
  wrongTransport: -101,
  busy: -102,
} as const;
