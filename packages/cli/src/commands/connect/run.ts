import { CERT_NONE, SSLCertVerificationError, type SSLContext, VerifyFlags } from '@sslkit/socket';
import { type ConnectionSetting, diagnoseFailure } from '../../client/diagnose-failure.ts';
import { inspectConnections } from '../../client/inspected-socket.ts';
import {
  HandshakeFailure,
  type OpenConnection,
  type OpenOptions,
  openConnection,
} from '../../client/open-connection.ts';
import { createTrustingContext, describeTrust, type TrustOptions } from '../../client/trust.ts';
import type { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';
import { parseTarget, type Target } from '../../target.ts';
import { requestPage } from './http.ts';
import { type ConnectReport, describeConnection, describeRefusal } from './report.ts';
import { showReport } from './show.ts';

/** The options of `sslkit connect`. */
export interface ConnectOptions extends TrustOptions {
  readonly servername?: string;
  readonly strict: boolean;
  readonly insecure?: boolean;
  readonly http?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** Connects, verifies, reports, and uses the connection as asked. */
export async function connect(place: string, options: ConnectOptions, output: Output): Promise<ExitCode> {
  const target = parseTarget(place);
  const serverName = options.servername ?? target.host;
  if (options.http !== undefined && !options.http.startsWith('/'))
    throw usageError(`--http: '${options.http}' must start with /`);
  output.quietData = options.http !== undefined;
  const setting = { target, serverName, trustSource: describeTrust(options) };
  const { opened, report } = await open(options, setting);
  if (options.json !== true) showReport(report, output);
  try {
    const finished =
      opened === null ? report : { ...report, http: await use(opened, { options, target, serverName }, output) };
    if (options.json === true) output.json(finished);
  } finally {
    await opened?.connection.close({ notify: true });
  }
  return report.exitCode;
}

interface Attempt {
  readonly opened: OpenConnection | null;
  readonly report: ConnectReport;
}

async function open(options: ConnectOptions, setting: ConnectionSetting): Promise<Attempt> {
  const { target, serverName } = setting;
  const opening: OpenOptions = { target, serverName, timeout: options.timeout };
  try {
    const opened = await openConnection(createContext(options), opening);
    return { opened, report: describeConnection(opened, setting, null) };
  } catch (error) {
    const problem = diagnoseFailure(error, setting);
    if (!options.insecure || !isRefusal(error))
      return { opened: null, report: describeRefusal(error, setting, problem) };
    // Verified first, so that the verdict is OpenSSL's own; only then once more without.
    const opened = await openConnection(withoutVerification(createContext(options)), opening);
    return { opened, report: describeConnection(opened, setting, problem) };
  }
}

function createContext(options: ConnectOptions): SSLContext {
  const context = createTrustingContext(options);
  inspectConnections(context);
  if (!options.strict) context.verifyFlags &= ~VerifyFlags.VERIFY_X509_STRICT;
  if (options.http !== undefined) context.setAlpnProtocols(['http/1.1']);
  return context;
}

function withoutVerification(context: SSLContext): SSLContext {
  context.checkHostname = false;
  context.verifyMode = CERT_NONE;
  return context;
}

function isRefusal(error: unknown): boolean {
  return error instanceof HandshakeFailure && error.cause instanceof SSLCertVerificationError;
}

interface Use {
  readonly options: ConnectOptions;
  readonly target: Target;
  readonly serverName: string;
}

async function use({ connection }: OpenConnection, { options, target, serverName }: Use, output: Output) {
  if (options.http === undefined) return null;
  const { timeout, http: path, json: keepBody = false } = options;
  return requestPage(connection, { target, serverName, path, timeout, keepBody }, output);
}
