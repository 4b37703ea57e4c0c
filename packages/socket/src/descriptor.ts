import { constants } from 'node:os';
import type { Addon } from './native.ts';
import type { SocketAddress } from './socket-address.ts';

/** `UV_READABLE` and `UV_WRITABLE` of uv.h. */
export const EVENT_READABLE = 1;
export const EVENT_WRITABLE = 2;

const EVENT_SIZE = 3; // place, status, events

/** Whom a descriptor tells what has happened to it; held while it is open. */
export interface DescriptorOwner {
  /**
   * From the event loop.
   *
   * @param status - 0, or an error number below.
   * @param events - the `EVENT_*` bits.
   */
  onEvent(status: number, events: number): void;
}

// By place. One of each for the thread, as the add-on is.
const owners: (DescriptorOwner | null)[] = [];
let events: Int32Array | null = null;

/**
 * A socket's descriptor on Node's event loop, by system calls that do not wait. Closed by `close` or `release` alone, or
 * with the thread. Calls answer with a count, or with the system's error number below zero, which is `EBADF` after that.
 */
export class Descriptor {
  readonly #addon: Addon;
  #place: number;

  /**
   * Takes a descriptor, or a duplicate of it; {@link failure} tells whether that went well.
   *
   * @param owner - who is told of events.
   */
  constructor(addon: Addon, number: number, { duplicate, owner }: { duplicate: boolean; owner: DescriptorOwner }) {
    events ??= addon.setEventListener(deliver);
    this.#addon = addon;
    this.#place = addon.take(number, duplicate);
    if (this.#place >= 0) owners[this.#place] = owner;
  }

  /** Why it could not be made, or is no more: an error number below zero; 0 while it is open. */
  get failure(): number {
    return Math.min(this.#place, 0);
  }

  read(into: Uint8Array): number {
    return this.#addon.read(this.#place, into);
  }

  write(from: Uint8Array): number {
    return this.#addon.write(this.#place, from);
  }

  /** Says which events are to be told from now on; with `stay` it keeps the process alive even when that is none. */
  watch(readable: boolean, writable: boolean, stay = false): number {
    return this.#addon.watch(this.#place, readable, writable, stay);
  }

  shutdown(how: number): number {
    return this.#addon.shutdown(this.#place, how);
  }

  /** The next connection's descriptor, which the caller owns, and its peer. */
  accept(): readonly [descriptor: number, peer: SocketAddress] | number {
    return this.#addon.accept(this.#place);
  }

  /** May be called again. */
  close(): void {
    this.#addon.close(this.#forget());
  }

  /** As `close`, but gives the descriptor to the caller. */
  release(): number {
    return this.#addon.release(this.#forget());
  }

  /** The place, which is no longer ours from now on: the next one to open a descriptor may get it. */
  #forget(): number {
    const place = this.#place;
    if (place < 0) return place;
    owners[place] = null;
    this.#place = -constants.errno.EBADF;
    return place;
  }

  reference(keep: boolean): void {
    this.#addon.reference(this.#place, keep);
  }

  isReferenced(): boolean {
    return this.#addon.isReferenced(this.#place);
  }

  getOption(level: number, name: number, into: Uint8Array): number {
    return this.#addon.getOption(this.#place, level, name, into);
  }

  setOption(level: number, name: number, from: Uint8Array): number {
    return this.#addon.setOption(this.#place, level, name, from);
  }

  getSockName(): SocketAddress | number {
    return this.#addon.getSockName(this.#place);
  }

  getPeerName(): SocketAddress | number {
    return this.#addon.getPeerName(this.#place);
  }

  /** Another descriptor of the same socket, which the caller owns. */
  duplicate(): number {
    return this.#addon.duplicate(this.#place);
  }

  /** Has `close` remove the file at which a Unix-domain socket listens. */
  removeFile(): number {
    return this.#addon.removeFile(this.#place);
  }

  /** The descriptor's number, -1 once closed. */
  number(): number {
    return this.#addon.number(this.#place);
  }
}

/** From the event loop, with all that one look at the system has found. */
function deliver(count: number): void {
  const found = events as Int32Array;
  for (let at = 0; at < count * EVENT_SIZE; at += EVENT_SIZE) {
    try {
      // Null where an event before this one has closed it.
      owners[found[at] as number]?.onEvent(found[at + 1] as number, found[at + 2] as number);
    } catch (error) {
      // An uncaught exception, as of any other callback; the events behind it are none of its business.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
