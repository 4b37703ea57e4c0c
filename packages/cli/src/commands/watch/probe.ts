import { SSLCertVerificationError, type SSLContext } from '@sslkit/socket';
import { type CertificateSummary, shortName, summarizeCertificate } from '../../certificate-summary.ts';
import { awaitAcceptance } from '../../client/acceptance.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { InspectedSocket } from '../../client/inspected-socket.ts';
import { HandshakeFailure, openConnection } from '../../client/open-connection.ts';
import { planRoute, type RouteOptions } from '../../client/route.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { formatTarget, type Target } from '../../target.ts';

/** What a look at a server has shown. */
export interface ProbeResult {
  readonly target: string;
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly certificate: CertificateSummary | null;
  /** The certificate of the verified chain that expires first: the server's own, or one above it. */
  readonly firstToExpire: CertificateSummary | null;
  /** Whether the certificate is another than last time; null where there was no last time. */
  readonly changed: boolean | null;
  readonly problem: string | null;
  /** What can be done about it, one sentence each. */
  readonly remedies: readonly string[];
  /** How long connecting and the handshake took together; null where they failed. */
  readonly ms: number | null;
}

/** What a look is made with. */
export interface ProbeSetting {
  readonly context: SSLContext;
  readonly trustSource: string;
  /** DER. */
  readonly revocationLists: readonly Uint8Array[];
  readonly options: RouteOptions & { readonly warnDays: number; readonly criticalDays: number };
  /** The fingerprints of last time by target; null where nothing is remembered. */
  readonly seen: ReadonlyMap<string, string> | null;
}

/** Looks at one server. */
export async function probe(target: Target, setting: ProbeSetting): Promise<ProbeResult> {
  const { context, trustSource, revocationLists, options } = setting;
  const place = formatTarget(target);
  let chain: readonly Uint8Array[] = [];
  let diagnosis: Diagnosis | null = null;
  let ms: number | null = null;
  try {
    const route = planRoute(target, target.host, options);
    const opening = { target, serverName: target.host, timeout: options.timeout, ...route };
    const opened = await openConnection(context, opening);
    await awaitAcceptance(opened);
    const { connection, timing } = opened;
    if (connection instanceof InspectedSocket) chain = connection.verifiedChain;
    ms = Math.round((timing.connectMs + timing.handshakeMs) * 10) / 10;
    await connection.close({ notify: true });
  } catch (error) {
    diagnosis = diagnoseFailure(error, { target, serverName: target.host, trustSource, revocationLists });
    if (error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError) {
      chain = error.cause.verifyChain;
    }
  }
  const certificates = chain.map((der) => summarizeCertificate(der));
  const [certificate = null] = certificates;
  const firstToExpire = findFirstToExpire(certificates);
  const before = setting.seen?.get(place);
  const changed = before === undefined || certificate === null ? null : before !== certificate.fingerprint256;
  const warning = diagnosis === null ? judge(firstToExpire, certificate, changed === true, options) : null;
  const exitCode = diagnosis?.exitCode ?? warning?.exitCode ?? ExitCode.OK;
  return {
    target: place,
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    certificate,
    firstToExpire,
    changed,
    problem: diagnosis?.title ?? warning?.text ?? null,
    remedies: diagnosis?.remedies ?? [],
    ms,
  };
}

function findFirstToExpire(certificates: readonly CertificateSummary[]): CertificateSummary | null {
  const [first = null] = certificates
    .filter(({ daysLeft }) => daysLeft !== null)
    .sort((one, other) => Date.parse(one.notAfter ?? '') - Date.parse(other.notAfter ?? ''));
  return first;
}

interface Warning {
  readonly exitCode: ExitCode;
  readonly text: string;
}

/** What is to be said of a certificate that was verified. */
function judge(
  first: CertificateSummary | null,
  leaf: CertificateSummary | null,
  changed: boolean,
  { warnDays, criticalDays }: ProbeSetting['options'],
): Warning | null {
  const days = first?.daysLeft ?? Number.POSITIVE_INFINITY;
  const warnings: string[] = [];
  if (first !== null && days < warnDays) {
    const which = first === leaf ? '' : `${shortName(first)}, above it, `;
    warnings.push(`${which}expires in ${days} day${days === 1 ? '' : 's'}`);
  }
  if (changed) warnings.push('has changed');
  if (warnings.length === 0) return null;
  return { exitCode: days < criticalDays ? ExitCode.CRITICAL : ExitCode.WARNING, text: warnings.join(' and ') };
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
  ExitCode.CRITICAL,
  ExitCode.WARNING,
];

/** The exit code of the worst result. */
export function worstOf(results: readonly Pick<ProbeResult, 'exitCode'>[]): ExitCode {
  return SEVERITY.find((code) => results.some(({ exitCode }) => exitCode === code)) ?? ExitCode.OK;
}

/** Whether the certificate was verified, whatever is to be said of its time. */
export function isVerified({ exitCode }: Pick<ProbeResult, 'exitCode'>): boolean {
  return exitCode === ExitCode.OK || exitCode === ExitCode.WARNING || exitCode === ExitCode.CRITICAL;
}
