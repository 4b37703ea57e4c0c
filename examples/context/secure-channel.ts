// TLS over whatever can move bytes: the packets of a database protocol, a message port, another TLS connection.

// #region readme
import { Outcome, type SSLContext, type SSLObject, type WrapOptions } from '@sslkit/context';

/** What moves the bytes. `receive` resolves to the next ones, and to none when the peer has ended. */
export interface Channel {
  send(bytes: Uint8Array): Promise<void>;
  receive(): Promise<Uint8Array>;
}

export class SecureChannel {
  readonly tls: SSLObject;
  readonly #channel: Channel;
  readonly #plaintext = new Uint8Array(16_384);
  readonly #outgoing = new Uint8Array(17_408); // a record of 16,384 bytes with room to spare
  #incoming: Uint8Array = new Uint8Array(0); // what has arrived and TLS has not taken yet

  constructor(context: SSLContext, channel: Channel, options: WrapOptions) {
    this.tls = context.wrapBuffers(options);
    this.#channel = channel;
  }

  async handshake(): Promise<void> {
    await this.#run((incoming) => this.tls.tryHandshake(incoming));
  }

  /** The next bytes of the peer; none when it has said that there are no more. */
  async read(): Promise<Uint8Array> {
    const length = await this.#run((incoming) => this.tls.decrypt(incoming, this.#plaintext));
    return this.#plaintext.slice(0, Math.max(length, 0));
  }

  async write(data: Uint8Array): Promise<void> {
    for (let rest = data; rest.length > 0; ) {
      const taken = this.tls.encrypt(rest, this.#outgoing);
      await this.#channel.send(this.#outgoing.slice(0, this.tls.produced));
      rest = rest.subarray(Math.max(taken, 0));
    }
  }

  /** Takes TLS off, after which both sides may go on in plaintext. */
  async unwrap(): Promise<void> {
    await this.#run((incoming) => this.tls.tryUnwrap(incoming));
  }

  /** Makes a call, which waits for nothing, again and again until it no longer lacks bytes of the peer. */
  async #run(call: (incoming: Uint8Array) => number): Promise<number> {
    for (;;) {
      let outcome: number;
      try {
        outcome = call(this.#incoming);
      } finally {
        this.#incoming = this.#incoming.subarray(this.tls.consumed);
        await this.#flush(); // also after a failure: this is the alert that tells the peer
      }
      if (outcome !== Outcome.WANT_READ) return outcome;
      this.#incoming = await this.#channel.receive();
      if (this.#incoming.length === 0) this.tls.endIncoming();
    }
  }

  async #flush(): Promise<void> {
    const flight = new Uint8Array(this.tls.outgoingPending);
    if (flight.length > 0) await this.#channel.send(flight.subarray(0, this.tls.drain(flight)));
  }
}
// #endregion
