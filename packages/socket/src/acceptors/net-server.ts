import type { Server, Socket } from 'node:net';
import type { Accepted, Acceptor, AcceptorListener } from '../acceptor.ts';
import { type SocketAddress, socketNameOf } from '../socket-address.ts';

/** The connections of a `net.Server`, which accepts them by itself: on Windows, or where its owner has it listen. */
export class NetServerAcceptor implements Acceptor {
  readonly descriptor = null;
  failure: Error | null = null;
  readonly #server: Server;
  readonly #listener: AcceptorListener;
  readonly #waiting: Socket[] = [];

  constructor(server: Server, listener: AcceptorListener) {
    this.#server = server;
    this.#listener = listener;
    server.on('connection', this.#onConnection);
    server.on('error', this.#onError);
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  tryAccept(): Accepted | null {
    const lower = this.#waiting.shift();
    if (lower === undefined) return null;
    const { remoteAddress, remotePort } = lower;
    // A Unix-domain client has no name of its own.
    const peer = remoteAddress === undefined || remotePort === undefined ? '' : ([remoteAddress, remotePort] as const);
    return { lower, peer };
  }

  await(): void {
    // It calls by itself.
  }

  getSockName(): SocketAddress {
    return socketNameOf(this.#server);
  }

  reference(keep: boolean): void {
    if (keep) this.#server.ref();
    else this.#server.unref();
  }

  close(): void {
    const server = this.#server;
    this.stop();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    // Its callback waits for every accepted connection to end, which is not what is asked here.
    if (server.listening) server.close();
  }

  /** Takes no connection of the server's any more. */
  stop(): void {
    this.#server.off('connection', this.#onConnection);
    this.#server.off('error', this.#onError);
  }

  readonly #onConnection = (socket: Socket): void => {
    // Until somebody accepts it, it may fail with nobody to tell; wrapping finds it destroyed then.
    socket.on('error', () => {});
    this.#waiting.push(socket);
    this.#listener.changed();
  };

  readonly #onError = (error: Error): void => {
    if (!this.#server.listening) return;
    this.failure = error;
    this.#listener.changed();
  };
}
