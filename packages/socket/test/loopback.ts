import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { SSLContext, SSLSocket, WrapSocketOptions } from '@sslkit/socket';
import { afterEach } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';

const opened: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

/** Destroys `socket` when the test is over. */
export function track<T extends { destroy(): unknown }>(socket: T): T {
  opened.push(socket);
  return socket;
}

/** Listens on a free port of 127.0.0.1. */
export async function listenOnLoopback(server: Server = createServer()): Promise<{ server: Server; port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  track({ destroy: () => server.close() });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Two TCP sockets that are connected to each other: the connecting one and the accepted one. */
export async function tcpPair(): Promise<[Socket, Socket]> {
  const { server, port } = await listenOnLoopback();
  const accepted = once(server, 'connection');
  const client = track(connect({ port, host: '127.0.0.1' }));
  await once(client, 'connect');
  const [peer] = (await accepted) as [Socket];
  return [client, track(peer)];
}

/** What can differ in {@link tlsPair}. */
export interface PairOptions {
  client?: WrapSocketOptions & { context?: SSLContext };
  server?: WrapSocketOptions & { context?: SSLContext };
}

/** A client and a server of ours over a TCP connection, their handshake done. */
export async function tlsPair(options: PairOptions = {}): Promise<[SSLSocket<Socket>, SSLSocket<Socket>]> {
  return wrapPair(await tcpPair(), options);
}

/** Wraps both ends of a TCP connection. */
export async function wrapPair(
  [client, server]: [Socket, Socket],
  options: PairOptions = {},
): Promise<[SSLSocket<Socket>, SSLSocket<Socket>]> {
  const { context: clientSide = await clientContext(), ...clientOptions } = options.client ?? {};
  const { context: serverSide = await serverContext(), ...serverOptions } = options.server ?? {};
  return Promise.all([
    clientSide.wrapSocket(client, { serverHostname: 'localhost', ...clientOptions }),
    serverSide.wrapSocket(server, { serverSide: true, ...serverOptions }),
  ]);
}
