import type { Socket } from 'node:net';
import { invalidArgumentValue, notImplemented } from '@sslkit/errors';
import { ConnectionFacts } from './connection-facts.ts';
import { checkTimeout } from './deadlines.ts';
import type { Descriptor } from './descriptor.ts';
import { peerNameOf, type SocketAddress, socketNameOf } from './socket-address.ts';
import { handleOf } from './socket-handle.ts';
import { readDescriptorOption, readOption, writeDescriptorOption, writeOption } from './socket-options.ts';

/** What Python's `SSLSocket` inherits from `socket`: addresses, options, time-outs, and the calls that it refuses. */
export abstract class SocketFacts extends ConnectionFacts {
  /** The TCP or Unix-domain socket under the connection, however deep; null where there is none, or none yet. */
  protected abstract readonly below: Socket | null;
  /** The descriptor under the connection, where it is driven by that; null where a stream is. */
  protected abstract readonly descriptor: Descriptor | null;

  /** The socket of the connection below this one, where there is one. */
  protected socketOf(lower: unknown): Socket | null {
    return lower instanceof SocketFacts ? lower.below : null;
  }

  /** The descriptor of the connection below this one, where there is one. */
  protected descriptorOf(lower: unknown): Descriptor | null {
    return lower instanceof SocketFacts ? lower.descriptor : null;
  }
  /** Seconds for each call; null for no limit, 0 for calls that never wait. */
  protected timeout: number | null = null;

  /** The peer's address. Python: `getpeername`. */
  getPeerName(): SocketAddress {
    const { below, descriptor } = this;
    return below === null && descriptor !== null ? descriptor.getPeerName() : peerNameOf(below);
  }

  /** The own address. Python: `getsockname`. */
  getSockName(): SocketAddress {
    const { below, descriptor } = this;
    return below === null && descriptor !== null ? descriptor.getSockName() : socketNameOf(below);
  }

  /**
   * Reads an option of the socket below; see the exported constants. Over a descriptor every option that is a number,
   * over a stream those that Node lets through. Python: `getsockopt`.
   *
   * @throws SystemError `ENOPROTOOPT` for any other.
   */
  getSockOpt(level: number, option: number): number {
    if (this.descriptor !== null) return readDescriptorOption(this.descriptor, level, option);
    return readOption(this.below, level, option);
  }

  /**
   * Sets an option of the socket below: over a descriptor any that is a number, over a stream no-delay, keep-alive and
   * its delay. Python: `setsockopt`.
   *
   * @throws SystemError `ENOPROTOOPT` for any other.
   */
  setSockOpt(level: number, option: number, value: number | boolean): void {
    if (this.descriptor !== null) writeDescriptorOption(this.descriptor, level, option, value);
    else writeOption(this.below, level, option, value);
  }

  /** Seconds for each call from now on: null for no limit, 0 for calls that never wait. Python: `settimeout`. */
  setTimeout(seconds: number | null): void {
    this.timeout = checkTimeout(seconds);
  }

  /** Python: `gettimeout`. */
  getTimeout(): number | null {
    return this.timeout;
  }

  /** `setTimeout(null)` or `setTimeout(0)`. Python: `setblocking`. */
  setBlocking(blocking: boolean): void {
    this.timeout = blocking ? null : 0;
  }

  /** Python: `getblocking`. */
  getBlocking(): boolean {
    return this.timeout !== 0;
  }

  /** Lets the process live on for this connection, where `unref` gave that up. */
  ref(): void {
    this.descriptor?.reference(true);
    this.below?.ref();
  }

  /** Lets the process end although this connection is open. */
  unref(): void {
    this.descriptor?.reference(false);
    this.below?.unref();
  }

  /**
   * The descriptor that the connection reads and writes, or of the socket below where Node tells it; else -1.
   * Python: `fileno`.
   */
  fileno(): number {
    if (this.descriptor !== null) return this.descriptor.number();
    const handle = handleOf(this.below ?? {});
    const descriptor: unknown = handle === null ? -1 : Reflect.get(handle, 'fd');
    return typeof descriptor === 'number' ? descriptor : -1;
  }

  /** @throws Error `ERR_METHOD_NOT_IMPLEMENTED`, always. Python: `dup`. */
  dup(): never {
    throw notImplemented("Can't dup() SSLSocket instances");
  }

  /** @throws RangeError `ERR_INVALID_ARG_VALUE`: datagrams have no place in a stream. Python: `sendto`. */
  sendto(..._arguments: unknown[]): never {
    throw refuseDatagram('sendto');
  }

  /** @throws RangeError `ERR_INVALID_ARG_VALUE`. Python: `recvfrom`. */
  recvfrom(..._arguments: unknown[]): never {
    throw refuseDatagram('recvfrom');
  }

  /** @throws RangeError `ERR_INVALID_ARG_VALUE`. Python: `recvfrom_into`. */
  recvfromInto(..._arguments: unknown[]): never {
    throw refuseDatagram('recvfromInto');
  }

  /** @throws Error `ERR_METHOD_NOT_IMPLEMENTED`, always. Python: `sendmsg`. */
  sendmsg(..._arguments: unknown[]): never {
    throw notImplemented('sendmsg not allowed on instances of SSLSocket');
  }

  /** @throws Error `ERR_METHOD_NOT_IMPLEMENTED`, always. Python: `recvmsg`. */
  recvmsg(..._arguments: unknown[]): never {
    throw notImplemented('recvmsg not allowed on instances of SSLSocket');
  }

  /** @throws Error `ERR_METHOD_NOT_IMPLEMENTED`, always. Python: `recvmsg_into`. */
  recvmsgInto(..._arguments: unknown[]): never {
    throw notImplemented('recvmsgInto not allowed on instances of SSLSocket');
  }
}

function refuseDatagram(name: string): Error {
  return invalidArgumentValue(`${name} not allowed on instances of SSLSocket`);
}
