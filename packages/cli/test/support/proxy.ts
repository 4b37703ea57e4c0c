import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from './servers.ts';

/** What a proxy of the tests wants and does. */
export interface ProxyOptions {
  /** The `Proxy-Authorization` without which it refuses; null for none. */
  readonly authorization?: string;
  /** Whether its consent waits for the first bytes of the server, and goes out with them. */
  readonly waitsForServer?: boolean;
}

/** Starts an HTTP proxy that connects to this machine alone. `asked` fills with the targets that it was asked for. */
export async function startProxy({ authorization, waitsForServer = false }: ProxyOptions = {}) {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    if (authorization !== undefined && request.headers['proxy-authorization'] !== authorization) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const consent = 'HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n';
    const port = Number(request.url?.split(':').at(-1));
    const upstream = connect(port, '127.0.0.1', () => {
      if (!waitsForServer) socket.write(consent);
      upstream.once('data', (first) => {
        socket.write(waitsForServer ? Buffer.concat([Buffer.from(consent), first]) : first);
        upstream.pipe(socket);
      });
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('error', () => upstream.destroy());
  });
  return { port: await listen(server), asked };
}
