import type { Socket } from 'node:net';
import { createConnection } from '@sslkit/socket';
import { diagnoseConnection } from '../diagnosis/connection.ts';
import { ExitCode } from '../exit-code.ts';
import { Failure, usageError } from '../failure.ts';
import { printable } from '../output.ts';
import { formatTarget, parseTarget, type Target } from '../target.ts';
import { PlainDialogue } from './plain-dialogue.ts';

/** An HTTP proxy that is asked to CONNECT. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`; null for none. */
  readonly authorization: string | null;
}

/**
 * Reads `HOST:PORT` or `http://[USER:PASSWORD@]HOST:PORT`.
 *
 * @throws Failure with the exit code for usage.
 */
export function parseProxy(text: string): Proxy {
  const [, scheme = 'http', credentials, place = ''] =
    /^(?:([a-z0-9+.-]+):\/\/)?(?:([^@/]*)@)?([^/]*)\/?$/i.exec(text) ?? [];
  if (scheme.toLowerCase() !== 'http')
    throw usageError(`--proxy: '${scheme}' proxies are not supported, only HTTP ones`);
  const { host, port } = parseTarget(place === '' ? text : place, 8080);
  const authorization = credentials === undefined ? null : encodeLogin(credentials);
  return { host, port, authorization };
}

/** The Basic scheme, RFC 7617; in a URL, name and password are percent-encoded. */
function encodeLogin(credentials: string): string {
  try {
    return `Basic ${Buffer.from(decodeURIComponent(credentials)).toString('base64')}`;
  } catch {
    throw usageError('--proxy: the name and password of the proxy are not well encoded', 'Write % as %25.');
  }
}

/**
 * Comes to a target through a proxy: RFC 9110 §9.3.6.
 *
 * @throws Failure where the proxy cannot be reached or says no.
 */
export async function dialThroughProxy(
  proxy: Proxy,
  target: Pick<Target, 'host' | 'port'>,
  timeout: number,
): Promise<Socket> {
  const place = `the proxy ${formatTarget(proxy)}`;
  const socket = await createConnection([proxy.host, proxy.port], { timeout }).catch((error: unknown) => {
    throw blameProxy(error, proxy);
  });
  try {
    const dialogue = new PlainDialogue(socket, place, timeout);
    const authority = formatTarget(target);
    const login = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
    dialogue.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`);
    const status = await dialogue.line();
    while ((await dialogue.line()) !== '') {
      // The headers say nothing that matters here.
    }
    if (!/^HTTP\/1\.\d 2\d\d\b/.test(status)) throw refusal(status, place, authority);
    dialogue.release();
    return socket;
  } catch (error) {
    socket.destroy();
    throw blameProxy(error, proxy);
  }
}

/** What is worded for servers is worded anew: the server is not what failed. */
function blameProxy(error: unknown, proxy: Proxy): unknown {
  if (error instanceof Failure) {
    if (error.exitCode === ExitCode.UNREACHABLE) return error;
    return new Failure(error.message, ExitCode.UNREACHABLE, [NOT_A_PROXY]);
  }
  const diagnosis = diagnoseConnection(error, proxy);
  if (diagnosis === null) return error;
  const isDropped = ['ECONNRESET', 'EPIPE'].includes(diagnosis.code);
  const remedies = isDropped ? [NOT_A_PROXY] : diagnosis.remedies;
  return new Failure(`proxy: ${diagnosis.title}`, ExitCode.UNREACHABLE, remedies);
}

const NOT_A_PROXY = 'Check that --proxy names an HTTP proxy, and its port.';

function refusal(status: string, place: string, authority: string): Failure {
  const wantsLogin = / 407\b/.test(status);
  return new Failure(
    `${place} does not connect to ${authority}: it answered '${printable(status)}'`,
    ExitCode.UNREACHABLE,
    [
      wantsLogin
        ? 'Give it a name and password: --proxy http://USER:PASSWORD@HOST:PORT'
        : 'Ask whoever runs it what it allows.',
    ],
  );
}
