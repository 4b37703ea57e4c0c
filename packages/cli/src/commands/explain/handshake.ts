import type { Socket } from 'node:net';
import { SSLCertVerificationError, type SSLSocket } from '@sslkit/socket';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import { awaitAcceptance } from '../../client/acceptance.ts';
import { type ClientOptions, createClientContext } from '../../client/client-context.ts';
import { type ConnectionSetting, diagnoseFailure } from '../../client/diagnose-failure.ts';
import { HandshakeFailure, openConnection } from '../../client/open-connection.ts';
import { overlookRefusal } from '../../client/overlook-refusal.ts';
import { findStarttls, planRoute, type RouteOptions, readTarget } from '../../client/route.ts';
import { awaitSession, keepSession } from '../../client/session.ts';
import { readSession } from '../../client/settings.ts';
import { describeTrust, readRevocationLists } from '../../client/trust.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { diagnoseVerification, type RefusedCertificate, readVerdict } from '../../diagnosis/verification.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { type Choice, explainChoices } from '../../handshake/choices.ts';
import { HandshakeTrace, type TracedMessage } from '../../handshake/trace.ts';
import type { Output } from '../../output.ts';
import type { Target } from '../../target.ts';
import { judgeResumed } from '../connect/also.ts';
import { findMatchingName } from '../connect/matching-name.ts';
import { readChain } from '../connect/report.ts';

/** What a handshake was made with. */
export interface HandshakeOptions extends ClientOptions, RouteOptions {
  readonly servername?: string;
  readonly insecure?: boolean;
  readonly session?: string;
}

/** A handshake, and what is to be said of it. */
export interface HandshakeReport {
  readonly target: { readonly host: string; readonly port: number; readonly serverName: string };
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly connectMs: number | null;
  /** Null where the handshake was not carried through, as where the certificate is refused without `--insecure`. */
  readonly handshakeMs: number | null;
  readonly sessionReused: boolean | null;
  /** Bytes of TLS as they passed over the wire, with the headers of records, up to the close. */
  readonly wire: { readonly sent: number; readonly received: number };
  readonly messages: readonly TracedMessage[];
  readonly choices: readonly Choice[];
  readonly certificates: readonly CertificateSummary[];
  readonly problem: Omit<Diagnosis, 'exitCode'> | null;
}

/** Connects to a server and traces the handshake, whether it comes off or not. */
export async function traceHandshake(
  place: string,
  options: HandshakeOptions,
  output: Output,
): Promise<HandshakeReport> {
  const target = readTarget(place, options);
  const serverName = options.servername ?? target.host;
  const revocationLists = readRevocationLists(options.crl ?? []);
  const context = createClientContext({ ...chooseProtocols(target, options), ...options }, revocationLists);
  const session = options.session === undefined ? null : readSession(options.session, context);
  const refused = options.insecure ? overlookRefusal(context) : () => null;
  const trace = new HandshakeTrace(context);
  const wire = { sent: 0, received: 0 };
  const observer = {
    sent: (bytes: Uint8Array) => {
      wire.sent += bytes.length;
    },
    received: (bytes: Uint8Array) => {
      wire.received += bytes.length;
    },
  };
  const setting = { target, serverName, trustSource: describeTrust(options), revocationLists };
  const route = planRoute(target, serverName, options);
  let timing: { connectMs: number; handshakeMs: number } | null = null;
  let sessionReused: boolean | null = null;
  let chain: readonly Uint8Array[] = [];
  let diagnosis: Diagnosis | null = null;
  try {
    const { timeout } = options;
    const opened = await openConnection(context, { target, serverName, timeout, session, observer, ...route });
    const { connection } = opened;
    await awaitAcceptance(opened);
    ({ timing } = opened);
    chain = readChain(connection);
    ({ sessionReused } = connection);
    diagnosis = judge(connection, refused(), setting);
    // The tickets of TLS 1.3 belong to the picture, and come behind the handshake.
    if (options.session === undefined || diagnosis !== null) await awaitSession(connection);
    else await keepSession(connection, options.session, output);
    await connection.close({ notify: true });
  } catch (error) {
    diagnosis = diagnoseFailure(error, setting);
    if (error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError) {
      chain = error.cause.verifyChain;
    }
  }
  const { exitCode, problem } = split(diagnosis);
  const certificates = chain.map((der) => summarizeCertificate(der));
  const [leaf] = chain;
  return {
    target: { host: target.host, port: target.port, serverName },
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    connectMs: timing === null ? null : round(timing.connectMs),
    handshakeMs: timing === null ? null : round(timing.handshakeMs),
    sessionReused,
    wire,
    messages: trace.messages,
    choices: explainChoices(trace, {
      leaf: certificates[0] ?? null,
      matchedName: leaf === undefined ? null : findMatchingName(leaf, serverName),
      hadSession: session !== null,
    }),
    certificates,
    problem,
  };
}

/** What is offered without `--alpn`: a server that speaks something else than HTTP may refuse a client of HTTP. */
function chooseProtocols(target: Target, options: RouteOptions): Pick<ClientOptions, 'alpn'> {
  return findStarttls(target, options) === null ? { alpn: 'h2,http/1.1' } : {};
}

/** What is to be said of a connection that stands; null where all is well. */
function judge(
  connection: SSLSocket<Socket>,
  refusal: RefusedCertificate | null,
  setting: ConnectionSetting,
): Diagnosis | null {
  if (connection.sessionReused) return judgeResumed(connection, setting)?.problem ?? null;
  return refusal === null ? null : diagnoseVerification(readVerdict(refusal), { ...setting, peer: 'server' });
}

function split(diagnosis: Diagnosis | null): Pick<HandshakeReport, 'exitCode' | 'problem'> {
  if (diagnosis === null) return { exitCode: ExitCode.OK, problem: null };
  const { exitCode, ...problem } = diagnosis;
  return { exitCode, problem };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
