import { Outcome, type SSLObject } from '@sslkit/context';
import type { Life } from './life.ts';
import { Stash } from './stash.ts';
import type { Transport } from './transport.ts';
import type { Wire } from './wire.ts';

const STASH_STEP = 16_384; // largest TLS record payload, RFC 8446 §5.1

/** The incoming direction of a connection: from what the transport has to plaintext, without ever waiting. */
export class Receiver {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  readonly #wire: Wire;
  readonly #life: Life;
  readonly #stash = new Stash();

  constructor(engine: SSLObject, transport: Transport, wire: Wire, life: Life) {
    this.#engine = engine;
    this.#transport = transport;
    this.#wire = wire;
    this.#life = life;
  }

  /** Bytes of plaintext that wait for the next read. */
  get stashed(): number {
    return this.#stash.length;
  }

  /** Puts plaintext back in front. */
  unread(plaintext: Uint8Array): void {
    this.#stash.prepend(plaintext);
  }

  clear(): void {
    this.#stash.clear();
  }

  /** Whether a read would find bytes, the end or a failure. */
  get readable(): boolean {
    const transport = this.#transport;
    if (this.#life.ended !== null || this.#stash.length > 0 || this.#engine.leftover) return true;
    const incoming = transport.read();
    if (incoming !== null) transport.unread(incoming);
    return incoming !== null || transport.ended || transport.error !== null;
  }

  /** Decrypts into `plaintext`: the number of bytes, 0 at the end of the peer's data, or an outcome. */
  tryRead(plaintext: Uint8Array): number {
    const life = this.#life;
    life.assertAlive();
    if (this.#stash.length > 0) return this.#stash.take(plaintext);
    while (life.ended === null) {
      if (this.#wire.isClogged) return Outcome.WANT_WRITE;
      const incoming = this.#transport.read();
      if (incoming !== null || this.#engine.leftover) {
        const outcome = this.#wire.decrypt(incoming, plaintext);
        if (outcome === Outcome.CLOSED) life.ended = 'close_notify';
        else if (outcome !== Outcome.WANT_READ) return outcome;
      } else if (!this.transportIsOver()) {
        return Outcome.WANT_READ;
      }
    }
    return 0;
  }

  /**
   * Decrypts one piece on behalf of a call that gives out no plaintext, and keeps what comes of it for the next read.
   * True where something was read.
   *
   * @param incoming - null for what the engine itself has left.
   */
  stashIncoming(incoming = this.#transport.read()): boolean {
    if (incoming === null && !this.#engine.leftover) return false;
    const plaintext = Buffer.allocUnsafe(STASH_STEP);
    const outcome = this.#wire.decrypt(incoming, plaintext);
    if (outcome > 0) this.#stash.append(plaintext.subarray(0, outcome));
    else if (outcome === Outcome.CLOSED) this.#life.ended = 'close_notify';
    return outcome > 0 || (incoming !== null && outcome === Outcome.WANT_READ);
  }

  /** With nothing left to read: true where the peer has ended the transport under TLS. */
  transportIsOver(): boolean {
    const life = this.#life;
    if (this.#transport.ended) life.ended = 'truncated';
    else if (this.#transport.error !== null) throw life.break(this.#transport.error);
    return life.ended !== null;
  }
}
