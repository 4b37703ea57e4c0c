import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SSLCertVerificationError, SSLError, type SSLSocket } from '@sslkit/socket';
import { ExitCode } from '../../exit-code.ts';
import { inputError, messageOf, usageError } from '../../failure.ts';
import { untilInterrupted } from '../../interruption.ts';
import { type Output, printable } from '../../output.ts';
import { listen } from '../../server/listen.ts';
import { formatTarget, parseTarget } from '../../target.ts';
import { answerHttp } from './http.ts';
import { IdentityStore } from './identities.ts';
import type { ServeOptions, Service } from './options.ts';
import { echo, forwardTo } from './streams.ts';

/** Serves until it is interrupted. */
export async function serve(options: ServeOptions, output: Output): Promise<ExitCode> {
  const service = chooseService(options);
  const tell = (event: ServeEvent) =>
    options.json === true ? output.stdout.write(`${JSON.stringify(event)}\n`) : output.say(describe(event));
  await using identities = await IdentityStore.load(options, (text) => tell({ event: 'reload', text }));
  const finished: Promise<void>[] = [];
  let first: () => void = () => {};
  const served = new Promise<void>((resolve) => {
    first = resolve;
  });
  const accept = async (socket: Socket) => {
    const peer = formatTarget({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    try {
      const connection = await identities.context.wrapSocket(socket, { serverSide: true });
      tell({ event: 'connection', peer, ...describeConnection(connection) });
      await service(connection);
    } catch (error) {
      tell({ event: 'failure', peer, code: codeOfFailure(error), message: messageOf(error) });
    } finally {
      socket.destroy();
      first();
    }
  };
  const interrupted = untilInterrupted();
  const listener = await listen(options, (socket) => finished.push(accept(socket)));
  const place = formatTarget(listener);
  if (options.json === true) tell({ event: 'listening', host: listener.host, port: listener.port });
  else output.report(place);
  await Promise.race([interrupted, ...(options.once === true ? [served] : [])]);
  await listener.close();
  await Promise.allSettled(finished);
  return ExitCode.OK;
}

function chooseService({ echo: wantsEcho, root, to }: ServeOptions): Service {
  if ([wantsEcho === true, root !== undefined, to !== undefined].filter(Boolean).length > 1) {
    throw usageError('--echo, --root and --to exclude each other');
  }
  if (wantsEcho) return echo;
  if (to !== undefined) return forwardTo(parseTarget(to));
  if (root !== undefined && !statSync(root, { throwIfNoEntry: false })?.isDirectory())
    throw inputError(`--root: ${root} is no directory`);
  return (connection) => answerHttp(connection, root ?? null);
}

interface ServeEvent {
  readonly event: 'listening' | 'connection' | 'failure' | 'reload';
  readonly [fact: string]: unknown;
}

function describe({ event, ...facts }: ServeEvent): string {
  if (event === 'reload') return String(facts['text']);
  const peer = String(facts['peer']);
  if (event === 'failure') return `${peer} failed: ${printable(String(facts['message']))}`;
  const name = facts['serverName'] === null ? '' : ` for ${printable(String(facts['serverName']))}`;
  return `${peer} connected${name}: ${facts['protocol']}, ${facts['cipher']}`;
}

function describeConnection(connection: SSLSocket<Socket>) {
  return {
    protocol: connection.version(),
    cipher: connection.cipher()?.[0] ?? null,
    alpn: connection.selectedAlpnProtocol(),
    serverName: IdentityStore.nameAskedFor(connection),
    resumed: connection.sessionReused,
  };
}

function codeOfFailure(error: unknown): string {
  if (error instanceof SSLCertVerificationError) return `VERIFY_${error.verifyCode}`;
  return error instanceof SSLError || (error instanceof Error && 'code' in error) ? String(error.code) : 'ERR_UNKNOWN';
}
