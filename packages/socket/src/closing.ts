import { SSLError } from '@sslkit/errors';
import type { Transport } from './transport.ts';

// How long a peer may take to close its side after an alert.
const LINGER_MS = 1000;

/**
 * Closes a transport behind an alert, fatal or `close_notify`: ends our direction and closes as soon as the peer has
 * ended its own, or a second later.
 *
 * Closing at once would be simpler and wrong: with bytes of the peer still unread, such as the session tickets of
 * TLS 1.3, the kernel answers with a reset, and the reset overtakes the alert and the data before it.
 */
export class Lingering {
  readonly #transport: Transport;
  #timer: NodeJS.Timeout | undefined;

  /** @param isPeerDone - whether the peer has said by `close_notify` that it sends no more. */
  constructor(transport: Transport, isPeerDone: boolean) {
    this.#transport = transport;
    // RFC 8446 §6.2: "Upon transmission or receipt of a fatal alert message, both parties MUST immediately close the
    // connection."
    transport.end();
    if (this.advance()) return;
    // With nothing unread and nothing to come there is nothing that the kernel could answer with a reset.
    if (isPeerDone && transport.pendingBytes === 0) this.#close();
    else this.#timer = setTimeout(() => this.#close(), LINGER_MS).unref();
  }

  /** Looks whether the peer has gone; called whenever the transport has something to tell. True where that ends it. */
  advance(): boolean {
    const transport = this.#transport;
    while (transport.read() !== null);
    const isOver = transport.error !== null || (transport.ended && transport.pendingBytes === 0);
    if (isOver) this.#close();
    return isOver;
  }

  #close(): void {
    clearTimeout(this.#timer);
    void this.#transport.close();
  }
}

/** Makes the error of `unwrap` when the peer's data has not been read to its end. */
export function unreadData(): SSLError {
  return new SSLError('[SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application data after close notify', {
    errno: 1, // SSL_ERROR_SSL
    library: 'SSL',
    reason: 'APPLICATION_DATA_AFTER_CLOSE_NOTIFY',
  });
}

/** Makes the error of a write after our own `close_notify`. */
export function alreadyShutDown(): SSLError {
  return new SSLError('[SSL: PROTOCOL_IS_SHUTDOWN] protocol is shutdown', {
    errno: 1, // SSL_ERROR_SSL
    library: 'SSL',
    reason: 'PROTOCOL_IS_SHUTDOWN',
  });
}

/** Makes the error of `unwrap` in the middle of the handshake. */
export function stillInHandshake(): SSLError {
  return new SSLError('[SSL: SHUTDOWN_WHILE_IN_INIT] shutdown while in init', {
    errno: 1, // SSL_ERROR_SSL
    library: 'SSL',
    reason: 'SHUTDOWN_WHILE_IN_INIT',
  });
}
