/**
 * What the command ends with. Each condition has its own number, so that a script need not read the words.
 *
 * The numbers do not change their meaning between versions.
 */
export enum ExitCode {
  /** Done; where a peer's certificate is concerned: verified, chain and name. */
  OK = 0,
  /** A failure that has no number of its own. */
  FAILED = 1,
  /** The command line is wrong. */
  USAGE = 2,
  /** A file cannot be read or written, or does not hold what it should; a password is wrong. */
  INPUT = 3,
  /** No connection: unknown host, refused, unreachable, no answer in time. */
  UNREACHABLE = 4,
  /** Something answers, but it does not speak TLS. */
  NOT_TLS = 5,
  /** TLS is spoken, and no connection came of it: no common version or cipher suite, an alert, an end in the middle. */
  HANDSHAKE = 6,
  /** The certificate does not lead to an authority that is trusted. */
  UNTRUSTED = 7,
  /** The certificate is for other names. */
  NAME_MISMATCH = 8,
  /** A certificate has expired, or is not valid yet. */
  EXPIRED = 9,
  /** A certificate was revoked by its authority. */
  REVOKED = 10,
  /** The certificate is refused for another reason: wrong purpose, weak key, broken rule, no revocation list. */
  REFUSED = 11,
  /** `watch`: something expires soon, or has changed. `inspect`: lint found errors. */
  WARNING = 12,
  /** `watch`: something expires so soon that it is urgent. */
  CRITICAL = 13,
}

/** The stable word for a code, as `outcome` in JSON. */
export function nameOutcome(code: ExitCode): string {
  return OUTCOMES[code];
}

const OUTCOMES: Readonly<Record<ExitCode, string>> = {
  [ExitCode.OK]: 'ok',
  [ExitCode.FAILED]: 'failed',
  [ExitCode.USAGE]: 'usage',
  [ExitCode.INPUT]: 'input',
  [ExitCode.UNREACHABLE]: 'unreachable',
  [ExitCode.NOT_TLS]: 'not-tls',
  [ExitCode.HANDSHAKE]: 'handshake-failed',
  [ExitCode.UNTRUSTED]: 'untrusted',
  [ExitCode.NAME_MISMATCH]: 'name-mismatch',
  [ExitCode.EXPIRED]: 'expired',
  [ExitCode.REVOKED]: 'revoked',
  [ExitCode.REFUSED]: 'refused',
  [ExitCode.WARNING]: 'warning',
  [ExitCode.CRITICAL]: 'critical',
};
