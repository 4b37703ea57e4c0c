import { Socket } from 'node:net';
import type { SSLContext, SSLObject, SSLSession } from '@sslkit/context';
import { illegalConstructor, invalidArgumentValue, invalidState, SSLEOFError } from '@sslkit/errors';
import type { Channel, Ending } from './channel.ts';
import { connectSocket } from './connect.ts';
import { type CallOptions, Wait } from './deadlines.ts';
import type { Descriptor } from './descriptor.ts';
import { announceClose, traceHandshake } from './diagnostics.ts';
import { SSLDuplex, type SSLDuplexOptions } from './duplex.ts';
import type { SSLListener } from './listener.ts';
import { StreamPump } from './pump.ts';
import { type AddressLike, parseAddress, type SocketAddress } from './socket-address.ts';
import { SHUT_RD, SHUT_RDWR, SHUT_WR } from './socket-options.ts';
import type { SSLSocketParts } from './ssl-socket-parts.ts';
import { errnoOf, systemError } from './system-error.ts';
import { Transfers } from './transfers.ts';
import type { Transport } from './transport.ts';
import { DescriptorTransport } from './transports/descriptor.ts';

// One state, with what belongs to it: `idle` has never been connected; `plain` is what unwrap and shutdown leave.
type Mode = 'idle' | 'connecting' | 'connected' | 'plain' | 'closed';

let mayConstruct = false;

/** Makes an `SSLSocket`, or an instance of a subclass: the only way there is. */
export function makeSSLSocket<Lower>(
  socketClass: new (parts: SSLSocketParts<Lower>) => SSLSocket<Lower>,
  parts: SSLSocketParts<Lower>,
): SSLSocket<Lower> {
  mayConstruct = true;
  try {
    return new socketClass(parts);
  } finally {
    mayConstruct = false;
  }
}

/**
 * A TLS connection over a socket, a stream, or any transport. Made by `SSLContext.wrapSocket`.
 *
 * Every call that Python blocks in returns a promise and takes a `signal`. One call may read and one may write at a
 * time; a second reader or writer is refused with `ERR_INVALID_STATE`. After a call ended by its signal or its deadline
 * the connection is as it was, and nothing that arrived is lost; of data that was being sent some may have gone out.
 * After an `SSLError` the connection is over: the transport is closed and every call rejects with that error.
 *
 * Python: `ssl.SSLSocket`.
 *
 * @typeParam Lower - the socket or stream that was wrapped.
 */
export class SSLSocket<Lower = Socket> extends Transfers implements AsyncDisposable {
  readonly serverSide: boolean;
  /** Whether a transport that ends without `close_notify` reads as a clean end; {@link ended} tells them apart. */
  suppressRaggedEofs: boolean;
  doHandshakeOnConnect: boolean;
  /** Null until somebody asks for the socket of a connection that has come without one. */
  #lower: Lower | null;
  readonly #unconnected: SSLSocketParts<Lower>['unconnected'];
  readonly #serverHostname: string | null;
  readonly #handshakeTimeout: number | null;
  #context: SSLContext;
  #mode: Mode = 'idle';
  #transport: Transport<Lower> | null = null;
  #engine: SSLObject | null = null;
  #channel: Channel | null = null;
  #listener: SSLListener | null = null;
  #session: SSLSession | null;
  #bound: readonly [host: string, port: number] | null = null;
  #ended: Ending | null = null;

  /** @throws TypeError `ERR_ILLEGAL_CONSTRUCTOR`: use `SSLContext.wrapSocket`. */
  constructor(parts: SSLSocketParts<Lower>) {
    super();
    if (!mayConstruct) {
      throw illegalConstructor(
        'SSLSocket has no public constructor: instances are returned by SSLContext.wrapSocket()',
      );
    }
    this.#unconnected = parts.unconnected;
    this.#serverHostname = parts.serverHostname;
    this.#handshakeTimeout = parts.handshakeTimeout;
    this.#lower = parts.lower;
    this.#context = parts.context;
    this.#session = parts.session;
    this.timeout = parts.timeout;
    this.serverSide = parts.serverSide;
    this.suppressRaggedEofs = parts.suppressRaggedEofs;
    this.doHandshakeOnConnect = parts.doHandshakeOnConnect;
    if (parts.transport !== null) this.#begin(this.#makeEngine(), parts.transport);
  }

