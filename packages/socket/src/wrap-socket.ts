import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { encodeHostName, type SSLContext, type SSLSession } from '@sslkit/context';
import { invalidArgumentType, invalidArgumentValue, invalidState, notImplemented, SSLError } from '@sslkit/errors';
import { awaitConnected } from './connect.ts';
import { type CallOptions, checkTimeout, Wait } from './deadlines.ts';
import { type ListenerOptions, SSLListener, type WrapAccepted } from './listener.ts';
import { makeSSLSocket, SSLSocket } from './ssl-socket.ts';
import type { SSLSocketParts } from './ssl-socket-parts.ts';
import { systemError } from './system-error.ts';
import { isTransport, type Transport } from './transport.ts';
import { DescriptorTransport, takeOver } from './transports/descriptor.ts';
import { SSLSocketTransport } from './transports/ssl-socket.ts';
import { StreamTransport } from './transports/stream.ts';
import { isWebStreamPair, type WebStreamPair, WebStreamTransport } from './transports/web-streams.ts';

/** Options of `SSLContext.wrapSocket`, with Python's defaults where Python has them. */
export interface WrapSocketOptions extends CallOptions {
  /** Which side of the handshake this is. Default: false, a client. */
  serverSide?: boolean | undefined;
  /** Whether the handshake is part of wrapping, connecting and accepting. Default: true. */
  doHandshakeOnConnect?: boolean | undefined;
  /** Whether a connection that is cut off reads as one that has ended; see `SSLSocket.ended`. Default: true. */
  suppressRaggedEofs?: boolean | undefined;
  /** The server's name, for its choice of certificate (SNI, RFC 6066 §3) and for the check of that certificate. */
  serverHostname?: string | null | undefined;
  /** A session of an earlier connection to resume. */
  session?: SSLSession | null | undefined;
  /** What `setTimeout` sets: seconds for each call. Default: null, no limit. */
  timeout?: number | null | undefined;
  /**
   * How a `net.Socket` is driven. `auto`: by its own descriptor where the system lets us (POSIX, a socket that nobody else
   * reads), which is fastest. `stream`: through its stream, as any other `Duplex`. Default: `auto`.
   */
  transport?: TransportKind | undefined;
  /** Seconds for a handshake where `timeout` sets no limit; null for none. Default: 60. */
  handshakeTimeout?: number | null | undefined;
}

/** How a `net.Socket` is driven. */
export type TransportKind = 'auto' | 'stream';

/** What TLS can be put on. */
export type Wrappable = Socket | Duplex | WebStreamPair | SSLSocket<unknown> | Transport;

/** What `unwrap` gives back. */
export type LowerOf<T> = T extends Transport<infer Lower> ? Lower : T;

/** The class that `wrapSocket` makes. */
export type SSLSocketClass = new <Lower>(parts: SSLSocketParts<Lower>) => SSLSocket<Lower>;

// nginx gives a client as long; a peer that says nothing must not hold a connection for ever.
const HANDSHAKE_TIMEOUT = 60;

/** What connections are made with. */
export interface Wrapping {
  context: SSLContext;
  socketClass: SSLSocketClass;
}

/** Wraps a listening socket, or one that is going to listen. */
export function wrapListener(wrapping: Wrapping, server: Server, options: WrapSocketOptions): SSLListener {
  checkRole(wrapping.context, { ...options, serverSide: true });
  return makeListener(wrapping, server, options);
}

