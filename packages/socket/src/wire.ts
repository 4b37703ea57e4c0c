import type { SSLObject } from '@sslkit/context';
import type { Life } from './life.ts';
import type { ReusedMemory } from './reused-memory.ts';
import { BATCH, borrowOutgoing, returnOutgoing, sendOutgoing } from './shared-buffers.ts';
import type { Transport } from './transport.ts';

const EMPTY = new Uint8Array(0);
const ANSWER_LIMIT = 65_536; // bytes; thousands of KeyUpdates, far above what an honest peer is owed

/**
 * The synchronous stretch of every operation: an engine and a transport, and the bytes between them in order. What the
 * engine throws ends the connection.
 */
export class Wire {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  readonly #life: Life;
  #answerBytes = 0;
  /** Memory that the transport keeps until nothing is pending any more. */
  #lent: ReusedMemory | null = null;
  #busy = false;

  constructor(engine: SSLObject, transport: Transport, life: Life) {
    this.#engine = engine;
    this.#transport = transport;
    this.#life = life;
  }

  /** True where a peer asks and asks and does not read the answers. */
  get isClogged(): boolean {
    return this.#answerBytes > ANSWER_LIMIT && this.#transport.pendingBytes > 0;
  }

  /** True inside such a stretch: a transport that calls back from one of its own methods must wait for its end. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /**
   * Runs one call of the engine on bytes that were read from the transport, puts back what it did not take, and sends
   * what it has made.
   */
  exchange(incoming: Uint8Array | null, call: (incoming: Uint8Array) => number): number {
    let outcome: number;
    try {
      outcome = call(incoming ?? EMPTY);
    } catch (error) {
      this.#putBack(incoming);
      throw this.#life.break(error);
    }
    this.#putBack(incoming);
    if (this.#engine.outgoingPending > 0) this.#answerBytes += this.flush();
    return outcome;
  }

  /** `exchange` for the one call that is made for every message. */
  decrypt(incoming: Uint8Array | null, plaintext: Uint8Array): number {
    let outcome: number;
    try {
      outcome = this.#engine.decrypt(incoming ?? EMPTY, plaintext);
    } catch (error) {
      this.#putBack(incoming);
      throw this.#life.break(error);
    }
    this.#putBack(incoming);
    if (this.#engine.outgoingPending > 0) this.#answerBytes += this.flush();
    return outcome;
  }

  #putBack(incoming: Uint8Array | null): void {
    if (incoming === null) return;
    const { consumed } = this.#engine;
    // With nothing left too: that is how the transport learns that it may use the memory again.
    this.#transport.unread(consumed < incoming.length ? incoming.subarray(consumed) : EMPTY);
  }

  /** Encrypts and sends as much of `plaintext` as goes into one batch; gives back how much, or an outcome. */
  send(plaintext: Uint8Array): number {
    const outgoing = borrowOutgoing();
    let outcome: number;
    try {
      outcome = this.#engine.encrypt(
        plaintext.length > BATCH ? plaintext.subarray(0, BATCH) : plaintext,
        outgoing.whole,
      );
    } catch (error) {
      returnOutgoing(outgoing);
      throw this.#life.break(error);
    }
    this.#send(outgoing, this.#engine.produced);
    if (this.#engine.outgoingPending > 0) this.flush();
    return outcome;
  }

  /** Sends what the engine has queued; gives back how many bytes that were. */
  flush(): number {
    let sent = 0;
    while (this.#engine.outgoingPending > 0) {
      const outgoing = borrowOutgoing();
      const length = this.#engine.drain(outgoing.whole);
      this.#send(outgoing, length);
      sent += length;
    }
    return sent;
  }

  #send(outgoing: ReusedMemory, length: number): void {
    const outer = this.#busy;
    this.#busy = true;
    this.#lent = sendOutgoing(this.#transport, outgoing, length) ?? this.#lent;
    this.#busy = outer;
  }

  /** The transport has handed everything on: its memory is free again, and answers are counted anew. */
  settle(): void {
    if (this.#lent !== null && this.#transport.pendingBytes === 0) {
      returnOutgoing(this.#lent);
      this.#lent = null;
    }
    this.#answerBytes = 0;
  }
}
