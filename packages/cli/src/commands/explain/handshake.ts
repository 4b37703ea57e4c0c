import { SSLCertVerificationError, VerifyFlags } from '@sslkit/socket';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { InspectedSocket, inspectConnections } from '../../client/inspected-socket.ts';
import { HandshakeFailure, openConnection } from '../../client/open-connection.ts';
import { applySettings, type ConnectionSettings } from '../../client/settings.ts';
import { createTrustingContext, describeTrust, type TrustOptions } from '../../client/trust.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { type Choice, explainChoices } from '../../handshake/choices.ts';
import { HandshakeTrace, type TracedMessage } from '../../handshake/trace.ts';
import { findMatchingName } from '../connect/report.ts';
import { planRoute, type RouteOptions, readTarget } from '../connect/route.ts';
import { awaitSession } from '../connect/session.ts';

/** What a handshake was made with. */
export interface HandshakeOptions extends TrustOptions, ConnectionSettings, RouteOptions {
  readonly servername?: string;
  readonly strict: boolean;
}

/** A handshake, and what is to be said of it. */
export interface HandshakeReport {
  readonly target: { readonly host: string; readonly port: number; readonly serverName: string };
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly connectMs: number | null;
  readonly handshakeMs: number | null;
  /** Bytes of TLS as they passed over the wire, with the headers of records, up to the close. */
  readonly wire: { readonly sent: number; readonly received: number };
  readonly messages: readonly TracedMessage[];
  readonly choices: readonly Choice[];
  readonly certificates: readonly CertificateSummary[];
  readonly problem: Omit<Diagnosis, 'exitCode'> | null;
}

/** Connects to a server and traces the handshake, whether it comes off or not. */
export async function traceHandshake(place: string, options: HandshakeOptions): Promise<HandshakeReport> {
  const target = readTarget(place, options);
  const serverName = options.servername ?? target.host;
  const context = createTrustingContext(options);
  inspectConnections(context);
  if (!options.strict) context.verifyFlags &= ~VerifyFlags.VERIFY_X509_STRICT;
  applySettings(context, { ...chooseProtocols(options), ...options });
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
  const setting = { target, serverName, trustSource: describeTrust(options) };
  const route = planRoute(target, serverName, options);
  let timing: { connectMs: number; handshakeMs: number } | null = null;
  let chain: readonly Uint8Array[] = [];
  let diagnosis: Diagnosis | null = null;
  try {
    const opened = await openConnection(context, { target, serverName, timeout: options.timeout, observer, ...route });
    const { connection } = opened;
    ({ timing } = opened);
    if (connection instanceof InspectedSocket) chain = connection.verifiedChain;
    // The tickets of TLS 1.3 belong to the picture, and come behind the handshake.
    await awaitSession(connection);
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
    wire,
    messages: trace.messages,
    choices: explainChoices(
      trace,
      certificates[0] ?? null,
      leaf === undefined ? null : findMatchingName(leaf, serverName),
    ),
    certificates,
    problem,
  };
}

/** What is offered without `--alpn`: a server that speaks something else than HTTP may refuse a client of HTTP. */
function chooseProtocols({ starttls }: RouteOptions): Pick<ConnectionSettings, 'alpn'> {
  return starttls === undefined ? { alpn: 'h2,http/1.1' } : {};
}

function split(diagnosis: Diagnosis | null): Pick<HandshakeReport, 'exitCode' | 'problem'> {
  if (diagnosis === null) return { exitCode: ExitCode.OK, problem: null };
  const { exitCode, ...problem } = diagnosis;
  return { exitCode, problem };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
