import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { descriptorAddon, EVENT_READABLE, EVENT_WRITABLE, type NativeDescriptor } from '../native.ts';
import { numberedSystemError, systemError } from '../system-error.ts';
import type { Transport, TransportListener } from '../transport.ts';

const READ_SIZE = 65_536; // four records at a time: fewer system calls, and no more memory than one buffer a thread
const { EAGAIN, EBADF } = constants.errno;

// One for the thread: a read and what the engine makes of it are one synchronous step, after which it is free again.
let spare: Uint8Array | null = null;

/** What is used of the object behind a `net.Socket`; Node documents none of it, so each part is checked for. */
interface SocketHandle {
  readonly fd: number;
  reading: boolean;
  readStop(): number;
  readStart(): number;
  hasRef?(): boolean;
}

/**
 * A transport over a socket's own descriptor: native code reads and writes it on Node's event loop, and neither streams
 * nor their buffers are in between.
 *
 * It works on a duplicate of the descriptor. The `net.Socket` stays as it is, open and silent, and gets its connection
 * back by `release`; who destroys it meanwhile ends this transport too.
 */
export class DescriptorTransport implements Transport<Socket> {
  readonly socket: Socket;
  readonly copiesPending = true;
  readonly #handle: SocketHandle;
  readonly #descriptor: NativeDescriptor;
  #listener: TransportListener | null = null;
  #leased: Uint8Array | null = null;
  /** Bytes of our own that come before those of the descriptor. */
  #held: Uint8Array | null = null;
  /** Whether a read may find something: the loop has said so, and no read has said otherwise since. */
  #mayRead = false;
  /** Whether libuv has given up on the descriptor: reads until one fails say why. */
  #broken = false;
  #watched = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ended = false;
  #ending = false;
  #closed = false;
  #error: Error | null = null;

  /** Takes a socket over; null where that cannot be, so that another transport has to do. */
  static over(socket: Socket): DescriptorTransport | null {
    const addon = descriptorAddon();
    const handle = handleOf(socket);
    if (addon === null || handle === null) return null;
    let transport: DescriptorTransport | undefined;
    const descriptor = new addon.Descriptor(handle.fd, (status, events) => transport?.onEvent(status, events));
    // No descriptor to spare (EMFILE): the connection can do with the one it has.
    if (descriptor.failure !== 0) return null;
    transport = new DescriptorTransport(socket, handle, descriptor);
    return transport;
  }

  private constructor(socket: Socket, handle: SocketHandle, descriptor: NativeDescriptor) {
    this.socket = socket;
    this.#handle = handle;
    this.#descriptor = descriptor;
  }

  get descriptor(): NativeDescriptor {
    return this.#descriptor;
  }

  get ended(): boolean {
    return this.#ended && this.#held === null;
  }

