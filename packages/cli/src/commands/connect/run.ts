import { SSLCertVerificationError, type SSLContext } from '@sslkit/socket';
import { awaitAcceptance } from '../../client/acceptance.ts';
import { type ClientOptions, createClientContext } from '../../client/client-context.ts';
import { type ConnectionSetting, diagnoseFailure } from '../../client/diagnose-failure.ts';
import { HandshakeFailure, type OpenConnection, openConnection } from '../../client/open-connection.ts';
import { overlookRefusal } from '../../client/overlook-refusal.ts';
import { planRoute, type RouteOptions, readTarget } from '../../client/route.ts';
import { keepSession } from '../../client/session.ts';
import { readSession } from '../../client/settings.ts';
import { describeTrust, readRevocationLists } from '../../client/trust.ts';
import { diagnoseVerification, type RefusedCertificate, readVerdict } from '../../diagnosis/verification.ts';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';
import type { Target } from '../../target.ts';
import { judgeRefusedChain, judgeResumed } from './also.ts';
import { type HttpReport, requestPage } from './http.ts';
import { converse } from './interactive.ts';
import type { Refusal } from './refusal.ts';
import { type ConnectReport, describeConnection, describeRefusal } from './report.ts';
import { showReport } from './show.ts';

/** The options of `sslkit connect`. */
export interface ConnectOptions extends ClientOptions, RouteOptions {
  readonly servername?: string;
  readonly insecure?: boolean;
  readonly http?: string;
  readonly interactive?: boolean;
  readonly linger?: number;
  readonly session?: string;
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
      await keepSession(opened.connection, options.session, output);
    }
    const http = await use(attempt, opened, { options, target, serverName }, output);
    if (options.json === true) output.json({ ...report, http });
  } finally {
    await opened.connection.close({ notify: true });
  }
  return report.exitCode;
}

function checkOptions({ http, interactive, linger, json }: ConnectOptions): void {
  if (http !== undefined && !http.startsWith('/')) throw usageError(`--http: '${http}' must start with /`);
  if (interactive && http !== undefined) throw usageError('--interactive and --http exclude each other');
  if (linger !== undefined && !interactive) throw usageError('--linger needs --interactive');
  if (interactive && json) throw usageError('--interactive and --json exclude each other');
}

interface Attempt {
  readonly context: SSLContext;
  /** What `--insecure` overlooked in the last handshake; null for nothing. */
  readonly refused: () => RefusedCertificate | null;
  readonly opened: OpenConnection | null;
  readonly report: ConnectReport;
}

async function open(target: Target, options: ConnectOptions, setting: ConnectionSetting): Promise<Attempt> {
  const { serverName } = setting;
  const route = planRoute(target, serverName ?? target.host, options);
  const opening = { target, serverName, timeout: options.timeout, ...route };
  const context = createClientContext(options, setting.revocationLists ?? []);
  if (options.http !== undefined && options.alpn === undefined) context.setAlpnProtocols(['http/1.1']);
  const refused = options.insecure ? overlookRefusal(context) : () => null;
  const session = options.session === undefined ? null : readSession(options.session, context);
  const explain = async (refusal: RefusedCertificate): Promise<Refusal> => ({
    problem: diagnoseVerification(readVerdict(refusal), { ...setting, peer: 'server' }),
    also: await judgeRefusedChain(refusal, options, setting),
  });
  const judge = ({ connection }: OpenConnection, refusal: RefusedCertificate | null) => {
    if (connection.sessionReused) return judgeResumed(connection, setting);
    return refusal === null ? null : explain(refusal);
  };
  try {
    const opened = await openConnection(context, { ...opening, session });
    await awaitAcceptance(opened);
    return { context, refused, opened, report: describeConnection(opened, setting, await judge(opened, refused())) };
  } catch (error) {
    const cause = error instanceof HandshakeFailure ? error.cause : null;
    const refusal =
      cause instanceof SSLCertVerificationError
        ? await explain(cause)
        : { problem: diagnoseFailure(error, setting), also: null };
    return { context, refused, opened: null, report: describeRefusal(error, setting, refusal) };
  }
}

interface Use {
  readonly options: ConnectOptions;
  readonly target: Target;
  readonly serverName: string;
}

async function use(
  { context, refused }: Attempt,
  { connection }: OpenConnection,
  { options, target, serverName }: Use,
  output: Output,
): Promise<HttpReport | null> {
  const { timeout, linger, http: path, json: keepBody = false } = options;
  if (options.interactive) {
    const isVerified = () => refused() === null;
    const keyboard = process.stdin;
    await converse({ connection, context, isVerified, serverName, timeout, linger, keyboard }, output);
  }
  return path === undefined ? null : requestPage(connection, { target, serverName, path, timeout, keepBody }, output);
}
