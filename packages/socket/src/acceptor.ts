import type { Socket } from 'node:net';
import type { Descriptor } from './descriptor.ts';
import type { SocketAddress } from './socket-address.ts';
import type { DescriptorTransport } from './transports/descriptor.ts';

/** A connection that nobody has put TLS on yet. */
export interface Accepted {
  readonly lower: Socket | DescriptorTransport;
  readonly peer: SocketAddress;
}

/** Whom an acceptor tells. */
export interface AcceptorListener {
  /** There may be a connection, or another state of the acceptor. */
  changed(): void;
}

/** Where a listener's connections come from: its own descriptor, or a `net.Server`. */
export interface Acceptor {
  readonly listening: boolean;
  /** Its descriptor, where it has one of its own. */
  readonly descriptor: Descriptor | null;
  /** Why it accepts no more; null while it does. */
  readonly failure: Error | null;

  /**
   * The next connection, null where there is none at the moment, or none in this turn of the event loop.
   *
   * @param patient - false for a caller who does not wait for the next turn.
   * @throws SystemError when there is one that the system cannot give us; the acceptor goes on.
   */
  tryAccept(patient: boolean): Accepted | null;

  /** Has `changed` called when there may be a connection. */
  await(): void;

  /** @throws SystemError `EBADF` when it does not listen. */
  getSockName(): SocketAddress;
  reference(keep: boolean): void;
  close(): void;
}
