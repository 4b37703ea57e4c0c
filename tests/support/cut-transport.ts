import type { Transport, TransportListener, TransportPair } from '@sslkit/socket';

/** What happens to the bytes of one direction. */
export interface Cut {
  /** Bytes that pass before the direction is cut; all of them by default. */
  after?: number;
  /** What the receiver meets there: the end of the stream or a failure. Default: the end. */
  with?: 'end' | 'reset';
  /** Bytes of each chunk that the receiver is given. Default: as they were written. */
  chunk?: number;
}

/**
 * Two transports in memory that are connected to each other. Every byte passes through here, so that a flight can be
 * cut anywhere, to the byte; nothing depends on time.
 */
export function makeCutPair(there: Cut = {}, back: Cut = {}): TransportPair & [CutTransport, CutTransport] {
  const one = new CutTransport(there);
  const other = new CutTransport(back);
  one.peer = other;
  other.peer = one;
  return [one, other];
}

/** One end of {@link makeCutPair}. */
export class CutTransport implements Transport<CutTransport> {
  peer: CutTransport | null = null;
  /** Bytes that were written so far, whether they passed or not. */
  written = 0;
  error: Error | null = null;
  readonly pendingBytes = 0;
  readonly #cut: Cut;
  #listener: TransportListener | null = null;
  #chunks: Uint8Array[] = [];
  #ending = false;
  #closed = false;

  constructor(cut: Cut) {
    this.#cut = cut;
  }

  get ended(): boolean {
    return this.#ending && this.#chunks.length === 0;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
    this.#tell();
  }

  read(): Uint8Array | null {
    return this.#chunks.shift() ?? null;
  }

  unread(incoming: Uint8Array): void {
    if (incoming.length > 0) this.#chunks.unshift(incoming);
  }

  write(outgoing: Uint8Array): void {
    if (this.#closed) return;
    const left = Math.max(0, (this.#cut.after ?? Number.POSITIVE_INFINITY) - this.written);
    this.written += outgoing.length;
    const passing = Uint8Array.from(outgoing.subarray(0, left));
    const size = this.#cut.chunk ?? Math.max(passing.length, 1);
    for (let offset = 0; offset < passing.length; offset += size) {
      this.peer?.receive(passing.subarray(offset, offset + size));
    }
    if (outgoing.length >= left) this.peer?.cutOff(this.#cut.with ?? 'end');
  }

  end(): void {
    if (!this.#closed) this.peer?.cutOff('end');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener = null;
    this.peer?.cutOff('end');
  }

  release(): CutTransport {
    this.#listener = null;
    return this;
  }

  /** From the other end. */
  receive(chunk: Uint8Array): void {
    if (this.#closed || this.#ending || this.error !== null) return;
    this.#chunks.push(chunk);
    this.#tell();
  }

  /** From the other end. */
  cutOff(how: 'end' | 'reset'): void {
    if (this.#closed || this.#ending || this.error !== null) return;
    if (how === 'end') this.#ending = true;
    else this.error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    this.#tell();
  }

  #tell(): void {
    queueMicrotask(() => this.#listener?.readable());
  }
}
