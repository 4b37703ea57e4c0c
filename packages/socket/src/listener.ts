import type { Server, Socket } from 'node:net';
import type { SSLContext } from '@sslkit/context';
import { type CallOptions, checkTimeout, Wait, Wakeup } from './deadlines.ts';
import { type AddressLike, type NetAddress, parseAddress, type SocketAddress, socketNameOf } from './socket-address.ts';
import type { SSLSocket } from './ssl-socket.ts';
import { systemError } from './system-error.ts';

/** Options that a listener hands on to every connection it accepts. */
export interface ListenerOptions {
  doHandshakeOnConnect: boolean;
  suppressRaggedEofs: boolean;
  handshakeTimeout: number | null;
}

/** Wraps one accepted socket; the handshake is part of it where the listener's options say so. */
export type WrapAccepted = (socket: Socket, options: ListenerOptions & CallOptions) => Promise<SSLSocket<Socket>>;

const BACKLOG = 511; // what Node asks the system for

/**
 * A listening TLS socket. It holds no TLS state of its own: each connection it accepts is wrapped with the context it
 * has at that moment.
 *
 * `accept` does the handshake, as in Python, and so waits for a slow client before it takes the next one. The loop
 * `for await (const [connection, address] of listener)` does many at once and yields each when it is ready; a
 * client that fails its handshake is dropped and told to the `sslkit.handshake.error` channel, and the loop goes on.
 */
export class SSLListener implements AsyncIterable<[SSLSocket<Socket>, SocketAddress]>, AsyncDisposable {
  /** For the connections accepted from now on. */
  context: SSLContext;
  doHandshakeOnConnect: boolean;
  suppressRaggedEofs: boolean;
  /** Seconds for the handshake of each connection; null for no limit. */
  handshakeTimeout: number | null;
  readonly #server: Server;
  readonly #wrap: WrapAccepted;
  readonly #arrived = new Wakeup();
  readonly #waiting: Socket[] = [];
  #address: NetAddress | null = null;
  #timeout: number | null = null;
  #failure: Error | null = null;
  #closed = false;

