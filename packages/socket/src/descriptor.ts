import { constants } from 'node:os';
import type { Addon, DescriptorOwner } from './native.ts';
import type { SocketAddress } from './socket-address.ts';
import { numberedSystemError } from './system-error.ts';

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
    this.#addon = addon;
    this.#place = addon.take(number, duplicate);
    if (this.#place >= 0) addon.owners[this.#place] = owner;
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
    this.#addon.owners[place] = null;
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

  /** @throws SystemError such as `EBADF`. */
  getSockName(): SocketAddress {
    const name = this.#addon.getSockName(this.#place);
    if (typeof name === 'number') throw numberedSystemError(name, 'getsockname');
    return name;
  }

  /** @throws SystemError such as `ENOTCONN`. */
  getPeerName(): SocketAddress {
    const name = this.#addon.getPeerName(this.#place);
    if (typeof name === 'number') throw numberedSystemError(name, 'getpeername');
    return name;
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
