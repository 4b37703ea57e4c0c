import { SSLCertVerificationError } from '@sslkit/socket';
import { type CertificateSummary, summarizeCertificate } from '../../certificate-summary.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { InspectedSocket, inspectConnections } from '../../client/inspected-socket.ts';
import { HandshakeFailure, openConnection } from '../../client/open-connection.ts';
import { applySettings, type ConnectionSettings } from '../../client/settings.ts';
import { createTrustingContext, describeTrust, type TrustOptions } from '../../client/trust.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { readVerdict } from '../../diagnosis/verification.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { type Choice, explainChoices } from '../../handshake/choices.ts';
import { HandshakeTrace, type TracedMessage } from '../../handshake/trace.ts';
import { planRoute, type RouteOptions, readTarget } from '../connect/route.ts';
import { awaitSession } from '../connect/session.ts';

/** What a handshake was made with. */
export interface HandshakeOptions extends TrustOptions, ConnectionSettings, RouteOptions {
  readonly servername?: string;
}

/** A handshake, and what is to be said of it. */
export interface HandshakeReport {
  readonly target: { readonly host: string; readonly port: number; readonly serverName: string };
  readonly outcome: string;
  readonly exitCode: ExitCode;
  readonly connectMs: number | null;
  readonly handshakeMs: number | null;
  readonly messages: readonly Omit<TracedMessage, 'data'>[];
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
  applySettings(context, options);
  const trace = new HandshakeTrace(context);
  const setting = { target, serverName, trustSource: describeTrust(options) };
  const route = planRoute(target, serverName, options);
  let timing: { connectMs: number; handshakeMs: number } | null = null;
  let certificates: readonly CertificateSummary[] = [];
  let diagnosis: Diagnosis | null = null;
  try {
    const opened = await openConnection(context, { target, serverName, timeout: options.timeout, ...route });
    const { connection } = opened;
    ({ timing } = opened);
    if (connection instanceof InspectedSocket) certificates = summarize(connection.verifiedChain);
    // The tickets of TLS 1.3 belong to the picture, and come behind the handshake.
    await awaitSession(connection);
    await connection.close({ notify: true });
  } catch (error) {
    diagnosis = diagnoseFailure(error, setting);
    if (error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError) {
      certificates = readVerdict(error.cause).chain;
    }
  }
  const { exitCode = ExitCode.OK, ...words } = diagnosis ?? {};
  return {
    target: { host: target.host, port: target.port, serverName },
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    connectMs: timing === null ? null : round(timing.connectMs),
    handshakeMs: timing === null ? null : round(timing.handshakeMs),
    messages: trace.messages.map(({ data: _data, ...message }) => message),
    choices: explainChoices(trace),
    certificates,
    problem: diagnosis === null ? null : (words as Omit<Diagnosis, 'exitCode'>),
  };
}

function summarize(chain: readonly Uint8Array[]): CertificateSummary[] {
  return chain.map((der) => summarizeCertificate(der));
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
