import type { SSLSocket } from '../ssl-socket.ts';
import type { Transport, TransportListener } from '../transport.ts';
import { IncomingQueue } from './queue.ts';

const READ_SIZE = 65_536; // bytes; four full records of the connection below

/** TLS in TLS: a transport over another connection, which must have done its handshake or do it on its own. */
export class SSLSocketTransport<Lower = unknown> implements Transport<SSLSocket<Lower>> {
  readonly #below: SSLSocket<Lower>;
  readonly #incoming = new IncomingQueue();
  readonly #stop = new AbortController();
  #listener: TransportListener | null = null;
  #reading: Promise<void> | null = null;
  #outgoing: Uint8Array[] = [];
  #sending = false;
  #pendingBytes = 0;
  #ending = false;
  #closed = false;

  constructor(below: SSLSocket<Lower>) {
    this.#below = below;
  }

  get ended(): boolean {
    return this.#incoming.ended;
  }

  get error(): Error | null {
    return this.#incoming.error;
  }

  get pendingBytes(): number {
    return this.error === null && !this.#closed ? this.#pendingBytes : 0;
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
    if (this.#ending || this.#closed || this.error !== null) return;
    this.#outgoing.push(outgoing);
    this.#pendingBytes += outgoing.length;
    if (!this.#sending) void this.#send();
  }

  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    if (!this.#sending) void this.#send();
  }

  close(): Promise<void> {
    this.#silence();
    this.#closed = true;
    return this.#below.close();
  }

  async release(): Promise<SSLSocket<Lower>> {
    this.#silence();
    // Until it has given up, the connection below has a reader.
    await this.#reading;
    const leftover = this.#incoming.takeAll();
    if (leftover.length > 0) this.#below.unread(leftover);
    return this.#below;
  }

  #silence(): void {
    this.#listener = null;
    this.#incoming.attach(null);
    // A read that is given up takes nothing with it.
    this.#stop.abort();
  }

  /** Keeps one chunk waiting, never two: that is what holds the peer back. */
  #fetch(): void {
    if (this.#reading !== null || this.#incoming.length > 0 || this.ended || this.error !== null) return;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    this.#reading = this.#below.recv(READ_SIZE, { signal }).then(
      (chunk) => {
        this.#reading = null;
        if (chunk.length > 0) this.#incoming.push(chunk);
        else this.#incoming.end();
      },
      (error) => {
        this.#reading = null;
        if (!signal.aborted) this.#incoming.fail(error);
      },
    );
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      for (let outgoing = this.#outgoing.shift(); outgoing !== undefined; outgoing = this.#outgoing.shift()) {
        await this.#below.sendAll(outgoing);
        this.#pendingBytes -= outgoing.length;
      }
      if (this.#ending) await this.#below.halfClose();
    } catch (error) {
      if (error instanceof Error) this.#incoming.fail(error);
    } finally {
      this.#sending = false;
    }
    if (this.#pendingBytes === 0) this.#listener?.drained();
  }
}
