import type { SSLObject } from '@sslkit/context';
import { BATCH, sendFrom } from './shared-buffers.ts';
import type { Transport } from './transport.ts';

const EMPTY = Buffer.alloc(0);
const ANSWER_LIMIT = 65_536; // bytes; thousands of KeyUpdates, far above what an honest peer is owed

/** The synchronous stretch of every operation: an engine and a transport, and the bytes between them in order. */
export class Wire {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  #answerBytes = 0;

  constructor(engine: SSLObject, transport: Transport) {
    this.#engine = engine;
    this.#transport = transport;
  }

  /** True where a peer asks and asks and does not read the answers. */
  get isClogged(): boolean {
    return this.#answerBytes > ANSWER_LIMIT && this.#transport.pendingBytes > 0;
  }

  /**
   * Runs one call of the engine on bytes that were read from the transport, puts back what it did not take, and sends
   * what it has made. What the engine throws is passed on; the alert that it has queued then waits for `flush`.
   */
  exchange(incoming: Uint8Array | null, call: (incoming: Uint8Array) => number): number {
    let outcome: number;
    try {
      outcome = call(incoming ?? EMPTY);
    } finally {
      const { consumed } = this.#engine;
      // With nothing left too: that is how the transport learns that it may use the memory again.
      if (incoming !== null) this.#transport.unread(consumed < incoming.length ? incoming.subarray(consumed) : EMPTY);
    }
    this.#answerBytes += this.flush();
    return outcome;
  }

  /** Encrypts and sends as much of `plaintext` as goes into one batch; gives back how much, or an outcome. */
  send(plaintext: Uint8Array): number {
    let outcome = 0;
    sendFrom(this.#transport, (outgoing) => {
      outcome = this.#engine.encrypt(plaintext.subarray(0, BATCH), outgoing);
      return this.#engine.produced;
    });
    this.flush();
    return outcome;
  }

  /** Sends what the engine has queued; gives back how many bytes that were. */
  flush(): number {
    let sent = 0;
    while (this.#engine.outgoingPending > 0) {
      sendFrom(this.#transport, (outgoing) => {
        const drained = this.#engine.drain(outgoing);
        sent += drained;
        return drained;
      });
    }
    return sent;
  }

  /** Starts to count answers anew: the transport has handed everything on. */
  forgiveAnswers(): void {
    this.#answerBytes = 0;
  }
}
