import type { SSLObject } from '@sslkit/context';
import { alreadyShutDown } from './closing.ts';
import type { Life } from './life.ts';
import type { Receiver } from './receiver.ts';
import type { Transport } from './transport.ts';
import type { Wire } from './wire.ts';

/** The outgoing direction of a connection: from plaintext to what the transport takes, without ever waiting. */
export class Sender {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  readonly #wire: Wire;
  readonly #life: Life;
  readonly #receiver: Receiver;

  constructor(engine: SSLObject, transport: Transport, wire: Wire, life: Life, receiver: Receiver) {
    this.#engine = engine;
    this.#transport = transport;
    this.#wire = wire;
    this.#life = life;
    this.#receiver = receiver;
  }

  /** Encrypts and hands on one batch of `plaintext`: how many bytes that were, or an outcome. */
  trySend(plaintext: Uint8Array): number {
    this.assertWritable();
    const outcome = this.#wire.send(plaintext);
    if (this.#transport.error !== null) this.assertWritable();
    return outcome;
  }

  /** Throws what stands in the way of any write. */
  assertWritable(): void {
    const life = this.#life;
    life.assertAlive();
    if (life.state === 'closing') throw alreadyShutDown();
    if (this.#transport.error === null) return;
    // An alert that came before the reset says why.
    while (life.ended === null && this.#receiver.stashIncoming());
    throw life.break(this.#transport.error);
  }

  sendCloseNotify(): void {
    // OpenSSL sends ours, then looks for the peer's: data that it found in its place would end the connection.
    while (this.#receiver.stashIncoming(null));
    this.#life.state = 'closing';
    this.#wire.exchange(null, (incoming) => this.#engine.tryUnwrap(incoming));
  }
}
