import { Server, type Socket } from 'node:net';
import { SSLContext as BaseContext, configureDefaultContext, type DefaultContextOptions } from '@sslkit/context';
import { invalidArgumentType } from '@sslkit/errors';
import { type ConnectOptions, connectWrapped } from './connect-wrapped.ts';
import type { SSLListener } from './listener.ts';
import type { AddressLike } from './socket-address.ts';
import { SSLSocket } from './ssl-socket.ts';
import {
  type LowerOf,
  type SSLSocketClass,
  type Wrappable,
  type WrapSocketOptions,
  wrapConnection,
  wrapListener,
} from './wrap-socket.ts';

/** The `SSLContext` of `@sslkit/context`, and with it `wrapSocket`. Python: `ssl.SSLContext`. */
export class SSLContext extends BaseContext {
  #sslsocketClass: SSLSocketClass = SSLSocket;

  /** What {@link wrapSocket} makes: `SSLSocket` or a subclass of it. Python: `sslsocket_class`. */
  get sslsocketClass(): SSLSocketClass {
    return this.#sslsocketClass;
  }

  set sslsocketClass(value: SSLSocketClass) {
    if (typeof value !== 'function' || (value !== SSLSocket && !(value.prototype instanceof SSLSocket))) {
      throw invalidArgumentType('sslsocketClass', 'SSLSocket or a subclass of it', value);
    }
    this.#sslsocketClass = value;
  }

  /**
   * Puts TLS on a socket or a stream and does the handshake.
   *
   * The socket may be connected, connecting, or not connected yet: then `connect` or `listen` comes next. It belongs to
   * the connection until `unwrap` gives it back, and is closed when the handshake fails. Bytes that it holds already
   * are the first that TLS reads. A `net.Server` gives a listener that wraps each connection it accepts.
   *
   * Python: `SSLContext.wrap_socket`.
   *
   * @throws Error `ERR_METHOD_NOT_IMPLEMENTED` for datagrams and streams of objects.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` for options that contradict each other or the context.
   * @throws SSLError `ERR_SSL_CLOSED_BEFORE_HANDSHAKE` when the peer has gone and left bytes (CVE-2023-40217).
   * @throws SSLCertVerificationError and other `SSLError`s of the handshake.
   * @throws TimeoutError `ETIMEDOUT` when it takes longer than `timeout`, or `handshakeTimeout`, allows.
   */
  wrapSocket(server: Server, options?: WrapSocketOptions): Promise<SSLListener>;
  wrapSocket<T extends Wrappable>(socket: T, options?: WrapSocketOptions): Promise<SSLSocket<LowerOf<T>>>;
  async wrapSocket(lower: Server | Wrappable, options: WrapSocketOptions = {}): Promise<unknown> {
    const wrapping = { context: this, socketClass: this.#sslsocketClass };
    return lower instanceof Server ? wrapListener(wrapping, lower, options) : wrapConnection(wrapping, lower, options);
  }

  /**
   * Connects to `address`, trying every address of the host in turn, puts TLS on the connection and does the handshake,
   * for the name of the host unless `serverHostname` says otherwise.
   *
   * The same as `createConnection` and {@link wrapSocket}, and faster: where connections are driven by their descriptor,
   * there is no `net.Socket` until somebody asks for `lower` or calls `unwrap`. Python: `socket.create_connection` and
   * `SSLContext.wrap_socket`.
   *
   * @throws SystemError such as `ECONNREFUSED`, and what {@link wrapSocket} throws.
   */
  connect(address: AddressLike, options: ConnectOptions = {}): Promise<SSLSocket<Socket>> {
    return connectWrapped({ context: this, socketClass: this.#sslsocketClass }, address, options);
  }
}

/**
 * Makes a context with safe settings for `purpose`, which `wrapSocket` can be called on. Python:
 * `ssl.create_default_context`.
 *
 * @param options - see `createDefaultContext` of `@sslkit/context`.
 */
export function createDefaultContext(options: DefaultContextOptions = {}): SSLContext {
  return configureDefaultContext(SSLContext, options);
}
