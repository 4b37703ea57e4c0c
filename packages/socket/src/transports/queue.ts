import type { TransportListener } from '../transport.ts';

/** The arrived bytes of a transport that is pushed rather than pulled, and the end behind them. */
export class IncomingQueue {
  readonly #chunks: Uint8Array[] = [];
  #listener: TransportListener | null = null;
  #length = 0;
  #ending = false;
  #error: Error | null = null;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** True when the end has come and nothing waits before it. */
  get ended(): boolean {
    return this.#ending && this.#chunks.length === 0;
  }

  get error(): Error | null {
    return this.#error;
  }

  /** Tells `listener` from now on, and soon of what has come before. */
  attach(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#length > 0 || this.#ending || this.#error !== null) queueMicrotask(() => this.#listener?.readable());
  }

  /** Tells nobody any more. */
  detach(): void {
    this.#listener = null;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#listener?.readable();
  }

  shift(): Uint8Array | null {
    const chunk = this.#chunks.shift() ?? null;
    this.#length -= chunk?.length ?? 0;
    return chunk;
  }

  unshift(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.unshift(chunk);
    this.#length += chunk.length;
  }

  /** Copies the last chunk, whose memory is going to be used for something else. */
  copyLast(): void {
    const last = this.#chunks.pop();
    if (last !== undefined) this.#chunks.push(Uint8Array.from(last));
  }

  end(): void {
    this.#ending = true;
    this.#listener?.readable();
  }

  fail(reason: unknown): void {
    this.#error ??= reason instanceof Error ? reason : new Error('The layer below failed', { cause: reason });
    this.#listener?.readable();
  }

  /** Everything that waits, in one piece. */
  takeAll(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    this.#length = 0;
    return all;
  }
}
