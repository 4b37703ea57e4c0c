import { Socket } from 'node:net';
import { constants } from 'node:os';
import { invalidState } from '@sslkit/errors';
import { Descriptor } from '../descriptor.ts';
import { type Addon, type DescriptorOwner, descriptorAddon, EVENT_READABLE, EVENT_WRITABLE } from '../native.ts';
import { ReusedMemory } from '../reused-memory.ts';
import { numberedSystemError, systemError } from '../system-error.ts';
import type { Transport, TransportListener } from '../transport.ts';
import { BorrowedSocket, type BorrowedSocketListener, borrowSocket } from './borrowed-socket.ts';

const READ_SIZE = 65_536; // four records at a time: fewer system calls, and no more memory than one buffer a thread
const { EAGAIN, EBADF } = constants.errno;

// One for the thread: a read and what the engine makes of it are one synchronous step, after which it is free again.
let spare: ReusedMemory | null = null;

const NOTHING_PENDING: readonly Uint8Array[] = Object.freeze([]);

/** How connections that come without a `net.Socket` behave once somebody asks for one. */
export interface OwnSocketOptions {
  readonly allowHalfOpen: boolean;
}

/**
 * A transport over a socket's own descriptor: native code reads and writes it on Node's event loop, and neither streams
 * nor their buffers are in between.
 *
 * Made over a `net.Socket`, it works on a duplicate of the descriptor. The `net.Socket` stays as it is, open and silent,
 * and gets its connection back by `release`; who destroys it meanwhile ends this transport too. Made of a descriptor that
 * was opened for it, it makes such a `net.Socket` when somebody asks for one.
 */
export class DescriptorTransport implements Transport<Socket>, DescriptorOwner, BorrowedSocketListener {
  readonly #descriptor: Descriptor;
  #borrowed: BorrowedSocket | null;
  readonly #options: OwnSocketOptions | null;
  #listener: TransportListener | null = null;
  #leased: ReusedMemory | null = null;
  /** Bytes of our own that come before those of the descriptor. */
  #held: Uint8Array | null = null;
  /** Whether a read may find something: the loop has said so, and no read has said otherwise since. */
  #mayRead = false;
  /** Whether libuv has given up on the descriptor: reads until one fails say why. */
  #broken = false;
  #watched = 0;
  #pending: Uint8Array[] = NOTHING_PENDING as Uint8Array[];
  #pendingBytes = 0;
  #ended = false;
  #ending = false;
  #closed = false;
  #error: Error | null = null;

  /** See {@link takeOver} and {@link takeDescriptor}. */
  constructor(addon: Addon, number: number, origin: BorrowedSocket | OwnSocketOptions) {
    const borrowed = origin instanceof BorrowedSocket ? origin : null;
    this.#borrowed = borrowed;
    this.#options = origin instanceof BorrowedSocket ? null : origin;
    this.#descriptor = new Descriptor(addon, number, { duplicate: borrowed !== null, owner: this });
  }

  get copiesPending(): true {
    return true;
  }

  /** The `net.Socket` of this connection; made where there is none. */
  get socket(): Socket {
    this.#borrowed ??= this.#makeSocket(this.#descriptor.duplicate(), this.#descriptor.isReferenced());
    return this.#borrowed.socket;
  }

  /** That socket where there is one already. */
  get knownSocket(): Socket | null {
    return this.#borrowed?.socket ?? null;
  }

