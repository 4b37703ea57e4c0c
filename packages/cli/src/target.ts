import { isIP } from 'node:net';
import { usageError } from './failure.ts';

/** A place to connect to. */
export interface Target {
  /** A host name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The path of a URL with its query, where a URL was given. */
  readonly path: string | null;
  /** The scheme of a URL without its colon, where a URL was given. */
  readonly scheme: string | null;
}

/** The ports of URLs whose protocol starts with TLS, or turns it on. */
const SCHEME_PORTS: Readonly<Record<string, number>> = {
  https: 443,
  wss: 443,
  http: 443,
  smtps: 465,
  smtp: 25,
  imaps: 993,
  imap: 143,
  pop3s: 995,
  pop3: 110,
  ftps: 990,
  ftp: 21,
  ldaps: 636,
  ldap: 389,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  xmpp: 5222,
  sieve: 4190,
  tls: 443,
};

/** The usual port of a protocol by its scheme; undefined for one that is not known here. */
export function portOfScheme(scheme: string | undefined): number | undefined {
  return scheme === undefined ? undefined : SCHEME_PORTS[scheme.toLowerCase()];
}

/**
 * Reads `HOST`, `HOST:PORT`, `[ADDRESS]:PORT` or a URL.
 *
 * @param defaultPort - where none is given.
 * @throws Failure with the exit code for usage.
 */
export function parseTarget(text: string, defaultPort = 443): Target {
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(text);
  if (url === null) return { ...parseAuthority(text, text, defaultPort), path: null, scheme: null };
  const [, scheme = '', authority = '', rest = ''] = url;
  const name = scheme.toLowerCase();
  const port = SCHEME_PORTS[name];
  if (port === undefined)
    throw usageError(`'${text}': the scheme ${name} is not known here`, 'Give HOST:PORT instead.');
  const path = rest.replace(/#.*$/, '') || '/';
  // Credentials in a URL have no place in a TLS connection.
  const place = parseAuthority(authority.slice(authority.lastIndexOf('@') + 1), text, port);
  return { ...place, path: path.startsWith('/') ? path : `/${path}`, scheme: name };
}

function parseAuthority(authority: string, text: string, defaultPort: number): { host: string; port: number } {
  const match =
    /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? /^([^:]*)(?::([^:]*))?$/.exec(authority) ?? bareAddress(authority);
  const [, host = '', port] = match ?? [];
  if (host === '' || /[\s/\\]/.test(host)) {
    throw usageError(
      `'${text}' names no host`,
      'Expected HOST:PORT, [ADDRESS]:PORT or a URL, such as example.org:443.',
    );
  }
  return { host, port: port === undefined ? defaultPort : parsePort(port, text) };
}

/** An IPv6 address needs its brackets only where a port follows. */
function bareAddress(authority: string): [string, string] | null {
  return isIP(authority) === 6 ? ['', authority] : null;
}

/** @throws Failure with the exit code for usage. */
export function parsePort(port: string, text = port): number {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw usageError(`'${text}': ${port === '' ? 'the port is missing' : `${port} is no port`}; ports are 1 to 65535`);
}

/** The target as people write it. */
export function formatTarget({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
