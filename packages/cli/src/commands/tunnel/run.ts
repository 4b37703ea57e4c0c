import type { Socket } from 'node:net';
import { type ClientOptions, createClientContext } from '../../client/client-context.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { openConnection } from '../../client/open-connection.ts';
import { planRoute, type RouteOptions, readTarget } from '../../client/route.ts';
import { describeTrust, readRevocationLists } from '../../client/trust.ts';
import { ExitCode } from '../../exit-code.ts';
import { untilInterrupted } from '../../interruption.ts';
import { type Output, printable } from '../../output.ts';
import { listen } from '../../server/listen.ts';
import { relay } from '../../server/relay.ts';
import { formatTarget } from '../../target.ts';
import { showProblem } from '../connect/show.ts';

/** The options of `sslkit tunnel`. */
export interface TunnelOptions extends ClientOptions, RouteOptions {
  readonly port: number;
  readonly host: string;
  readonly servername?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Listens for plaintext and carries each connection over TLS, until it is interrupted. */
export async function openTunnel(place: string, options: TunnelOptions, output: Output): Promise<ExitCode> {
  const target = readTarget(place, options);
  const serverName = options.servername ?? target.host;
  const revocationLists = readRevocationLists(options.crl ?? []);
  const context = createClientContext(options, revocationLists);
  const route = planRoute(target, serverName, options);
  const setting = { target, serverName, trustSource: describeTrust(options), revocationLists };
  const log = (event: object) => output.stdout.write(`${JSON.stringify(event)}\n`);
  let exitCode = ExitCode.OK;
  let first: () => void = () => {};
  const served = new Promise<void>((resolve) => {
    first = resolve;
  });
  const finished: Promise<void>[] = [];
  const carry = async (socket: Socket) => {
    const peer = formatTarget({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    try {
      const { connection } = await openConnection(context, { target, serverName, timeout: options.timeout, ...route });
      const protocol = connection.version();
      if (options.json) log({ event: 'connection', peer, protocol, cipher: connection.cipher()?.[0] ?? null });
      else output.say(`${peer} goes to ${printable(place)} over ${protocol}`);
      await relay(socket, connection.makefile({ allowHalfOpen: true }));
    } catch (error) {
      const diagnosis = diagnoseFailure(error, setting);
      exitCode = diagnosis.exitCode;
      if (options.json) log({ event: 'failure', peer, ...diagnosis });
      else showProblem(diagnosis, output);
    } finally {
      socket.destroy();
      first();
    }
  };
  const interrupted = untilInterrupted();
  const listener = await listen(options, (socket) => finished.push(carry(socket)));
  if (options.json) log({ event: 'listening', host: listener.host, port: listener.port });
  else output.report(formatTarget(listener));
  await Promise.race([interrupted, ...(options.once ? [served] : [])]);
  await listener.close();
  await Promise.allSettled(finished);
  return options.once ? exitCode : ExitCode.OK;
}
