import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { invalidState } from '@sslkit/errors';
import { lendReads, takeReads } from '../lent-reads.ts';
import { systemError } from '../system-error.ts';
import type { Transport, TransportListener } from '../transport.ts';
import { IncomingQueue } from './queue.ts';

/**
 * A transport over any `Duplex` of bytes: TCP and Unix-domain sockets, pipes, tunnels, streams of one's own.
 *
 * Bytes are pulled out of the stream when they are wanted, not pushed out of it. So the stream's own buffer is the only
 * one and holds the peer back by itself; what a reader does not take can be put back, and a stream that has bytes put
 * back has not yet emitted `end`, whatever the peer did meanwhile.
 *
 * From a `net.Socket` the chunks are taken where it pushes them, which spares its buffer and the events about that. As
 * many wait here as would there, and the end is held back behind them for the same reason.
 *
 * @typeParam Lower - the stream's own type, which `release` gives back.
 */
export class StreamTransport<Lower extends Duplex = Duplex> implements Transport<Lower> {
  readonly stream: Lower;
  #listener: TransportListener | null = null;
  #ended = false;
  #error: Error | null = null;
  /** Whether what the stream pushes comes here. */
  readonly #intercepts: boolean;
  /** What was pushed and not read; behind what the stream itself has buffered. */
  readonly #pushed = new IncomingQueue();
  /** Whether the stream has been told to push no more. */
  #paused = false;
  #endHeldBack = false;
  #allowedHalfOpen = false;
  /** Other streams may pass on what is written by reference, and be done with it before anybody has read it. */
  readonly #copies: boolean;

  constructor(stream: Lower) {
    this.stream = stream;
    const isSocket = stream instanceof Socket;
    this.#intercepts = isSocket && stream.push === Duplex.prototype.push;
    this.#copies = !isSocket || stream._write !== Socket.prototype._write;
  }

  get ended(): boolean {
    return this.#ended && this.#pushed.length === 0;
  }

  get error(): Error | null {
    return this.#error;
  }

  get pendingBytes(): number {
    return this.stream.destroyed ? 0 : this.stream.writableLength;
  }

  attach(listener: TransportListener): void {
    const { stream } = this;
    this.#listener = listener;
    this.#pushed.attach(listener);
    // A socket that answers the peer's FIN with its own could not send what is still to be sent.
    this.#allowedHalfOpen = stream.allowHalfOpen;
    stream.allowHalfOpen = true;
    stream.on('error', this.#onError);
    stream.on('end', this.#onEnd);
    stream.on('close', this.#onClose);
    stream.on('readable', this.#onReadable);
    if (this.#intercepts) this.#intercept();
    if (stream.readableEnded) this.#ended = true;
    else if (stream.destroyed) this.#onClose();
  }

  read(): Uint8Array | null {
    const { stream } = this;
    if (this.#intercepts && stream.readableLength === 0) {
      const pushed = this.#pushed.shift();
      if (pushed === null) this.#goOn();
      return pushed;
    }
    const chunk: unknown = stream.read();
    if (chunk === null) return null;
    if (chunk instanceof Uint8Array) return chunk;
    this.#error ??= invalidState('The stream gives text instead of bytes: an encoding was set while TLS was on it');
    return null;
  }

  unread(incoming: Uint8Array): void {
    if (incoming.length === 0) this.#goOn();
    else if (this.#intercepts && this.stream.readableLength === 0) this.#pushed.unshift(incoming);
    else this.stream.unshift(incoming);
  }

  #intercept(): void {
    if (this.stream instanceof Socket) lendReads(this.stream);
    this.stream.push = (chunk: Uint8Array | null) => this.#take(chunk);
    takeReads(this.stream, (chunk) => {
      const goOn = this.#take(chunk);
      this.#pushed.copyLast();
      return goOn;
    });
    // One that was paused may have stopped reading for good.
    if (!this.stream.destroyed) this.stream._read(0);
  }

  /** Takes what the socket has read, or null for the end; false where it is to read no more. */
  #take(chunk: Uint8Array | null): boolean {
    if (chunk === null) {
      this.#endHeldBack = true;
      this.#goOn();
      return false;
    }
    this.#pushed.push(chunk);
    // Most chunks are read in the same turn, and the socket goes on without a system call.
    this.#paused = this.#pushed.length >= this.stream.readableHighWaterMark;
    return !this.#paused;
  }

  /** Lets the socket read on once little waits, and tell its end once nothing does. */
  #goOn(): void {
    const { stream } = this;
    if (this.#endHeldBack && this.#pushed.length === 0) {
      this.#endHeldBack = false;
      Duplex.prototype.push.call(stream, null);
    } else if (this.#paused && this.#pushed.length < stream.readableHighWaterMark && !stream.destroyed) {
      this.#paused = false;
      stream._read(0);
    }
  }

  write(outgoing: Uint8Array): void {
    const { stream } = this;
    if (stream.destroyed || stream.writableEnded) {
      this.#error ??= systemError('EPIPE', 'write');
      return;
    }
    stream.write(this.#copies ? Buffer.from(outgoing) : outgoing, this.#onWritten);
  }

  end(): void {
    if (!this.stream.writableEnded && !this.stream.destroyed) this.stream.end();
  }

  close(): Promise<void> {
    const { stream } = this;
    return new Promise((resolve) => {
      if (stream.closed) {
        resolve();
        return;
      }
      stream.once('close', resolve);
      stream.destroy();
      // A stream made with `emitClose: false` says nothing more.
      setImmediate(() => stream.closed && resolve());
    });
  }

  release(): Lower {
    const { stream } = this;
    this.#listener = null;
    this.#pushed.detach();
    stream.off('error', this.#onError);
    stream.off('end', this.#onEnd);
    stream.off('close', this.#onClose);
    if (this.#intercepts) this.#giveBack();
    // The last listener of this event also undoes what it did to the stream's flow: whoever listens for `data` next
    // finds it flowing, as on a fresh stream.
    stream.off('readable', this.#onReadable);
    stream.allowHalfOpen = this.#allowedHalfOpen;
    return stream;
  }

  /** Lets the socket push into its own buffer again, first of all what was held. */
  #giveBack(): void {
    const { stream } = this;
    Reflect.deleteProperty(stream, 'push');
    takeReads(stream, null);
    if (this.#pushed.length > 0) stream.push(this.#pushed.takeAll());
    if (this.#endHeldBack) stream.push(null);
    // The stream believes that it has been reading all along, and waits for what it asked for.
    else if (!stream.destroyed) stream._read(0);
  }

  readonly #onReadable = () => {
    // Reading nothing is what makes a stream at its end say so.
    if (this.stream.readableLength === 0) this.stream.read(0);
    this.#listener?.readable();
  };

  readonly #onEnd = () => {
    this.#ended = true;
    this.#listener?.readable();
  };

  readonly #onError = (error: Error) => {
    this.#error ??= error;
    this.#listener?.readable();
  };

  readonly #onClose = () => {
    // Destroyed by somebody else, without a word: for TLS that is a transport which has ended.
    if (this.#error === null) this.#ended = true;
    this.#listener?.readable();
  };

  readonly #onWritten = () => {
    if (this.stream.writableLength === 0) this.#listener?.drained();
  };
}