  get error(): Error | null {
    return this.#error;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
    this.#takeBuffered();
    if (this.#handle.hasRef?.() === false) this.#descriptor.reference(false);
    this.socket.on('close', this.#onSocketClose);
    this.socket.on('error', this.#onSocketError);
    this.#watch(EVENT_READABLE);
    if (this.#held !== null) queueMicrotask(() => this.#listener?.readable());
  }

  /** Stops the socket's own reading and takes what it has read: those bytes come first. */
  #takeBuffered(): void {
    const { socket } = this;
    this.#handle.readStop();
    const chunks: Buffer[] = [];
    while (socket.readableLength > 0) chunks.push(socket.read() as Buffer);
    // Reading made it start again.
    this.#handle.readStop();
    this.#handle.reading = false;
    if (chunks.length > 0) this.#held = Buffer.concat(chunks);
  }

  read(): Uint8Array | null {
    if (this.#held !== null) {
      const held = this.#held;
      this.#held = null;
      return held;
    }
    if (!this.#mayRead) return null;
    const buffer = this.#leased ?? spare ?? new Uint8Array(READ_SIZE);
    if (this.#leased === null) spare = null;
    this.#leased = buffer;
    const count = this.#descriptor.read(buffer);
    if (count > 0) {
      // A short read has emptied the socket: the loop tells when there is more, at no extra call.
      if (count < buffer.length && !this.#broken) this.#awaitReadable();
      return new Uint8Array(buffer.buffer, 0, count);
    }
    this.#returnLease();
    if (count === 0) this.#end();
    else if (count === -EAGAIN) this.#awaitReadable();
    else this.#fail(numberedSystemError(count, 'read'));
    return null;
  }

  unread(incoming: Uint8Array): void {
    const leased = this.#leased;
    if (incoming.length > 0) {
      // Only what lies in the shared buffer must be copied; the rest of what was held before is ours already.
      this.#held = leased !== null && incoming.buffer === leased.buffer ? Uint8Array.from(incoming) : incoming;
    }
    this.#returnLease();
  }

  #returnLease(): void {
    if (this.#leased === null) return;
    spare = this.#leased;
    this.#leased = null;
  }

  write(outgoing: Uint8Array): void {
    if (this.#closed || this.#ending || this.#error !== null) {
      this.#error ??= systemError('EPIPE', 'write');
      return;
    }
    if (this.#pendingBytes > 0) {
      this.#keep(outgoing);
      return;
    }
    this.#refreshTimeout();
    const count = this.#descriptor.write(outgoing);
    if (count === outgoing.length) return;
    if (count >= 0) this.#keep(outgoing.subarray(count));
    else if (count === -EAGAIN) this.#keep(outgoing);
    else this.#failLater(count, 'write');
  }

  #keep(outgoing: Uint8Array): void {
    this.#pending.push(Buffer.from(outgoing));
    this.#pendingBytes += outgoing.length;
    this.#watch(this.#watched | EVENT_WRITABLE);
  }

  #flush(): void {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      const count = this.#descriptor.write(first);
      if (count === -EAGAIN) return;
      if (count < 0) {
        this.#fail(numberedSystemError(count, 'write'));
        return;
      }
      this.#pendingBytes -= count;
      if (count < first.length) this.#pending[0] = first.subarray(count);
      else this.#pending.shift();
    }
    this.#watch(this.#watched & ~EVENT_WRITABLE);
    if (this.#ending) this.#descriptor.shutdown(1);
    this.#listener?.drained();
  }

  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    if (this.#pendingBytes === 0) this.#descriptor.shutdown(1);
  }

  close(): Promise<void> {
    const { socket } = this;
    this.#letGo();
    return new Promise((resolve) => {
      if (socket.closed) {
        resolve();
        return;
      }
      socket.once('close', () => resolve());
      socket.destroy();
    });
  }

  release(): Socket {
    const { socket } = this;
    const held = this.#held;
    this.#listener = null;
    this.#letGo();
    if (held !== null) socket.unshift(held);
    // The stream believes that it has been reading all along, and waits for what it asked for.
    this.#handle.reading = true;
    this.#handle.readStart();
    return socket;
  }

  #letGo(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = null;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#returnLease();
    this.socket.off('close', this.#onSocketClose);
    this.socket.off('error', this.#onSocketError);
    this.#descriptor.close();
  }

  /** From the event loop. */
  onEvent(status: number, events: number): void {
    if (this.#closed) return;
    this.#refreshTimeout();
    if (status < 0) {
      // libuv says EBADF for any error of the socket and stops watching: uv_poll_start. The next read knows which.
      this.#broken = true;
      this.#watched = 0;
      this.#mayRead = true;
      if (status !== -EBADF) this.#fail(numberedSystemError(status, 'read'));
      else this.#listener?.readable();
      return;
    }
    if ((events & EVENT_WRITABLE) !== 0) this.#flush();
    if ((events & EVENT_READABLE) === 0 || this.#closed) return;
    if (this.#mayRead) {
      // Told before, and nobody has read: told again only when somebody has.
      this.#watch(this.#watched & ~EVENT_READABLE);
      return;
    }
    this.#mayRead = true;
    this.#listener?.readable();
  }

  /** The socket's own idle time-out, which knows nothing of what is read and written here. */
  #refreshTimeout(): void {
    const { timeout } = this.socket;
    if (timeout !== undefined && timeout > 0) this.socket.setTimeout(timeout);
  }

  #awaitReadable(): void {
    this.#mayRead = false;
    this.#watch(this.#watched | EVENT_READABLE);
  }

  #watch(events: number): void {
    if (this.#closed || events === this.#watched) return;
    this.#watched = events;
    this.#descriptor.watch((events & EVENT_READABLE) !== 0, (events & EVENT_WRITABLE) !== 0);
  }

  #end(): void {
    this.#ended = true;
    this.#mayRead = false;
    this.#watch(this.#watched & ~EVENT_READABLE);
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#mayRead = false;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#watch(0);
    this.#listener?.readable();
  }

  /** For a failure that a call of the listener's has met: it is told when that has returned. What has arrived stays readable. */
  #failLater(count: number, call: string): void {
    this.#error ??= numberedSystemError(count, call);
    this.#mayRead = true;
    this.#broken = true;
    queueMicrotask(() => this.#listener?.readable());
  }

  readonly #onSocketClose = (): void => {
    if (this.#error === null) this.#ended = true;
    this.#letGo();
    this.#listener?.readable();
  };

  readonly #onSocketError = (error: Error): void => {
    this.#error ??= error;
  };
}

/** The handle of a socket that can be taken over: plain TCP or Unix domain, connected, and read by nobody else. */
function handleOf(socket: Socket): SocketHandle | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const kind = handle.constructor.name;
  if (kind !== 'TCP' && kind !== 'Pipe') return null;
  const fd: unknown = Reflect.get(handle, 'fd');
  if (typeof fd !== 'number' || fd < 0) return null;
  if (socket.destroyed || socket.connecting || socket.writableLength > 0 || socket.readableEnded) return null;
  if (socket.readableFlowing === true || socket.listenerCount('readable') > 0) return null;
  if (typeof Reflect.get(handle, 'readStop') !== 'function') return null;
  return handle as SocketHandle;
}
