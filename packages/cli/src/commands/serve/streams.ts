import { createConnection } from '@sslkit/socket';
import { diagnoseConnection } from '../../diagnosis/connection.ts';
import { Failure } from '../../failure.ts';
import { relay } from '../../server/relay.ts';
import { formatTarget, type Target } from '../../target.ts';
import type { Service } from './options.ts';

/** Sends back what comes in. */
export const echo: Service = async (connection) => {
  for await (const data of connection) await connection.sendAll(data);
  await connection.close({ notify: true });
};

const CONNECT_TIMEOUT = 10; // seconds

/** Forwards to a port that speaks plaintext. */
export function forwardTo(target: Target): Service {
  return async (connection) => {
    const { host, port } = target;
    try {
      const upstream = await createConnection([host, port], { timeout: CONNECT_TIMEOUT });
      upstream.allowHalfOpen = true;
      await relay(connection.makefile({ allowHalfOpen: true }), upstream);
    } catch (error) {
      await connection.close({ notify: true });
      throw new Failure(diagnoseConnection(error, target)?.title ?? `${formatTarget(target)} cannot be reached`);
    }
  };
}
