import type { Socket } from 'node:net';
import { SSLCertVerificationError, type SSLSocket } from '@sslkit/socket';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import type { ConnectionSetting } from '../../client/diagnose-failure.ts';
import { InspectedSocket } from '../../client/inspected-socket.ts';
import { HandshakeFailure, type OpenConnection } from '../../client/open-connection.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import type { HttpReport } from './http.ts';
import { findMatchingName } from './matching-name.ts';
import type { Refusal } from './refusal.ts';

/** What `sslkit connect --json` prints. */
export interface ConnectReport {
  readonly schema: 'sslkit/connect/1';
  readonly target: { readonly host: string; readonly port: number; readonly serverName: string };
  /** The address that was connected to; null where there was no connection. */
  readonly address: string | null;
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly verified: {
    /** Whether the chain leads to a trusted root, is in date and obeys the rules; null where there was no certificate. */
    readonly chain: boolean | null;
    /** Whether the certificate is for the name; null where there was no certificate. */
    readonly name: boolean | null;
    /** The name of the certificate that matches. */
    readonly matchedName: string | null;
  };
  readonly problem: Omit<Diagnosis, 'exitCode'> | null;
  /** What else is wrong with the certificate. */
  readonly otherProblems: readonly Omit<Diagnosis, 'exitCode'>[];
  /** Such as `TLSv1.3`; null where the handshake failed. */
  readonly protocol: string | null;
  readonly cipher: { readonly name: string; readonly bits: number } | null;
  readonly alpn: string | null;
  readonly sessionReused: boolean | null;
  readonly certificate: CertificateSummary | null;
  /** From the server's certificate upwards: as verified, else as far as it is known. */
  readonly chain: readonly CertificateSummary[];
  readonly timing: { readonly connectMs: number; readonly handshakeMs: number } | null;
  readonly http: HttpReport | null;
}

/** Describes a connection that stands. @param refusal - of the attempt with verification, if that failed */
export function describeConnection(
  { connection, address, timing }: OpenConnection,
  setting: ConnectionSetting,
  refusal: Refusal | null,
): ConnectReport {
  const [name, , bits] = connection.cipher() ?? [];
  return {
    ...frame(setting, address, refusal),
    ...describePeer(readChain(connection), setting, refusal),
    protocol: connection.version(),
    cipher: name === undefined || bits === undefined ? null : { name, bits },
    alpn: connection.selectedAlpnProtocol(),
    sessionReused: connection.sessionReused,
    timing: { connectMs: round(timing.connectMs), handshakeMs: round(timing.handshakeMs) },
  };
}

/** Describes an attempt that failed. */
export function describeRefusal(error: unknown, setting: ConnectionSetting, refusal: Refusal): ConnectReport {
  const failure = error instanceof HandshakeFailure ? error : null;
  const chain = failure?.cause instanceof SSLCertVerificationError ? failure.cause.verifyChain : [];
  return { ...frame(setting, failure?.address ?? null, refusal), ...describePeer(chain, setting, refusal) };
}

/** What every report has, with nothing known of the connection. */
function frame({ target, serverName }: ConnectionSetting, address: string | null, refusal: Refusal | null) {
  const { host, port } = target;
  const exitCode = refusal?.problem.exitCode ?? ExitCode.OK;
  return {
    schema: 'sslkit/connect/1' as const,
    target: { host, port, serverName: serverName ?? host },
    address,
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    problem: refusal === null ? null : withoutExitCode(refusal.problem),
    otherProblems: (refusal?.also?.others ?? []).map(withoutExitCode),
    protocol: null,
    cipher: null,
    alpn: null,
    sessionReused: null,
    timing: null,
    http: null,
  };
}

function withoutExitCode({ exitCode: _exitCode, ...words }: Diagnosis): Omit<Diagnosis, 'exitCode'> {
  return words;
}

function describePeer(
  chain: readonly Uint8Array[],
  setting: ConnectionSetting,
  refusal: Refusal | null,
): Pick<ConnectReport, 'verified' | 'certificate' | 'chain'> {
  const [leaf] = chain;
  if (leaf === undefined) {
    return { verified: { chain: null, name: null, matchedName: null }, certificate: null, chain: [] };
  }
  const summaries = chain.map((der) => summarizeCertificate(der));
  const matchedName = findMatchingName(leaf, setting.serverName);
  return {
    verified: {
      chain: refusal === null || refusal.also?.isChainGood === true,
      name: matchedName !== null,
      matchedName,
    },
    certificate: summaries[0] ?? null,
    chain: summaries,
  };
}

/** The chain that was verified, else what the server sent, as far as it is known: DER. */
export function readChain(connection: SSLSocket<Socket>): readonly Uint8Array[] {
  if (connection instanceof InspectedSocket) {
    if (connection.verifiedChain.length > 0) return connection.verifiedChain;
    if (connection.sentChain.length > 0) return connection.sentChain;
  }
  // A session that is resumed brings the certificate of the handshake that it comes from, and not the chain.
  const leaf = connection.getPeerCert({ binaryForm: true });
  return leaf === null ? [] : [leaf];
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
