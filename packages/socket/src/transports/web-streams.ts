import { ReadableStream, WritableStream } from 'node:stream/web';
import type { Transport, TransportListener } from '../transport.ts';
import { FetchingQueue } from './fetching.ts';

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
  readonly #incoming: FetchingQueue;
  #listener: TransportListener | null = null;
  #pendingBytes = 0;
  #ending = false;

  /** @throws TypeError when one of the streams is locked. */
  constructor(pair: WebStreamPair) {
    this.#pair = pair;
    this.#reader = pair.readable.getReader();
    this.#writer = pair.writable.getWriter();
    const reader = this.#reader;
    this.#incoming = new FetchingQueue(async () => (await reader.read()).value ?? null);
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
  }

  read(): Uint8Array | null {
    return this.#incoming.shift();
  }

  unread(incoming: Uint8Array): void {
    this.#incoming.unshift(incoming);
  }

  write(outgoing: Uint8Array): void {
    if (this.#ending || this.error !== null) return;
    this.#pendingBytes += outgoing.length;
    // A stream may pass it on by reference, and be done with it before anybody has read it.
    this.#writer.write(Uint8Array.from(outgoing)).then(
      () => {
        this.#pendingBytes -= outgoing.length;
        if (this.#pendingBytes === 0) this.#listener?.drained();
      },
      (error) => this.#incoming.fail(error),
    );
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#writer.close().catch((error) => this.#incoming.fail(error));
  }

  async close(): Promise<void> {
    this.#listener = null;
    void this.#incoming.stop();
    this.#ending = true;
    this.#pendingBytes = 0;
    await Promise.allSettled([this.#reader.cancel(), this.#writer.abort()]);
  }

  /** A pair whose readable gives what was left first. The streams that were wrapped stay locked by it. */
  release(): WebStreamPair {
    this.#listener = null;
    const stopped = this.#incoming.stop();
    this.#writer.releaseLock();
    return { readable: this.#readRest(stopped), writable: this.#pair.writable };
  }

  #readRest(stopped: Promise<void>): ReadableStream<Uint8Array> {
    const incoming = this.#incoming;
    const reader = this.#reader;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        // A read that was under way leaves its chunk in the queue.
        await stopped;
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
}