  #makeSocket(number: number, isReferenced: boolean): BorrowedSocket {
    if (number < 0) throw numberedSystemError(number, 'dup');
    const { allowHalfOpen = false } = this.#options ?? {};
    const socket = new Socket({ fd: number, readable: true, writable: true, allowHalfOpen });
    const borrowed = borrowSocket(socket);
    if (borrowed === null) throw invalidState('This version of Node makes no socket of a descriptor');
    borrowed.silence();
    if (!isReferenced) socket.unref();
    borrowed.listen(this);
    return borrowed;
  }

  get descriptor(): Descriptor {
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

  /** Calls `done` once when a descriptor that is connecting is connected, or is not going to be: `SO_ERROR` tells. */
  awaitConnected(done: () => void): void {
    this.#listener = { readable: done, drained: done };
    this.#watch(EVENT_WRITABLE);
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
    const borrowed = this.#borrowed;
    if (borrowed !== null) {
      this.#held = borrowed.silence();
      if (!borrowed.isReferenced) this.#descriptor.reference(false);
      borrowed.listen(this);
    }
    this.#watch(EVENT_READABLE);
    if (this.#held !== null) queueMicrotask(() => this.#listener?.readable());
  }

  read(): Uint8Array | null {
    if (this.#held !== null) {
      const held = this.#held;
      this.#held = null;
      return held;
    }
    if (!this.#mayRead) {
      this.#returnLease();
      return null;
    }
    const memory = this.#lease();
    const count = this.#descriptor.read(memory.whole);
    if (count > 0) {
      // A short read has emptied the socket: the loop tells when there is more, at no extra call.
      if (count < READ_SIZE && !this.#broken) this.#awaitReadable();
      return memory.first(count);
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
      this.#held = leased?.holds(incoming) ? Buffer.from(incoming) : incoming;
    }
    this.#returnLease();
  }

  #lease(): ReusedMemory {
    if (this.#leased === null) {
      this.#leased = spare ?? new ReusedMemory(READ_SIZE);
      spare = null;
    }
    return this.#leased;
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
    this.#borrowed?.refreshTimeout();
    const count = this.#descriptor.write(outgoing);
    if (count === outgoing.length) return;
    if (count >= 0) this.#keep(outgoing.subarray(count));
    else if (count === -EAGAIN) this.#keep(outgoing);
    else this.#failLater(count, 'write');
  }

  #keep(outgoing: Uint8Array): void {
    if (this.#pending === NOTHING_PENDING) this.#pending = [];
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
    this.#dropPending();
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
    this.#letGo();
    return this.#borrowed?.destroy() ?? Promise.resolve();
  }

  release(): Socket {
    const held = this.#held;
    this.#listener = null;
    const isReferenced = this.#descriptor.isReferenced();
    this.#borrowed ??= this.#makeSocket(this.#descriptor.release(), isReferenced);
    this.#letGo();
    return this.#borrowed.giveBack(held);
  }

  #letGo(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = null;
    this.#dropPending();
    this.#returnLease();
    this.#borrowed?.ignore();
    this.#descriptor.close();
  }

  #dropPending(): void {
    this.#pending = NOTHING_PENDING as Uint8Array[];
    this.#pendingBytes = 0;
  }

  /** From the event loop. */
  onEvent(status: number, events: number): void {
    if (this.#closed) return;
    this.#borrowed?.refreshTimeout();
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
    this.#dropPending();
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

  /** From the borrowed socket. */
  onSocketClose(): void {
    this.cutOff();
  }

  /** Closes the descriptor under whoever reads this transport, for whom it has ended. */
  cutOff(): void {
    if (this.#error === null) this.#ended = true;
    this.#letGo();
    this.#listener?.readable();
  }

  /** From the borrowed socket. */
  onSocketError(error: Error): void {
    this.#error ??= error;
  }
}

/** Takes a socket over; null where that cannot be, so that another transport has to do. */
export function takeOver(socket: Socket): DescriptorTransport | null {
  const addon = descriptorAddon();
  const borrowed = addon === null ? null : borrowSocket(socket);
  if (addon === null || borrowed === null) return null;
  const transport = new DescriptorTransport(addon, borrowed.fd, borrowed);
  // No descriptor to spare (EMFILE): the connection can do with the one it has.
  return transport.descriptor.failure === 0 ? transport : null;
}

/**
 * Makes a transport of a connected descriptor, which it owns from then on.
 *
 * @throws SystemError where the event loop does not take it; it is closed then.
 */
export function takeDescriptor(addon: Addon, number: number, options: OwnSocketOptions): DescriptorTransport {
  const transport = new DescriptorTransport(addon, number, options);
  const { failure } = transport.descriptor;
  if (failure !== 0) throw numberedSystemError(failure, 'open');
  return transport;
}
