import type { TransportListener } from '../transport.ts';
import { IncomingQueue } from './queue.ts';

/**
 * An {@link IncomingQueue} that fills itself from a layer below which gives one chunk for each time it is asked. It
 * keeps one chunk waiting, never two: that is what holds the peer back.
 */
export class FetchingQueue extends IncomingQueue {
  readonly #fetch: () => Promise<Uint8Array | null>;
  #fetching: Promise<void> | null = null;
  #stopped = false;

  /** @param fetch - asks the layer below for the next chunk; null is the end. */
  constructor(fetch: () => Promise<Uint8Array | null>) {
    super();
    this.#fetch = fetch;
  }

  override attach(listener: TransportListener): void {
    super.attach(listener);
    this.#refill();
  }

  /** Takes the chunk that waits and asks for the next. */
  override shift(): Uint8Array | null {
    const chunk = super.shift();
    this.#refill();
    return chunk;
  }

  /**
   * Tells nobody any more and asks for nothing; what has been asked for still comes. Resolves when that is over; where
   * it has failed, nobody is told.
   */
  async stop(): Promise<void> {
    this.detach();
    this.#stopped = true;
    await this.#fetching;
  }

  #refill(): void {
    if (this.#fetching !== null || this.#stopped || this.length > 0 || this.ended || this.error !== null) return;
    this.#fetching = this.#fetch().then(
      (chunk) => {
        this.#fetching = null;
        if (chunk === null) this.end();
        else this.push(chunk);
        this.#refill();
      },
      (error) => {
        this.#fetching = null;
        if (!this.#stopped) this.fail(error);
      },
    );
  }
}
