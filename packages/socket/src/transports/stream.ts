import type { Duplex } from 'node:stream';
import { invalidState } from '@sslkit/errors';
import { systemError } from '../system-error.ts';
import type { Transport, TransportListener } from '../transport.ts';

/**
 * A transport over any `Duplex` of bytes: TCP and Unix-domain sockets, pipes, tunnels, streams of one's own.
 *
 * Bytes are pulled out of the stream when they are wanted, not pushed out of it. So the stream's own buffer is the only
 * one and holds the peer back by itself; what a reader does not take can be put back, and a stream that has bytes put
 * back has not yet emitted `end`, whatever the peer did meanwhile.
 *
 * @typeParam Lower - the stream's own type, which `release` gives back.
 */
export class StreamTransport<Lower extends Duplex = Duplex> implements Transport<Lower> {
  readonly stream: Lower;
  #listener: TransportListener | null = null;
  #ended = false;
  #error: Error | null = null;
  #allowedHalfOpen = false;

  constructor(stream: Lower) {
    this.stream = stream;
  }

  get ended(): boolean {
    return this.#ended;
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
    // A socket that answers the peer's FIN with its own could not send what is still to be sent.
    this.#allowedHalfOpen = stream.allowHalfOpen;
    stream.allowHalfOpen = true;
    stream.on('error', this.#onError);
    stream.on('end', this.#onEnd);
    stream.on('close', this.#onClose);
    stream.on('readable', this.#onReadable);
    if (stream.readableEnded) this.#ended = true;
    else if (stream.destroyed) this.#onClose();
  }

  read(): Uint8Array | null {
    const chunk: unknown = this.stream.read();
    if (chunk === null) return null;
    if (chunk instanceof Uint8Array) return chunk;
    this.#error ??= invalidState('The stream gives text instead of bytes: an encoding was set while TLS was on it');
    return null;
  }

  unread(incoming: Uint8Array): void {
    if (incoming.length > 0) this.stream.unshift(incoming);
  }

  write(outgoing: Uint8Array): void {
    const { stream } = this;
    if (stream.destroyed || stream.writableEnded) {
      this.#error ??= systemError('EPIPE', 'write');
      return;
    }
    stream.write(outgoing, this.#onWritten);
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
    stream.off('error', this.#onError);
    stream.off('end', this.#onEnd);
    stream.off('close', this.#onClose);
    // The last listener of this event also undoes what it did to the stream's flow: whoever listens for `data` next
    // finds it flowing, as on a fresh stream.
    stream.off('readable', this.#onReadable);
    stream.allowHalfOpen = this.#allowedHalfOpen;
    return stream;
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
