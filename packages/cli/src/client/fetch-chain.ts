import { CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext } from '@sslkit/socket';
import { Failure } from '../failure.ts';
import type { Target } from '../target.ts';
import { diagnoseFailure } from './diagnose-failure.ts';
import { InspectedSocket, inspectConnections } from './inspected-socket.ts';
import { openConnection } from './open-connection.ts';
import { planRoute, type RouteOptions } from './route.ts';

/**
 * Asks a server for its certificates without judging them: DER, its own first.
 *
 * @throws Failure with the exit code that `connect` would give where there is no TLS connection.
 */
export async function fetchChain(
  target: Target,
  serverName: string,
  options: RouteOptions,
): Promise<readonly Uint8Array[]> {
  const opening = { target, serverName, timeout: options.timeout, ...planRoute(target, serverName, options) };
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.checkHostname = false;
  context.verifyMode = CERT_NONE;
  inspectConnections(context);
  try {
    const { connection } = await openConnection(context, opening);
    try {
      return connection instanceof InspectedSocket ? connection.sentChain : [];
    } finally {
      await connection.close({ notify: true });
    }
  } catch (error) {
    const { title, exitCode, remedies } = diagnoseFailure(error, { target, serverName, trustSource: '' });
    throw new Failure(title, exitCode, remedies);
  }
}
