import type { Server, Socket } from 'node:net';
import type { SSLContext } from '@sslkit/context';
import type { Accepted, Acceptor } from './acceptor.ts';
import { canStandIn, listenByDescriptor } from './acceptors/descriptor.ts';
import { NetServerAcceptor } from './acceptors/net-server.ts';
import { type CallOptions, checkTimeout, Wait, Wakeup } from './deadlines.ts';
import type { Descriptor } from './descriptor.ts';
import { announceAcceptError } from './diagnostics.ts';
import { type AddressLike, type NetAddress, parseAddress, type SocketAddress } from './socket-address.ts';
import { readDescriptorOption, readOption, writeDescriptorOption, writeOption } from './socket-options.ts';
import type { SSLSocket } from './ssl-socket.ts';
import { systemError } from './system-error.ts';
import { DescriptorTransport } from './transports/descriptor.ts';
import { chargeTurn } from './turn-budget.ts';

/** Options that a listener hands on to every connection it accepts. */
export interface ListenerOptions {
  doHandshakeOnConnect: boolean;
  suppressRaggedEofs: boolean;
  handshakeTimeout: number | null;
}

/** Wraps one accepted connection; the handshake is part of it where the listener's options say so. */
export type WrapAccepted = (
  lower: Socket | DescriptorTransport,
  options: ListenerOptions & CallOptions,
) => Promise<SSLSocket<Socket>>;

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
  readonly #mayStandIn: boolean;
  readonly #wrap: WrapAccepted;
  readonly #changed = new Wakeup();
  readonly #fromServer: NetServerAcceptor;
  #acceptor: Acceptor;
  #opening: Promise<void> | null = null;
  #address: NetAddress | null = null;
  #timeout: number | null = null;
  #closed = false;

  constructor(
    context: SSLContext,
    server: Server,
    options: ListenerOptions & { transport: 'auto' | 'stream'; wrap: WrapAccepted },
  ) {
    this.context = context;
    this.doHandshakeOnConnect = options.doHandshakeOnConnect;
    this.suppressRaggedEofs = options.suppressRaggedEofs;
    this.handshakeTimeout = options.handshakeTimeout;
    this.#server = server;
    this.#mayStandIn = options.transport === 'auto';
    this.#wrap = options.wrap;
    this.#fromServer = new NetServerAcceptor(server, this.#acceptorListener);
    this.#acceptor = this.#fromServer;
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
    if (this.#acceptor.listening) throw systemError('EINVAL', 'bind', 'this socket listens already');
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
    if (this.#acceptor.listening) return this;
    this.#opening ??= this.#open(this.#address ?? { host: '', port: 0 }, backlog || BACKLOG).finally(() => {
      this.#opening = null;
    });
    await this.#opening;
    return this;
  }

  async #open(address: NetAddress, backlog: number): Promise<void> {
    const server = this.#server;
    if (!this.#mayStandIn || !(await canStandIn(server))) return listenByServer(server, address, backlog);
    const listener = this.#acceptorListener;
    const acceptor = await listenByDescriptor(server, address, { backlog, listener });
    if (this.#closed) {
      acceptor.close();
      throw systemError('EBADF', 'listen', 'this socket is closed');
    }
    this.#fromServer.stop();
    this.#acceptor = acceptor;
  }

  /**
   * Resolves to the next connection, its handshake done, and the peer's address. Python: `accept`.
   *
   * @throws SSLError when its handshake fails; that connection is closed, and the listener goes on.
   * @throws TimeoutError when nobody connects within `setTimeout`.
   */
  async accept(options: CallOptions = {}): Promise<[SSLSocket<Socket>, SocketAddress]> {
    const wait = new Wait('accept', this.#timeout, options.signal);
    const accepted = await this.#next(wait);
    return this.#establish(accepted, options);
  }

  /** Accepts until the listener is closed; a break out of the loop leaves it open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[SSLSocket<Socket>, SocketAddress], void, undefined> {
    const ready: [SSLSocket<Socket>, SocketAddress][] = [];
    const changed = new Wakeup();
    const forever = new Wait('accept', null);
    const loop = { stopped: false };
    const handshaking = new Set<Accepted>();
    const feed = async () => {
      for (;;) {
        const accepted = await this.#next(forever, loop);
        handshaking.add(accepted);
        const settle = (pair: [SSLSocket<Socket>, SocketAddress] | null) => {
          handshaking.delete(accepted);
          if (pair === null) return;
          if (loop.stopped) void pair[0].close();
          ready.push(pair);
          changed.wake();
        };
        this.#establish(accepted, {}).then(settle, () => {
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
      loop.stopped = true;
      this.#changed.wake();
      for (const [connection] of ready) void connection.close();
      // Which ends their handshakes.
      for (const accepted of handshaking) cutOff(accepted);
    }
    const { failure } = this.#acceptor;
    if (failure !== null) throw failure;
  }

  /** Python: `getsockname`. */
  getSockName(): SocketAddress {
    return this.#acceptor.getSockName();
  }

  /** The descriptor it listens by; -1 where Node does not tell. Python: `fileno`. */
  fileno(): number {
    return this.descriptor?.number() ?? -1;
  }

  /**
   * Reads an option of the listening socket, where that is our own; see the exported constants. Python: `getsockopt`.
   *
   * @throws SystemError `ENOPROTOOPT` where a `net.Server` accepts the connections, and as the system gives it.
   */
  getSockOpt(level: number, option: number): number {
    return this.descriptor === null
      ? readOption(null, level, option)
      : readDescriptorOption(this.descriptor, level, option);
  }

  /**
   * Sets an option of the listening socket, where that is our own: systems hand some on to the connections.
   * Python: `setsockopt`.
   *
   * @throws SystemError `ENOPROTOOPT` where a `net.Server` accepts the connections, and as the system gives it.
   */
  setSockOpt(level: number, option: number, value: number | boolean): void {
    if (this.descriptor === null) writeOption(null, level, option, value);
    else writeDescriptorOption(this.descriptor, level, option, value);
  }

  /** @internal */
  get descriptor(): Descriptor | null {
    return this.#acceptor.descriptor;
  }

  /** Lets the process live on for this listener, where `unref` gave that up. */
  ref(): void {
    this.#server.ref();
  }

  /** Lets the process end although this listener is open. */
  unref(): void {
    this.#server.unref();
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
    this.#acceptor.close();
    if (this.#server.listening) this.#server.close();
    this.#changed.wake();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @param loop - whom a connection that the system could not give us does not end; the channel alone is told. */
  async #next(wait: Wait, loop: { readonly stopped: boolean } | null = null): Promise<Accepted> {
    for (;;) {
      if (loop?.stopped) throw systemError('EINTR', 'accept');
      this.#assertOpen('accept');
      const acceptor = this.#acceptor;
      if (acceptor.failure !== null) throw acceptor.failure;
      try {
        const accepted = acceptor.tryAccept(wait.blocking);
        if (accepted !== null) return accepted;
      } catch (error) {
        announceAcceptError(this, error);
        if (loop === null) throw error;
      }
      if (!acceptor.listening) throw systemError('EINVAL', 'accept', 'listen() comes first');
      if (!wait.blocking) throw systemError('EAGAIN', 'accept');
      acceptor.await();
      await this.#changed.sleep(wait);
    }
  }

  #establish(accepted: Accepted, options: CallOptions): Promise<[SSLSocket<Socket>, SocketAddress]> {
    return chargeTurn<Promise<[SSLSocket<Socket>, SocketAddress]>>(async () => {
      const { lower, peer } = accepted;
      try {
        const connection = await this.#wrap(lower, {
          doHandshakeOnConnect: this.doHandshakeOnConnect,
          suppressRaggedEofs: this.suppressRaggedEofs,
          handshakeTimeout: this.handshakeTimeout,
          signal: options.signal,
        });
        return [connection, peer];
      } catch (error) {
        cutOff(accepted);
        throw error;
      }
    });
  }

  #assertOpen(syscall: string): void {
    if (this.#closed) throw systemError('EBADF', syscall, 'this socket is closed');
  }

  readonly #acceptorListener = { changed: () => this.#changed.wake() };

  readonly #onClose = () => {
    this.#closed = true;
    this.#changed.wake();
  };
}

async function listenByServer(server: Server, address: NetAddress, backlog: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const where = 'path' in address ? address : { port: address.port, ...(address.host && { host: address.host }) };
    server.listen({ ...where, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function cutOff({ lower }: Accepted): void {
  if (lower instanceof DescriptorTransport) lower.cutOff();
  else lower.destroy();
}
