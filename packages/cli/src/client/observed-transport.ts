import type { Socket } from 'node:net';
import { StreamTransport, type Transport, type TransportListener } from '@sslkit/socket';

/** Told of TLS bytes as they pass. The bytes are only lent. */
export interface WireObserver {
  received?(bytes: Uint8Array): void;
  sent?(bytes: Uint8Array): void;
}

const KEPT = 512; // bytes; enough to recognise what is no TLS

/** The transport over a socket that shows what passes to an observer, and keeps the first bytes of the peer. */
export class ObservedTransport implements Transport<Socket> {
  readonly #inner: StreamTransport<Socket>;
  readonly #observer: WireObserver;
  /** The first bytes that the peer sent, at most 512. */
  firstBytes: Buffer = Buffer.alloc(0);
  // Bytes that were put back are read again and must not be shown twice.
  #putBack = 0;

  constructor(socket: Socket, observer: WireObserver = {}) {
    this.#inner = new StreamTransport(socket);
    this.#observer = observer;
  }

  get ended(): boolean {
    return this.#inner.ended;
  }

  get error(): Error | null {
    return this.#inner.error;
  }

  get pendingBytes(): number {
    return this.#inner.pendingBytes;
  }

  attach(listener: TransportListener): void {
    this.#inner.attach(listener);
  }

  read(): Uint8Array | null {
    const incoming = this.#inner.read();
    if (incoming === null) return null;
    const fresh = incoming.subarray(Math.min(this.#putBack, incoming.length));
    this.#putBack -= incoming.length - fresh.length;
    if (fresh.length > 0) this.#note(fresh);
    return incoming;
  }

  #note(fresh: Uint8Array): void {
    const room = KEPT - this.firstBytes.length;
    if (room > 0) this.firstBytes = Buffer.concat([this.firstBytes, fresh.subarray(0, room)]);
    this.#observer.received?.(fresh);
  }

  unread(incoming: Uint8Array): void {
    this.#putBack += incoming.length;
    this.#inner.unread(incoming);
  }

  write(outgoing: Uint8Array): void {
    this.#observer.sent?.(outgoing);
    this.#inner.write(outgoing);
  }

  end(): void {
    this.#inner.end();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  release(): Socket {
    return this.#inner.release();
  }
}
