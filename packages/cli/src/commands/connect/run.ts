import { CERT_NONE, SSLCertVerificationError, type SSLContext, type SSLSession, VerifyFlags } from '@sslkit/socket';
import { type ConnectionSetting, diagnoseFailure } from '../../client/diagnose-failure.ts';
import { inspectConnections } from '../../client/inspected-socket.ts';
import { HandshakeFailure, type OpenConnection, openConnection } from '../../client/open-connection.ts';
import { applySettings, type ConnectionSettings, readSession, saveSession } from '../../client/settings.ts';
import {
  createTrustingContext,
  describeTrust,
  loadRevocationLists,
  readRevocationLists,
  type TrustOptions,
} from '../../client/trust.ts';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';
import type { Target } from '../../target.ts';
import { judgeRefusedChain, judgeResumed } from './also.ts';
import { type HttpReport, requestPage } from './http.ts';
import { converse } from './interactive.ts';
import { type ConnectReport, describeConnection, describeRefusal } from './report.ts';
import { planRoute, type RouteOptions, readTarget } from './route.ts';
import { awaitSession } from './session.ts';
import { showReport } from './show.ts';

/** The options of `sslkit connect`. */
export interface ConnectOptions extends TrustOptions, ConnectionSettings, RouteOptions {
  readonly servername?: string;
  readonly strict: boolean;
  readonly insecure?: boolean;
  readonly http?: string;
  readonly interactive?: boolean;
  readonly session?: string;
  readonly crl?: readonly string[];
  readonly json?: boolean;
}

/** Connects, verifies, reports, and uses the connection as asked. */
export async function connect(place: string, options: ConnectOptions, output: Output): Promise<ExitCode> {
  const target = readTarget(place, options);
  const serverName = options.servername ?? target.host;
  checkOptions(options);
  output.quietData = options.http !== undefined || options.interactive === true;
  const revocationLists = readRevocationLists(options.crl ?? []);
  const setting = { target, serverName, trustSource: describeTrust(options), revocationLists };
  const attempt = await open(target, options, setting);
  const { opened, report } = attempt;
  if (options.json !== true) showReport(report, output);
  if (opened === null) {
    if (options.json === true) output.json(report);
    return report.exitCode;
  }
  try {
    // A session that was not verified would be resumed later without anybody asking again.
    if (options.session !== undefined && report.exitCode === ExitCode.OK) {
      await keepSession(opened, options.session, output);
    }
    const http = await use(attempt.context, opened, { options, target, serverName }, output);
    if (options.json === true) output.json({ ...report, http });
  } finally {
    await opened.connection.close({ notify: true });
  }
  return report.exitCode;
}

function checkOptions({ http, interactive, json }: ConnectOptions): void {
  if (http !== undefined && !http.startsWith('/')) throw usageError(`--http: '${http}' must start with /`);
  if (interactive && http !== undefined) throw usageError('--interactive and --http exclude each other');
  if (interactive && json) throw usageError('--interactive and --json exclude each other');
}

interface Attempt {
  readonly context: SSLContext;
  readonly opened: OpenConnection | null;
  readonly report: ConnectReport;
}

async function open(target: Target, options: ConnectOptions, setting: ConnectionSetting): Promise<Attempt> {
  const { serverName } = setting;
  const route = planRoute(target, serverName ?? target.host, options);
  const opening = { target, serverName, timeout: options.timeout, ...route };
  const context = createContext(options, setting);
  const session: SSLSession | null = options.session === undefined ? null : readSession(options.session, context);
  try {
    const opened = await openConnection(context, { ...opening, session });
    const also = opened.connection.sessionReused ? judgeResumed(opened, setting) : null;
    return { context, opened, report: describeConnection(opened, setting, also) };
  } catch (error) {
    const problem = diagnoseFailure(error, setting);
    const also = isRefusal(error) ? await judgeRefusedChain(error.cause, options, setting) : null;
    if (!options.insecure || !isRefusal(error)) {
      return { context, opened: null, report: describeRefusal(error, setting, { problem, also }) };
    }
    // Verified first, so that the verdict is OpenSSL's own; only then once more without.
    const unverified = withoutVerification(createContext(options, setting));
    const opened = await openConnection(unverified, opening);
    return { context: unverified, opened, report: describeConnection(opened, setting, { problem, also }) };
  }
}

function createContext(options: ConnectOptions, { revocationLists = [] }: ConnectionSetting): SSLContext {
  const context = createTrustingContext(options);
  inspectConnections(context);
  if (!options.strict) context.verifyFlags &= ~VerifyFlags.VERIFY_X509_STRICT;
  if (options.http !== undefined) context.setAlpnProtocols(['http/1.1']);
  if (revocationLists.length > 0) {
    loadRevocationLists(context, revocationLists);
    context.verifyFlags |= VerifyFlags.VERIFY_CRL_CHECK_LEAF;
  }
  applySettings(context, options);
  return context;
}

function withoutVerification(context: SSLContext): SSLContext {
  context.checkHostname = false;
  context.verifyMode = CERT_NONE;
  return context;
}

function isRefusal(error: unknown): error is HandshakeFailure & { readonly cause: SSLCertVerificationError } {
  return error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError;
}

async function keepSession({ connection }: OpenConnection, path: string, output: Output): Promise<void> {
  const session = await awaitSession(connection);
  if (session === null) output.say('The server gave no session to resume.');
  else saveSession(path, session);
}

interface Use {
  readonly options: ConnectOptions;
  readonly target: Target;
  readonly serverName: string;
}

async function use(
  context: SSLContext,
  opened: OpenConnection,
  { options, target, serverName }: Use,
  output: Output,
): Promise<HttpReport | null> {
  const { connection } = opened;
  const { timeout, http: path, json: keepBody = false } = options;
  if (options.interactive)
    await converse({ connection, context, serverName, timeout, keyboard: process.stdin }, output);
  return path === undefined ? null : requestPage(connection, { target, serverName, path, timeout, keepBody }, output);
}
