import { ReadableStream, WritableStream } from 'node:stream/web';
import type { Transport, TransportListener } from '../transport.ts';
import { IncomingQueue } from './queue.ts';

/** Both directions of a connection as web streams of `Uint8Array`, as `WebTransport` and edge runtimes have them. */
export interface WebStreamPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** True for a pair of web streams. */
export function isWebStreamPair(value: unknown): value is WebStreamPair {
  if (typeof value !== 'object' || value === null || !('readable' in value) || !('writable' in value)) return false;
  return value.readable instanceof ReadableStream && value.writable instanceof WritableStream;
}

/** A transport over a pair of web streams, which it locks until it is released. */
export class WebStreamTransport implements Transport<WebStreamPair> {
  readonly #pair: WebStreamPair;
  readonly #reader;
  readonly #writer;
  readonly #incoming = new IncomingQueue();
  #listener: TransportListener | null = null;
  #reading: Promise<void> | null = null;
  #pendingBytes = 0;
  #ending = false;
  #released = false;

  /** @throws TypeError when one of the streams is locked. */
  constructor(pair: WebStreamPair) {
    this.#pair = pair;
    this.#reader = pair.readable.getReader();
    this.#writer = pair.writable.getWriter();
    // Both are told of by `read` and `write` as well.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  get ended(): boolean {
    return this.#incoming.ended;
  }

  get error(): Error | null {
    return this.#incoming.error;
  }

  get pendingBytes(): number {
    return this.error === null ? this.#pendingBytes : 0;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
    this.#incoming.attach(listener);
    this.#fetch();
  }

  read(): Uint8Array | null {
    const chunk = this.#incoming.shift();
    this.#fetch();
    return chunk;
  }

  unread(incoming: Uint8Array): void {
    this.#incoming.unshift(incoming);
  }

  write(outgoing: Uint8Array): void {
    if (this.#ending || this.error !== null) return;
    this.#pendingBytes += outgoing.length;
    this.#writer.write(outgoing).then(
      () => {
        this.#pendingBytes -= outgoing.length;
        if (this.#pendingBytes === 0) this.#listener?.drained();
      },
      (error) => this.#fail(error),
    );
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#writer.close().catch((error) => this.#fail(error));
  }

  async close(): Promise<void> {
    this.#listener = null;
    this.#incoming.attach(null);
    this.#ending = true;
    this.#pendingBytes = 0;
    await Promise.allSettled([this.#reader.cancel(), this.#writer.abort()]);
  }

  /** A pair whose readable gives what was left first. The streams that were wrapped stay locked by it. */
  release(): WebStreamPair {
    this.#listener = null;
    this.#released = true;
    this.#incoming.attach(null);
    this.#writer.releaseLock();
    return { readable: this.#readRest(), writable: this.#pair.writable };
  }

  /** Keeps one chunk waiting, never two: that is what holds the peer back. */
  #fetch(): void {
    if (this.#released || this.#reading !== null || this.#incoming.length > 0 || this.ended || this.error !== null)
      return;
    this.#reading = this.#reader.read().then(
      ({ done, value }) => {
        this.#reading = null;
        if (value !== undefined) this.#incoming.push(value);
        if (done) this.#incoming.end();
        else if (this.#incoming.length === 0) this.#fetch();
      },
      (error) => {
        this.#reading = null;
        this.#fail(error);
      },
    );
  }

  #readRest(): ReadableStream<Uint8Array> {
    const incoming = this.#incoming;
    const reader = this.#reader;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        // A read that was under way leaves its chunk in the queue.
        await this.#reading;
        const chunk = incoming.shift();
        if (chunk !== null) return controller.enqueue(chunk);
        if (incoming.error !== null) return controller.error(incoming.error);
        if (incoming.ended) return controller.close();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  #fail(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error('The stream failed', { cause: reason });
    this.#incoming.fail(error);
  }
}
