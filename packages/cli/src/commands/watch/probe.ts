import { SSLCertVerificationError, type SSLContext } from '@sslkit/socket';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { HandshakeFailure, openConnection } from '../../client/open-connection.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { formatTarget, type Target } from '../../target.ts';

/** What a look at a server has shown. */
export interface ProbeResult {
  readonly target: string;
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly certificate: CertificateSummary | null;
  /** Whether the certificate is another than last time; null where there was no last time. */
  readonly changed: boolean | null;
  readonly problem: string | null;
}

/** What a look is made with. */
export interface ProbeSetting {
  readonly context: SSLContext;
  readonly trustSource: string;
  readonly timeout: number;
  /** Days below which a certificate is to be renewed. */
  readonly warnDays: number;
  /** The fingerprints of last time by target; null where nothing is remembered. */
  readonly seen: ReadonlyMap<string, string> | null;
}

/** Looks at one server. */
export async function probe(target: Target, setting: ProbeSetting): Promise<ProbeResult> {
  const { context, trustSource, timeout } = setting;
  const place = formatTarget(target);
  let certificate: CertificateSummary | null = null;
  let diagnosis: Diagnosis | null = null;
  try {
    const { connection } = await openConnection(context, { target, serverName: target.host, timeout });
    const der = connection.getPeerCert({ binaryForm: true });
    certificate = der === null ? null : summarizeCertificate(der);
    await connection.close({ notify: true });
  } catch (error) {
    diagnosis = diagnoseFailure(error, { target, serverName: target.host, trustSource });
    const [leaf] =
      error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError
        ? error.cause.verifyChain
        : [];
    if (leaf !== undefined) certificate = summarizeCertificate(leaf);
  }
  const before = setting.seen?.get(place);
  const changed = before === undefined || certificate === null ? null : before !== certificate.fingerprint256;
  const soon =
    certificate?.daysLeft !== undefined && certificate.daysLeft !== null && certificate.daysLeft < setting.warnDays;
  const exitCode = diagnosis?.exitCode ?? (changed || soon ? ExitCode.WARNING : ExitCode.OK);
  const problem = diagnosis?.title ?? wordWarning(changed === true, soon);
  const outcome = exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode);
  return { target: place, outcome, exitCode, certificate, changed, problem };
}

function wordWarning(changed: boolean, soon: boolean): string | null {
  const warnings = [...(soon ? ['expires soon'] : []), ...(changed ? ['has changed'] : [])];
  return warnings.length === 0 ? null : warnings.join(' and ');
}

// From the worst to the best.
const SEVERITY: readonly ExitCode[] = [
  ExitCode.REVOKED,
  ExitCode.EXPIRED,
  ExitCode.UNTRUSTED,
  ExitCode.NAME_MISMATCH,
  ExitCode.REFUSED,
  ExitCode.HANDSHAKE,
  ExitCode.NOT_TLS,
  ExitCode.UNREACHABLE,
  ExitCode.FAILED,
  ExitCode.WARNING,
];

/** The exit code of the worst result. */
export function worstOf(results: readonly ProbeResult[]): ExitCode {
  return SEVERITY.find((code) => results.some(({ exitCode }) => exitCode === code)) ?? ExitCode.OK;
}
