import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { SSLSocket } from '@sslkit/socket';
import { Failure, messageOf } from '../../failure.ts';
import { type Output, printable } from '../../output.ts';
import { formatTarget, type Target } from '../../target.ts';

/** What a server answered over HTTP. */
export interface HttpReport {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Bytes of the body. */
  readonly length: number;
  /** The body as text where it is UTF-8, else in base64; both null where it went to standard output. */
  readonly text: string | null;
  readonly base64: string | null;
}

/** What to ask for, and where the answer goes. */
export interface PageRequest {
  readonly target: Target;
  readonly serverName: string;
  readonly path: string;
  /** Seconds without a byte after which the server is given up. */
  readonly timeout: number;
  /** Whether the body is kept for the report instead of written to standard output. */
  readonly keepBody: boolean;
}

/**
 * Sends a GET request over the connection.
 *
 * @throws Failure where the server does not answer, or not in HTTP.
 */
export async function requestPage(
  connection: SSLSocket<Socket>,
  page: PageRequest,
  output: Output,
): Promise<HttpReport> {
  const response = await sendRequest(connection, page);
  const { statusCode = 0, statusMessage = '', headers } = response;
  if (!page.keepBody) {
    output.say(`HTTP/${response.httpVersion} ${statusCode} ${printable(statusMessage)}`);
    for (const [name, value] of Object.entries(headers)) output.say(`${name}: ${printable(String(value))}`);
    output.say();
  }
  const kept: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (page.keepBody) kept.push(chunk);
      else await output.data(chunk);
    }
  } catch (error) {
    throw new Failure(`the answer of ${formatTarget(page.target)} was cut off: ${messageOf(error)}`);
  }
  return {
    status: statusCode,
    statusText: statusMessage,
    headers,
    length,
    ...(page.keepBody ? encodeBody(kept) : NO_BODY),
  };
}

const NO_BODY = { text: null, base64: null };

function encodeBody(chunks: readonly Buffer[]): Pick<HttpReport, 'text' | 'base64'> {
  const body = Buffer.concat(chunks);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body), base64: null };
  } catch {
    return { text: null, base64: body.toString('base64') };
  }
}

function sendRequest(connection: SSLSocket<Socket>, page: PageRequest): Promise<IncomingMessage> {
  const { target, serverName, path, timeout } = page;
  const place = formatTarget(target);
  return new Promise((resolve, reject) => {
    const host = target.port === 443 ? serverName : formatTarget({ host: serverName, port: target.port });
    const sent = request({
      createConnection: () => connection.makefile() as unknown as Socket,
      path,
      headers: { host, 'user-agent': 'sslkit', accept: '*/*', connection: 'close' },
      timeout: timeout * 1000,
    });
    sent.on('response', resolve);
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', (error) => {
      reject(new Failure(`${place} gave no answer in HTTP: ${messageOf(error)}`));
    });
    sent.end();
  });
}
