import { invalidState } from '@sslkit/errors';
import type { ChannelState, Ending } from './channel.ts';
import { Lingering } from './closing.ts';
import type { Transport } from './transport.ts';

/** Who acts for a connection when it ends. */
export interface Survivor {
  /** Sends the alert that the engine has queued. */
  sayGoodbye(): void;
  /** Lets everybody who waits look again, and find the failure. */
  wakeAll(): void;
}

/** Where a connection stands, and the one error that it has ended with. */
export class Life {
  state: ChannelState = 'handshaking';
  /** How the peer's data ended; null while it has not. */
  ended: Ending | null = null;
  /** What a callback of the user's has thrown during the handshake. */
  callbackError: Error | null = null;
  readonly #transport: Transport;
  readonly #survivor: Survivor;
  #failure: unknown = null;
  /** Makes the failure when somebody meets it: most connections are closed with nobody left to ask. */
  #reason: (() => Error) | null = null;
  #lingering: Lingering | null = null;

  constructor(transport: Transport, survivor: Survivor) {
    this.#transport = transport;
    this.#survivor = survivor;
  }

  /** Throws the error that the connection has ended with, where it has. */
  assertAlive(): void {
    const { state } = this;
    if (state === 'broken' || state === 'closed' || state === 'released') throw this.#meetFailure();
  }

  /** Ends the connection for good and gives back the error to throw: always the first. */
  break(error: unknown): unknown {
    if (this.state === 'broken' || this.state === 'closed') return this.#meetFailure();
    this.state = 'broken';
    this.#failure = error;
    // The alert that a callback's error has become says little about it.
    if (error instanceof Error && this.callbackError !== null) error.cause ??= this.callbackError;
    // OpenSSL has an alert for a transport that has ended too, which nobody waits for; before the version is agreed
    // on, it would not even pass for TLS.
    if (this.#transport.error === null && !this.#transport.ended) this.#survivor.sayGoodbye();
    this.#lingering = new Lingering(this.#transport, false);
    this.#survivor.wakeAll();
    return error;
  }

  /** TLS is off: calls of this connection are refused from now on. */
  release(): void {
    this.state = 'released';
    this.#reason = () => invalidState('TLS has been taken off this connection');
  }

  /** Closes without a word to the peer; false where the connection was over already. */
  close(reason: () => Error): boolean {
    if (this.state === 'closed' || this.state === 'released') return false;
    if (this.state !== 'broken') this.#reason = reason;
    this.state = 'closed';
    return true;
  }

  #meetFailure(): unknown {
    if (this.#reason !== null) this.#failure = this.#reason();
    this.#reason = null;
    return this.#failure;
  }

  /** Closes the transport: at once, or behind an alert that has been sent. */
  async closeTransport(behindAlert: boolean): Promise<void> {
    if (behindAlert) this.#lingering ??= new Lingering(this.#transport, this.ended === 'close_notify');
    if (this.#lingering === null) await this.#transport.close();
  }

  /** Whether nothing but the transport's end is waited for; looks for it. */
  isLingering(): boolean {
    if (this.#lingering === null) return false;
    this.#lingering.advance();
    return true;
  }
}
