import type { SSLSocket } from '../ssl-socket.ts';
import type { Transport, TransportListener } from '../transport.ts';
import { FetchingQueue } from './fetching.ts';

const READ_SIZE = 65_536; // bytes; four full records of the connection below

/** TLS in TLS: a transport over another connection, which must have done its handshake or do it on its own. */
export class SSLSocketTransport<Lower = unknown> implements Transport<SSLSocket<Lower>> {
  readonly #below: SSLSocket<Lower>;
  readonly #incoming: FetchingQueue;
  readonly #stop = new AbortController();
  #listener: TransportListener | null = null;
  #outgoing: Uint8Array[] = [];
  #sending = false;
  #pendingBytes = 0;
  #ending = false;
  #closed = false;

  constructor(below: SSLSocket<Lower>) {
    this.#below = below;
    const { signal } = this.#stop;
    const endIfEmpty = (chunk: Buffer) => (chunk.length > 0 ? chunk : null);
    this.#incoming = new FetchingQueue(() => below.recv(READ_SIZE, { signal }).then(endIfEmpty));
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
  }

  read(): Uint8Array | null {
    return this.#incoming.shift();
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
    void this.#stopReading();
    this.#closed = true;
    return this.#below.close();
  }

  async release(): Promise<SSLSocket<Lower>> {
    // Until it has given up, the connection below has a reader.
    await this.#stopReading();
    const leftover = this.#incoming.takeAll();
    if (leftover.length > 0) this.#below.unread(leftover);
    return this.#below;
  }

  /** Gives up a read that is under way, which takes nothing with it. */
  #stopReading(): Promise<void> {
    this.#listener = null;
    const stopped = this.#incoming.stop();
    this.#stop.abort();
    return stopped;
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
      this.#incoming.fail(error);
    } finally {
      this.#sending = false;
    }
    if (this.#pendingBytes === 0) this.#listener?.drained();
  }
}
