import type { Socket } from 'node:net';
import { createConnection, type SSLContext, type SSLSession, type SSLSocket } from '@sslkit/socket';
import type { Target } from '../target.ts';
import { ObservedTransport, type WireObserver } from './observed-transport.ts';

/** How to come to a TLS connection. */
export interface OpenOptions {
  readonly target: Pick<Target, 'host' | 'port'>;
  /** For SNI and the check of the certificate; null for neither. */
  readonly serverName: string | null;
  /** Seconds that connecting and the handshake may each take. */
  readonly timeout: number;
  /** A session to resume. */
  readonly session?: SSLSession | null;
  /** What happens on the plain connection before TLS starts. */
  readonly prepare?: ((socket: Socket) => Promise<void>) | undefined;
  /** Comes to a plain connection in another way than directly. */
  readonly dial?: ((target: Pick<Target, 'host' | 'port'>, timeout: number) => Promise<Socket>) | undefined;
  readonly observer?: WireObserver;
}

/** A connection that stands, and what was seen on the way. */
export interface OpenConnection {
  readonly connection: SSLSocket<Socket>;
  /** The address that was connected to, such as `127.0.0.1:443`. */
  readonly address: string | null;
  readonly timing: { readonly connectMs: number; readonly handshakeMs: number };
  /** The first bytes that the peer sent. */
  readonly firstBytes: Uint8Array;
}

/** A TLS handshake that failed, with what the peer had sent. */
export class HandshakeFailure extends Error {
  override readonly cause: unknown;
  readonly firstBytes: Uint8Array;
  readonly address: string | null;

  constructor(cause: unknown, firstBytes: Uint8Array, address: string | null) {
    super('The handshake failed');
    this.cause = cause;
    this.firstBytes = firstBytes;
    this.address = address;
  }
}

/**
 * Connects and does the handshake.
 *
 * @throws HandshakeFailure where TLS failed; the error of the system where connecting did.
 */
export async function openConnection(context: SSLContext, options: OpenOptions): Promise<OpenConnection> {
  const { target, serverName, timeout, session = null, observer } = options;
  const start = performance.now();
  const dial = options.dial ?? dialDirectly;
  const socket = await dial(target, timeout);
  const connectMs = performance.now() - start;
  const { remoteAddress, remotePort, remoteFamily } = socket;
  const address =
    remoteAddress === undefined
      ? null
      : `${remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
  try {
    await options.prepare?.(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const transport = new ObservedTransport(socket, observer);
  const handshakeStart = performance.now();
  try {
    const connection = await context.wrapSocket(transport, {
      serverHostname: serverName,
      handshakeTimeout: timeout,
      session,
    });
    const timing = { connectMs, handshakeMs: performance.now() - handshakeStart };
    return { connection, address, timing, firstBytes: transport.firstBytes };
  } catch (error) {
    throw new HandshakeFailure(error, transport.firstBytes, address);
  }
}

function dialDirectly({ host, port }: Pick<Target, 'host' | 'port'>, timeout: number): Promise<Socket> {
  return createConnection([host, port], { timeout });
}