  /** The context; setting it on a server changes the certificate of a handshake that is under way. Python: `context`. */
  get context(): SSLContext {
    return this.#engine?.context ?? this.#context;
  }

  set context(context: SSLContext) {
    if (this.#engine !== null) this.#engine.context = context;
    this.#context = context;
  }

  /** The name that was asked for, as ASCII, or null. Python: `server_hostname`. */
  get serverHostname(): string | null {
    return this.#engine?.serverHostname ?? this.#serverHostname;
  }

  /** The session to resume another connection with; null without TLS. Python: `session`. */
  get session(): SSLSession | null {
    return this.#engine === null ? null : this.#engine.session;
  }

  set session(session: SSLSession) {
    if (this.#engine !== null) this.#engine.session = session;
    this.#session = session;
  }

  /**
   * Resolves to a session that a later connection can resume. In TLS 1.3 the server sends it when it likes, after the
   * handshake; plaintext that comes first is kept for the next read.
   *
   * @throws SSLError `ERR_SSL_EOF` when the peer's data ends without one.
   */
  async awaitSession(options: CallOptions = {}): Promise<SSLSession> {
    const channel = this.requireChannel('recv');
    const wait = this.waitFor('read', options);
    for (;;) {
      const { session } = this;
      if (session !== null && channel.state !== 'handshaking') {
        if (session.hasTicket || (this.version() !== 'TLSv1.3' && session.id.length > 0)) return session;
      }
      if (channel.ended !== null) throw new SSLEOFError('The peer has sent no session that can be resumed');
      await channel.absorb(wait);
    }
  }

  /** Whether the handshake resumed a session; null without TLS. Python: `session_reused`. */
  get sessionReused(): boolean | null {
    return this.#engine?.sessionReused ?? null;
  }

  /**
   * How the peer's data ended: `'close_notify'` when the peer said so, `'truncated'` when the transport ended
   * without that, so that data may be missing; null while it has not ended.
   */
  get ended(): Ending | null {
    return this.#channel?.ended ?? this.#ended;
  }

  /** True once {@link close} or {@link detach} has been called. */
  get closed(): boolean {
    return this.#mode === 'closed';
  }

  /** What was wrapped. It must not be read or written before {@link unwrap} gives it back. */
  get lower(): Lower {
    this.#lower ??= this.#makeLower();
    return this.#lower;
  }

  #makeLower(): Lower {
    const transport: unknown = this.#transport;
    if (transport instanceof DescriptorTransport) return transport.socket as Lower;
    // Closed, and nobody has asked before.
    return new Socket().destroy() as Lower;
  }

  protected get engine(): SSLObject | null {
    return this.#engine;
  }

  protected get wasConnected(): boolean {
    return this.#mode !== 'idle';
  }

  // The life of the connection

  /**
   * Completes the handshake; nothing happens when that is done. Python: `do_handshake`.
   *
   * @param options - `block: true` waits even on a socket that never does.
   * @throws SSLCertVerificationError when the peer's certificate is refused.
   */
  async doHandshake(options: CallOptions & { block?: boolean } = {}): Promise<void> {
    const channel = this.requireChannel('getpeername');
    const { block = false, signal } = options;
    const limit = this.timeout === null || (block && this.timeout === 0) ? this.#handshakeTimeout : this.timeout;
    const wait = new Wait('handshake', limit, signal);
    if (channel.state !== 'handshaking') return channel.handshake(wait);
    await traceHandshake(this, () => channel.handshake(wait));
  }

  /**
   * Connects to `address` and does the handshake, where {@link doHandshakeOnConnect} is true. Python: `connect`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` on the server side, and on a socket that is connected.
   * @throws SystemError such as `ECONNREFUSED`.
   */
  async connect(address: AddressLike, options: CallOptions = {}): Promise<void> {
    await this.#connect(address, options);
    if (!this.doHandshakeOnConnect) return;
    try {
      await this.doHandshake(options);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * As {@link connect}, but resolves to the positive number of a TCP error, 0 for none. What goes wrong with TLS
   * rejects. Python: `connect_ex`.
   */
  async connectEx(address: AddressLike, options: CallOptions = {}): Promise<number> {
    try {
      await this.#connect(address, options);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      return errno;
    }
    if (this.doHandshakeOnConnect) await this.doHandshake(options);
    return 0;
  }

  /** Chooses the address to connect from, or to listen at. Python: `bind`. */
  bind(address: AddressLike): void {
    if (this.serverSide) this.#requireListener('bind').bind(address);
    else if (this.#mode !== 'idle') throw systemError('EINVAL', 'bind');
    else {
      const target = parseAddress(address);
      if ('path' in target) throw systemError('EINVAL', 'bind', 'a client has no path of its own');
      this.#bound = [target.host, target.port];
    }
  }

  /** Starts to listen; see `SSLListener`, which it resolves to. Python: `listen`. */
  async listen(backlog?: number): Promise<SSLListener> {
    return this.#requireListener('listen').listen(backlog);
  }

  /** Resolves to the next connection and the peer's address; see `SSLListener`. Python: `accept`. */
  async accept(options: CallOptions = {}): Promise<[SSLSocket<Socket>, SocketAddress]> {
    const listener = this.#requireListener('accept');
    listener.setTimeout(this.timeout);
    return listener.accept(options);
  }

  /**
   * Takes TLS off: sends `close_notify`, waits for the peer's, and resolves to the plain socket. Bytes that the peer sent
   * behind its `close_notify` are the first to be read there. Both sides must do this. Python: `unwrap`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` without TLS.
   * @throws SSLError `ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY` when the peer's data has not been read to its end;
   * the connection stays, so that it can be.
   */
  async unwrap(options: CallOptions = {}): Promise<Lower> {
    const channel = this.#channel;
    const transport = this.#transport;
    if (channel === null || transport === null) throw invalidArgumentValue('No SSL wrapper around this socket');
    await channel.unwrap(this.waitFor('shutdown', options));
    this.#leave('plain');
    const lower = await transport.release();
    this.#lower = lower;
    return lower;
  }

  /**
   * Says by `close_notify` that we send no more, and ends our direction of the transport; reading goes on.
   */
  async halfClose(options: CallOptions = {}): Promise<void> {
    await this.requireChannel('shutdown').finish(this.waitFor('shutdown', options));
  }

  /**
   * Drops TLS without a word to the peer, and ends our direction of the transport where `how` says so. Reading and
   * writing is refused from then on: it would be without TLS. {@link detach} gives back the socket for that, and
   * {@link halfClose} is the end that keeps TLS. Python: `shutdown`.
   *
   * @param how - `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
   * @throws SystemError `ENOTCONN` on a socket that is not connected, `EINVAL` for another `how`.
   */
  shutdown(how: number): void {
    const transport = this.#transport;
    if (this.#channel !== null) {
      this.#channel.drop(() => invalidState('shutdown() has taken TLS off this connection'));
      this.#leave('plain');
      this.#transport = transport;
    }
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) throw systemError('EINVAL', 'shutdown');
    if (transport === null) throw this.#refusal('shutdown');
    if (how !== SHUT_RD) transport.end();
  }

  /**
   * Closes the connection at once. As in Python the peer is not told by `close_notify` and cannot tell this from a
   * truncation; {@link unwrap} tells it, and so do `notify` and `await using`. May be called again. Python: `close`.
   *
   * @param options - `notify: true` sends `close_notify` first, without waiting for the peer's.
   */
  async close(options: CallOptions & { notify?: boolean } = {}): Promise<void> {
    if (this.#mode === 'closed') return;
    const channel = this.#channel;
    const transport = this.#transport;
    if (options.notify && channel?.state === 'open') {
      await channel.finish(this.waitFor('shutdown', options)).catch(() => {});
      // Closed by somebody else meanwhile.
      if (this.closed) return;
    }
    this.#leave('closed');
    announceClose(this, this.#ended);
    const reason = () => systemError('EBADF', 'recv', 'this socket is closed');
    if (channel !== null) await channel.close(reason);
    else if (transport !== null) await transport.close();
    else if (this.#lower instanceof Socket) this.#lower.destroy();
    await this.#listener?.close();
  }

  /** Closes the connection after telling the peer with `close_notify`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close({ notify: true });
  }

  /**
   * Gives up the connection without a word to the peer and without closing it, and gives back what was wrapped: TLS bytes
   * that have arrived are still in it. Python: `detach`, which gives back the descriptor.
   */
  async detach(): Promise<Lower> {
    if (this.#mode === 'closed') throw systemError('EBADF', 'detach');
    const transport = this.#transport;
    this.#channel?.drop(() => systemError('EBADF', 'recv', 'this socket is detached'));
    this.#leave('closed');
    if (transport === null) return this.lower;
    const lower = await transport.release();
    this.#lower = lower;
    return lower;
  }

  /**
   * The connection as a Node stream that passes as a socket. From then on the stream reads and writes the connection;
   * ending it sends `close_notify`, destroying it closes the connection. Python: `makefile`.
   */
  makefile(options: SSLDuplexOptions = {}): SSLDuplex {
    this.requireChannel('makefile');
    return new SSLDuplex(this, options);
  }

  protected get below(): Socket | null {
    if (this.#mode === 'closed') return null;
    const lower = this.#lower;
    if (lower instanceof Socket) return lower;
    return this.#transport instanceof DescriptorTransport ? this.#transport.knownSocket : this.socketOf(lower);
  }

  protected get descriptor(): Descriptor | null {
    if (this.#transport instanceof DescriptorTransport) return this.#transport.descriptor;
    return this.#listener?.descriptor ?? this.descriptorOf(this.#lower);
  }

  /** The own address. Python: `getsockname`. */
  override getSockName(): SocketAddress {
    return this.#listener?.getSockName() ?? super.getSockName();
  }

  #makeEngine(): SSLObject {
    const { serverSide } = this;
    const serverHostname = this.#serverHostname;
    const session = this.#session;
    return this.#context.wrapBuffers({ serverSide, serverHostname, session, pauseForDecisions: true, owner: this });
  }

  #begin(engine: SSLObject, transport: Transport<Lower>): void {
    this.#engine = engine;
    this.#transport = transport;
    this.#channel = new StreamPump(engine, transport, this);
    this.#mode = 'connected';
  }

  #leave(mode: 'plain' | 'closed'): void {
    this.#ended = this.#channel?.ended ?? this.#ended;
    this.#mode = mode;
    this.#channel = null;
    this.#engine = null;
    this.#transport = null;
  }

  async #connect(address: AddressLike, options: CallOptions): Promise<void> {
    const lower = this.#lower;
    const unconnected = this.#unconnected;
    if (this.serverSide) throw invalidArgumentValue("can't connect in server-side mode");
    if (this.#mode === 'closed') throw systemError('EBADF', 'connect', 'this socket is closed');
    if (this.#mode !== 'idle' || unconnected === null || !(lower instanceof Socket)) {
      throw invalidArgumentValue('attempt to connect already-connected SSLSocket!');
    }
    const target = parseAddress(address);
    // First of all, as in Python: a name or session that cannot be used is refused before anything is sent.
    const engine = this.#makeEngine();
    this.#mode = 'connecting';
    try {
      await connectSocket(lower, target, { source: this.#bound, wait: this.waitFor('connect', options) });
      if (this.closed) throw systemError('EBADF', 'connect', 'this socket is closed');
    } catch (error) {
      engine.close();
      if (!this.closed) this.#mode = 'idle';
      throw error;
    }
    this.#begin(engine, unconnected.makeTransport());
  }

  protected requireChannel(syscall: string): Channel {
    if (this.#channel !== null) return this.#channel;
    throw this.#refusal(syscall);
  }

  /** Why there is no connection to call. */
  #refusal(syscall: string): Error {
    if (this.#mode === 'closed') return systemError('EBADF', syscall, 'this socket is closed');
    if (this.#mode === 'plain') return invalidState('TLS has been taken off this connection: use the plain socket');
    return systemError('ENOTCONN', syscall);
  }

  #requireListener(syscall: string): SSLListener {
    if (this.#mode === 'closed') throw systemError('EBADF', syscall, 'this socket is closed');
    if (this.#mode !== 'idle' || !this.serverSide || this.#unconnected === null) {
      throw systemError('EINVAL', syscall, 'only a server-side socket that is not connected can listen');
    }
    this.#listener ??= this.#unconnected.makeListener();
    return this.#listener;
  }
}
