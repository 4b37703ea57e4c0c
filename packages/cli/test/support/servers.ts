import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { CreatedCertificate } from '@sslkit/x509';
import { afterAll } from 'vitest';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

/** Listens on a free port of 127.0.0.1 until the tests of the file are over; returns the port. */
export async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A TLS server of Node's that echoes. */
export function tlsServer(certificate: CreatedCertificate, options: tls.TlsOptions = {}): Promise<number> {
  const { chainPem: cert, privateKeyPem: key } = certificate;
  const server = tls.createServer({ cert, key, ...options }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => {});
  return listen(server);
}

/** A server that does as `talk` says with each connection. */
export function plainServer(talk: (socket: Socket) => void): Promise<number> {
  return listen(createServer(talk));
}

/** A port at which nothing listens: it is taken by a client that stays connected, so that no other program gets it. */
export async function closedPort(): Promise<number> {
  const client = connect(await plainServer(() => {}), '127.0.0.1');
  await once(client, 'connect');
  return client.localPort ?? 0;
}
