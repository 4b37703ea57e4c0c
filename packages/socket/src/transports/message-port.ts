import type { MessagePort } from 'node:worker_threads';
import { systemError } from '../system-error.ts';
import type { Transport, TransportListener } from '../transport.ts';
import { IncomingQueue } from './queue.ts';

// What passes between two ports: bytes, how many of them the other side has read, and the end.
type Message = { bytes: Uint8Array } | { taken: number } | { end: true };

/**
 * TLS over a `MessagePort`, between worker threads: the example of a transport of one's own.
 *
 * A port knows neither back-pressure nor an end of one direction, so both are messages here: each side tells the
 * other what it has read, and bytes are pending until that has come.
 */
export class MessagePortTransport implements Transport<MessagePortTransport> {
  readonly #port: MessagePort;
  readonly #incoming = new IncomingQueue();
  #listener: TransportListener | null = null;
  #pendingBytes = 0;
  #ending = false;
  #closed = false;

  /** @param port - the other end of its channel must be given to another `MessagePortTransport`. */
  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', this.#onMessage);
    port.on('close', this.#onClose);
  }

  get ended(): boolean {
    return this.#incoming.ended;
  }

  get error(): Error | null {
    return this.#incoming.error;
  }

  get pendingBytes(): number {
    return this.#closed || this.error !== null ? 0 : this.#pendingBytes;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
    this.#incoming.attach(listener);
  }

  read(): Uint8Array | null {
    const chunk = this.#incoming.shift();
    if (chunk !== null) this.#post({ taken: chunk.length });
    return chunk;
  }

  unread(incoming: Uint8Array): void {
    if (incoming.length === 0) return;
    this.#incoming.unshift(incoming);
    this.#post({ taken: -incoming.length });
  }

  write(outgoing: Uint8Array): void {
    if (this.#ending || this.#closed) return;
    this.#pendingBytes += outgoing.length;
    // Posting a view would send all the memory behind it.
    this.#post({ bytes: new Uint8Array(outgoing) });
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#post({ end: true });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#silence();
    this.#closed = true;
    await new Promise((resolve) => {
      this.#port.once('close', resolve);
      this.#port.close();
    });
  }

  /** A transport over the same port, in the same state: the messages between the ports stay the same without TLS. */
  release(): MessagePortTransport {
    this.#silence();
    const plain = openPort(this.#port);
    plain.#pendingBytes = this.#pendingBytes;
    plain.#ending = this.#ending;
    const ended = this.#incoming.ended;
    plain.#incoming.push(this.#incoming.takeAll());
    if (ended) plain.#incoming.end();
    return plain;
  }

  #silence(): void {
    this.#listener = null;
    this.#incoming.detach();
    this.#port.off('message', this.#onMessage);
    this.#port.off('close', this.#onClose);
  }

  #post(message: Message): void {
    if (!this.#closed) this.#port.postMessage(message);
  }

  readonly #onMessage = (message: Message) => {
    if ('bytes' in message) this.#incoming.push(message.bytes);
    else if ('end' in message) this.#incoming.end();
    else {
      this.#pendingBytes -= message.taken;
      if (this.#pendingBytes === 0) this.#listener?.drained();
    }
  };

  readonly #onClose = () => {
    this.#closed = true;
    // Closing the port without ending first is what a reset is to a socket.
    if (!this.#incoming.ended) this.#incoming.fail(systemError('ECONNRESET', 'read'));
  };
}

function openPort(port: MessagePort): MessagePortTransport {
  return new MessagePortTransport(port);
}
