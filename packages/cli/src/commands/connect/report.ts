import { isIP, type Socket } from 'node:net';
import { SSLCertVerificationError, type SSLSocket } from '@sslkit/socket';
import { checkHost, checkIp, decodeCertificate } from '@sslkit/x509';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import type { ConnectionSetting } from '../../client/diagnose-failure.ts';
import { InspectedSocket } from '../../client/inspected-socket.ts';
import { HandshakeFailure, type OpenConnection } from '../../client/open-connection.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import type { HttpReport } from './http.ts';

/** What `sslkit connect --json` prints. */
export interface ConnectReport {
  readonly schema: 'sslkit/connect/1';
  readonly target: { readonly host: string; readonly port: number; readonly serverName: string };
  /** The address that was connected to; null where there was no connection. */
  readonly address: string | null;
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly verified: {
    /** Whether the chain leads to a trusted root; null where it was not looked at to its end. */
    readonly chain: boolean | null;
    /** Whether the certificate is for the name; null where there was no certificate. */
    readonly name: boolean | null;
    /** The name of the certificate that matches. */
    readonly matchedName: string | null;
  };
  readonly problem: Omit<Diagnosis, 'exitCode'> | null;
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

/** Describes a connection that stands. @param problem - why it was refused when it was verified */
export function describeConnection(
  { connection, address, timing }: OpenConnection,
  setting: ConnectionSetting,
  problem: Diagnosis | null,
): ConnectReport {
  const [name, , bits] = connection.cipher() ?? [];
  return {
    ...frame(setting, address, problem),
    ...describePeer(readChain(connection), setting, problem),
    protocol: connection.version(),
    cipher: name === undefined || bits === undefined ? null : { name, bits },
    alpn: connection.selectedAlpnProtocol(),
    sessionReused: connection.sessionReused,
    timing: { connectMs: round(timing.connectMs), handshakeMs: round(timing.handshakeMs) },
  };
}

/** Describes an attempt that failed. */
export function describeRefusal(error: unknown, setting: ConnectionSetting, problem: Diagnosis): ConnectReport {
  const failure = error instanceof HandshakeFailure ? error : null;
  const chain = failure?.cause instanceof SSLCertVerificationError ? failure.cause.verifyChain : [];
  return { ...frame(setting, failure?.address ?? null, problem), ...describePeer(chain, setting, problem) };
}

/** What every report has, with nothing known of the connection. */
function frame({ target, serverName }: ConnectionSetting, address: string | null, problem: Diagnosis | null) {
  const { host, port } = target;
  const { exitCode = ExitCode.OK, ...words } = problem ?? {};
  return {
    schema: 'sslkit/connect/1' as const,
    target: { host, port, serverName: serverName ?? host },
    address,
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    problem: problem === null ? null : (words as Omit<Diagnosis, 'exitCode'>),
    protocol: null,
    cipher: null,
    alpn: null,
    sessionReused: null,
    timing: null,
    http: null,
  };
}

function describePeer(
  chain: readonly Uint8Array[],
  setting: ConnectionSetting,
  problem: Diagnosis | null,
): Pick<ConnectReport, 'verified' | 'certificate' | 'chain'> {
  const [leaf] = chain;
  if (leaf === undefined) {
    return { verified: { chain: null, name: null, matchedName: null }, certificate: null, chain: [] };
  }
  const summaries = chain.map((der) => summarizeCertificate(der));
  const matchedName = findMatchingName(leaf, setting.serverName);
  return {
    verified: { chain: judgeChain(problem), name: matchedName !== null, matchedName },
    certificate: summaries[0] ?? null,
    chain: summaries,
  };
}

/** OpenSSL looks at the name before the dates and signatures: where it stops there, those are not known. */
function judgeChain(problem: Diagnosis | null): boolean | null {
  if (problem === null) return true;
  return problem.exitCode === ExitCode.NAME_MISMATCH ? null : false;
}

function findMatchingName(leaf: Uint8Array, serverName: string | null): string | null {
  if (serverName === null) return null;
  const certificate = decodeCertificate(leaf);
  return (isIP(serverName) ? checkIp(certificate, serverName) : checkHost(certificate, serverName)) ?? null;
}

function readChain(connection: SSLSocket<Socket>): readonly Uint8Array[] {
  if (!(connection instanceof InspectedSocket)) return [];
  return connection.verifiedChain.length > 0 ? connection.verifiedChain : connection.sentChain;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