/** Wraps anything that TLS can be put on, by Python's rules in Python's order. */
export async function wrapConnection<T extends Wrappable>(
  wrapping: Wrapping,
  lower: T,
  options: WrapSocketOptions,
): Promise<SSLSocket<LowerOf<T>>> {
  checkStream(lower);
  const { context, socketClass } = wrapping;
  const { doHandshakeOnConnect = true, serverHostname = null, signal } = options;
  checkRole(context, options);
  const hostName = serverHostname === null ? null : encodeHostName(serverHostname);
  const timeout = checkTimeout(options.timeout ?? null);
  const handshakeTimeout = handshakeTimeoutOf(options);
  if (lower instanceof Socket && lower.connecting) await awaitConnected(lower, new Wait('connect', timeout, signal));
  const connected = isConnected(lower);
  const kind = checkTransportKind(options.transport);
  const makeTransport = () => transportOver(lower, kind) as Transport<LowerOf<T>>;
  const parts: SSLSocketParts<LowerOf<T>> = {
    context,
    lower: lower instanceof DescriptorTransport ? null : (lower as LowerOf<T>),
    transport: connected ? makeTransport() : null,
    unconnected: connected
      ? null
      : { makeTransport, makeListener: () => makeListener(wrapping, new Server(), options) },
    serverSide: options.serverSide ?? false,
    serverHostname: hostName,
    session: options.session ?? null,
    doHandshakeOnConnect,
    suppressRaggedEofs: options.suppressRaggedEofs ?? true,
    timeout,
    handshakeTimeout,
  };
  if (!connected) return makeSSLSocket(socketClass, parts);
  const connection = await makeConnected(socketClass, parts);
  if (!doHandshakeOnConnect) return connection;
  try {
    if (timeout === 0) {
      throw invalidArgumentValue('doHandshakeOnConnect should not be specified for non-blocking sockets');
    }
    await connection.doHandshake({ signal });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** From here on the socket is the connection's, and goes with it where that cannot be made. */
async function makeConnected<Lower>(
  socketClass: SSLSocketClass,
  parts: SSLSocketParts<Lower>,
): Promise<SSLSocket<Lower>> {
  try {
    return makeSSLSocket(socketClass, parts);
  } catch (error) {
    await parts.transport?.close();
    throw error;
  }
}

function handshakeTimeoutOf(options: WrapSocketOptions): number | null {
  const { handshakeTimeout = HANDSHAKE_TIMEOUT } = options;
  return checkTimeout(handshakeTimeout, 'handshakeTimeout') || null;
}

function makeListener(wrapping: Wrapping, server: Server, options: WrapSocketOptions): SSLListener {
  const listenerOptions: ListenerOptions = {
    doHandshakeOnConnect: options.doHandshakeOnConnect ?? true,
    suppressRaggedEofs: options.suppressRaggedEofs ?? true,
    handshakeTimeout: handshakeTimeoutOf(options),
  };
  const transport = checkTransportKind(options.transport);
  const { socketClass } = wrapping;
  const wrap: WrapAccepted = (lower, { doHandshakeOnConnect, suppressRaggedEofs, handshakeTimeout, signal }) =>
    wrapConnection<Socket | DescriptorTransport>({ context: listener.context, socketClass }, lower, {
      serverSide: true,
      transport,
      doHandshakeOnConnect,
      suppressRaggedEofs,
      handshakeTimeout,
      signal,
    });
  const listener = new SSLListener(wrapping.context, server, { ...listenerOptions, transport, wrap });
  return listener;
}

/** @throws RangeError `ERR_INVALID_ARG_VALUE` */
export function checkTransportKind(kind: unknown = 'auto'): TransportKind {
  if (kind === 'auto' || kind === 'stream') return kind;
  throw invalidArgumentValue("transport must be 'auto' or 'stream'");
}

function checkStream(lower: unknown): void {
  if (lower instanceof DatagramSocket) throw notImplemented('Only stream sockets are supported');
  if (lower instanceof Duplex) {
    if (lower.readableObjectMode || lower.writableObjectMode) {
      throw notImplemented('Only stream sockets are supported: this stream carries objects, not bytes');
    }
    if (lower.readableEncoding === null) return;
    // What its decoder has made of the bytes cannot be undone.
    throw invalidState('The stream has an encoding set and gives text: TLS needs its bytes');
  }
  if (lower instanceof SSLSocket || isTransport(lower) || isWebStreamPair(lower)) return;
  throw invalidArgumentType('sock', 'a net.Socket, a Duplex, web streams, an SSLSocket or a Transport', lower);
}

/** Refuses options that contradict each other or the context, in Python's order. */
export function checkRole(context: SSLContext, options: WrapSocketOptions): void {
  const { serverSide = false, serverHostname = null, session = null } = options;
  if (serverSide && serverHostname) throw invalidArgumentValue('serverHostname can only be specified in client mode');
  if (serverSide && session !== null) throw invalidArgumentValue('session can only be specified in client mode');
  if (context.checkHostname && !serverHostname) {
    throw invalidArgumentValue('checkHostname requires serverHostname');
  }
}

function isConnected(lower: Wrappable): boolean {
  if (!(lower instanceof Socket)) return true;
  if (!lower.destroyed && !lower.pending) return true;
  // CVE-2023-40217: what a peer sent before it went away was never protected, and no handshake can follow any more.
  if (lower.readableLength > 0) throw closedBeforeHandshake();
  if (lower.destroyed) throw lower.errored ?? systemError('EBADF', 'getpeername', 'this socket is closed');
  return false;
}

function closedBeforeHandshake(): SSLError {
  const reason = 'Closed before TLS handshake with data in recv buffer.';
  return new SSLError(reason, { errno: 0, reason, code: 'ERR_SSL_CLOSED_BEFORE_HANDSHAKE' });
}

function transportOver(lower: Wrappable, kind: TransportKind): Transport {
  if (kind === 'auto' && lower instanceof Socket) {
    const transport = takeOver(lower);
    if (transport !== null) return transport;
  }
  if (lower instanceof Duplex) return new StreamTransport(lower);
  if (lower instanceof SSLSocket) return new SSLSocketTransport(lower);
  return isTransport(lower) ? lower : new WebStreamTransport(lower);
}
