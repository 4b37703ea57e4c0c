import { usageError } from '../failure.ts';
import { formatTarget, parseTarget, portOfScheme, type Target } from '../target.ts';
import type { OpenOptions } from './open-connection.ts';
import { PlainDialogue } from './plain-dialogue.ts';
import { dialThroughProxy, parseProxy } from './proxy.ts';
import { type StarttlsProtocol, starttlsProtocols } from './starttls/starttls.ts';

/** What lies between us and the TLS of a server. */
export interface RouteOptions {
  readonly starttls?: string;
  readonly proxy?: string;
  /** Seconds for connecting, and again for the handshake. */
  readonly timeout: number;
}

/** Reads the target; with `--starttls` the port of that protocol is the default. @throws Failure for usage */
export function readTarget(place: string, { starttls }: RouteOptions): Target {
  return parseTarget(place, portOfScheme(starttls));
}

/**
 * How the plain connection comes to be, and what is said on it before TLS: as `--starttls` says, else as the scheme of the
 * target's URL does.
 *
 * @throws Failure with the exit code for usage.
 */
export function planRoute(
  target: Target,
  serverName: string,
  options: RouteOptions,
): Pick<OpenOptions, 'dial' | 'prepare'> {
  const protocol = findStarttls(target, options);
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

/** The protocol in which TLS is turned on by a command; null where TLS comes first. @throws Failure for usage */
export function findStarttls({ scheme }: Target, { starttls }: RouteOptions): StarttlsProtocol | null {
  const name = starttls?.toLowerCase() ?? (scheme === 'postgresql' ? 'postgres' : scheme);
  const protocol = starttlsProtocols.find((candidate) => candidate.name === name);
  if (protocol !== undefined) return protocol;
  if (starttls === undefined) return null;
  throw usageError(
    `--starttls: '${starttls}' is not one of ${starttlsProtocols.map((known) => known.name).join(', ')}`,
  );
}
