import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SSLSocket } from '@sslkit/socket';
import { renderStatusPage } from './status-page.ts';

/** Answers requests over HTTP until the client has had enough. @param root - the folder to serve; null for the status page */
export async function answerHttp(connection: SSLSocket<Socket>, root: string | null): Promise<void> {
  const server = createServer((request, response) => {
    const answer = root === null ? answerStatus(connection, request, response) : answerFile(root, request, response);
    answer.catch(() => response.destroy());
  });
  const stream = connection.makefile({ allowHalfOpen: true });
  stream.on('error', () => {});
  server.emit('connection', stream);
  if (!stream.closed) await once(stream, 'close');
}

async function answerStatus(
  connection: SSLSocket<Socket>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wantsJson = /\bjson\b/.test(request.headers.accept ?? '') || request.url === '/json';
  const { type, body } = renderStatusPage(connection, wantsJson);
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
  '.wasm': 'application/wasm',
};

async function answerFile(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const path = await findFile(root, request.url ?? '/');
  if (path === null) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    return;
  }
  const { size } = await stat(path);
  const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-length': size, 'x-content-type-options': 'nosniff' });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}

/** The file that a path of a request stands for, if it is inside of the folder, also behind symbolic links; else null. */
async function findFile(root: string, url: string): Promise<string | null> {
  try {
    const name = decodeURIComponent(url.replace(/[?#].*$/, ''));
    if (name.includes('\0')) return null;
    const base = await realpath(root);
    const wanted = await realpath(join(base, name));
    if (wanted !== base && !wanted.startsWith(base.endsWith(sep) ? base : base + sep)) return null;
    const facts = await stat(wanted);
    if (facts.isFile()) return wanted;
    return facts.isDirectory() ? await findIndex(wanted) : null;
  } catch {
    return null;
  }
}

async function findIndex(folder: string): Promise<string | null> {
  const index = join(folder, 'index.html');
  return (await stat(index)).isFile() ? index : null;
}
