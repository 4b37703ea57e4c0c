import type { OpenOptions } from '../../client/open-connection.ts';
import { PlainDialogue } from '../../client/plain-dialogue.ts';
import { dialThroughProxy, parseProxy } from '../../client/proxy.ts';
import { type StarttlsProtocol, starttlsProtocols } from '../../client/starttls/starttls.ts';
import { usageError } from '../../failure.ts';
import { formatTarget, parseTarget, type Target } from '../../target.ts';

/** What lies between us and the TLS of a server. */
export interface RouteOptions {
  readonly starttls?: string;
  readonly proxy?: string;
  readonly timeout: number;
}

/** Reads the target; with `--starttls` the port of that protocol is the default. @throws Failure for usage */
export function readTarget(place: string, { starttls }: RouteOptions): Target {
  return parseTarget(place, findProtocol(starttls)?.port);
}

/** How the plain connection comes to be, and what is said on it before TLS. @throws Failure for usage */
export function planRoute(
  target: Target,
  serverName: string,
  options: RouteOptions,
): Pick<OpenOptions, 'dial' | 'prepare'> {
  const protocol = findProtocol(options.starttls);
  const proxy = options.proxy === undefined ? null : parseProxy(options.proxy);
  return {
    ...(proxy !== null && { dial: (to, timeout) => dialThroughProxy(proxy, to, timeout) }),
    ...(protocol !== null && {
      prepare: async (socket) => {
        const dialogue = new PlainDialogue(socket, formatTarget(target), options.timeout);
        await protocol.start(dialogue, serverName);
        dialogue.finish();
      },
    }),
  };
}

function findProtocol(name: string | undefined): StarttlsProtocol | null {
  if (name === undefined) return null;
  const protocol = starttlsProtocols.find((candidate) => candidate.name === name.toLowerCase());
  if (protocol !== undefined) return protocol;
  throw usageError(`--starttls: '${name}' is not one of ${starttlsProtocols.map((known) => known.name).join(', ')}`);
}
