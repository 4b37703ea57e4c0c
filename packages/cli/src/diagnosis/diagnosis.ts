import type { ExitCode } from '../exit-code.ts';

/** Why something failed, in words that a person can act on. */
export interface Diagnosis {
  readonly exitCode: ExitCode;
  /** A stable code for programs: Node's or OpenSSL's, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly title: string;
  /** What that means here, one sentence each. */
  readonly why: readonly string[];
  /** What can be done about it, one sentence each. */
  readonly remedies: readonly string[];
}