  constructor(context: SSLContext, server: Server, options: ListenerOptions & { wrap: WrapAccepted }) {
    this.context = context;
    this.doHandshakeOnConnect = options.doHandshakeOnConnect;
    this.suppressRaggedEofs = options.suppressRaggedEofs;
    this.handshakeTimeout = options.handshakeTimeout;
    this.#server = server;
    this.#wrap = options.wrap;
    server.on('connection', this.#onConnection);
    server.on('error', this.#onError);
    server.on('close', this.#onClose);
  }

  /** True: a listening socket is a server's. */
  get serverSide(): true {
    return true;
  }

  /**
   * Says where `listen` is to listen; the system is asked there, and reports there that the address is taken.
   * Python: `bind`.
   */
  bind(address: AddressLike): void {
    this.#assertOpen('bind');
    if (this.#server.listening) throw systemError('EINVAL', 'bind', 'this socket listens already');
    this.#address = parseAddress(address);
  }

  /**
   * Starts to listen: at the address of `bind`, or at a free port of every interface. Python: `listen`.
   *
   * @param backlog - connections the system holds until they are accepted. Default: 511.
   * @throws SystemError such as `EADDRINUSE`.
   */
  async listen(backlog = BACKLOG): Promise<this> {
    this.#assertOpen('listen');
    const server = this.#server;
    if (server.listening) return this;
    const address = this.#address ?? { host: '', port: 0 };
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const where = 'path' in address ? address : { port: address.port, ...(address.host && { host: address.host }) };
      server.listen({ ...where, backlog }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return this;
  }

  /**
   * Resolves to the next connection, its handshake done, and the peer's address. Python: `accept`.
   *
   * @throws SSLError when its handshake fails; that connection is closed, and the listener goes on.
   * @throws TimeoutError when nobody connects within `setTimeout`.
   */
  async accept(options: CallOptions = {}): Promise<[SSLSocket<Socket>, SocketAddress]> {
    const wait = new Wait('accept', this.#timeout, options.signal);
    const socket = await this.#next(wait);
    return this.#establish(socket, options);
  }

  /** Accepts until the listener is closed; a break out of the loop leaves it open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[SSLSocket<Socket>, SocketAddress], void, undefined> {
    const ready: [SSLSocket<Socket>, SocketAddress][] = [];
    const changed = new Wakeup();
    const forever = new Wait('accept', null);
    const stop = new AbortController();
    const handshaking = new Set<Socket>();
    const feed = async () => {
      const wait = new Wait('accept', null, stop.signal);
      for (;;) {
        const socket = await this.#next(wait);
        handshaking.add(socket);
        const settle = (pair: [SSLSocket<Socket>, SocketAddress] | null) => {
          handshaking.delete(socket);
          if (pair === null) return;
          if (stop.signal.aborted) void pair[0].close();
          ready.push(pair);
          changed.wake();
        };
        this.#establish(socket, {}).then(settle, () => {
          // Wrapping has closed the connection and published the failure.
          settle(null);
        });
      }
    };
    let over = false;
    feed().catch(() => {
      over = true;
      changed.wake();
    });
    try {
      for (;;) {
        const pair = ready.shift();
        if (pair !== undefined) yield pair;
        else if (over) break;
        else await changed.sleep(forever);
      }
    } finally {
      stop.abort();
      for (const [connection] of ready) void connection.close();
      // Which ends their handshakes.
      for (const socket of handshaking) socket.destroy();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Python: `getsockname`. */
  getSockName(): SocketAddress {
    return socketNameOf(this.#server);
  }

  /** Seconds that `accept` waits for a connection; null, the default, for ever. Python: `settimeout`. */
  setTimeout(seconds: number | null): void {
    this.#timeout = checkTimeout(seconds);
  }

  /** Python: `gettimeout`. */
  getTimeout(): number | null {
    return this.#timeout;
  }

  /** Stops listening and drops connections that nobody has accepted; those that were accepted stay. Python: `close`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#arrived.wake();
    const server = this.#server;
    server.off('connection', this.#onConnection);
    // Its callback waits for every accepted connection to end, which is not what is asked here.
    if (server.listening) server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #next(wait: Wait): Promise<Socket> {
    for (;;) {
      this.#assertOpen('accept');
      if (this.#failure !== null) throw this.#failure;
      const socket = this.#waiting.shift();
      if (socket !== undefined) return socket;
      if (!this.#server.listening) throw systemError('EINVAL', 'accept', 'listen() comes first');
      if (!wait.blocking) throw systemError('EAGAIN', 'accept');
      await this.#arrived.sleep(wait);
    }
  }

  async #establish(socket: Socket, options: CallOptions): Promise<[SSLSocket<Socket>, SocketAddress]> {
    const { remoteAddress, remotePort } = socket;
    const address =
      remoteAddress === undefined || remotePort === undefined ? '' : ([remoteAddress, remotePort] as const);
    const connection = await this.#wrap(socket, {
      doHandshakeOnConnect: this.doHandshakeOnConnect,
      suppressRaggedEofs: this.suppressRaggedEofs,
      handshakeTimeout: this.handshakeTimeout,
      ...options,
    });
    return [connection, address];
  }

  #assertOpen(syscall: string): void {
    if (this.#closed) throw systemError('EBADF', syscall, 'this socket is closed');
  }

  readonly #onConnection = (socket: Socket) => {
    // Until somebody accepts it, it may fail with nobody to tell; wrapping finds it destroyed then.
    socket.on('error', () => {});
    this.#waiting.push(socket);
    this.#arrived.wake();
  };

  readonly #onError = (error: Error) => {
    if (!this.#server.listening) return;
    this.#failure = error;
    this.#arrived.wake();
  };

  readonly #onClose = () => {
    this.#closed = true;
    this.#arrived.wake();
  };
}
