import { type AddonPlace, loadAddon, packageRoot } from '@sslkit/bio/addon-loader';
import type { SocketAddress } from './socket-address.ts';

/** This package's add-on. */
const place: AddonPlace = {
  packageName: '@sslkit/socket',
  binary: 'sslkit_socket.node',
  root: packageRoot(import.meta.url),
};

/** The class of native/descriptor.cc. Calls answer with a count, or with the system's error number below zero. */
export interface NativeDescriptor {
  /** Why it could not be made: an error number above zero, 0 where it was. */
  failure(): number;
  read(into: Uint8Array): number;
  write(from: Uint8Array): number;
  /** Says what the owner is to be told of from now on; with `stay` it keeps the process alive even when that is nothing. */
  watch(readable: boolean, writable: boolean, stay?: boolean): number;
  shutdown(how: number): number;
  /** The next connection's descriptor, which the caller owns, and its peer. */
  accept(): readonly [descriptor: number, peer: SocketAddress] | number;
  close(): void;
  /** As `close`, but gives the descriptor to the caller. */
  release(): number;
  reference(keep: boolean): void;
  isReferenced(): boolean;
  getOption(level: number, name: number, into: Uint8Array): number;
  setOption(level: number, name: number, from: Uint8Array): number;
  getSockName(): SocketAddress | number;
  getPeerName(): SocketAddress | number;
  /** Another descriptor of the same socket, which the caller owns. */
  duplicate(): number;
  /** Has `close` remove the file at which a Unix-domain socket listens. */
  removeFile(): number;
  /** The descriptor's number, -1 once closed. */
  number(): number;
}

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

/** What the add-on exports. A `port` below 0 makes `host` the path of a Unix-domain socket. */
export interface Addon {
  /** Takes `descriptor`, or a duplicate of it. */
  readonly Descriptor: new (
    descriptor: number,
    duplicate: boolean,
    owner: DescriptorOwner,
  ) => NativeDescriptor;
  /** A listening descriptor, which the caller owns, or an error number below zero. */
  listen(host: string, port: number, backlog: number): number;
  /** A descriptor that is connecting, or connected already, which the caller owns; or an error number below zero. */
  connect(
    host: string,
    port: number,
    sourceHost: string | undefined,
    sourcePort: number | undefined,
  ): readonly [descriptor: number, isConnected: boolean] | number;
  setEventListener(listener: (this: DescriptorOwner, status: number, events: number) => void): void;
}

/** `UV_READABLE` and `UV_WRITABLE` of uv.h. */
export const EVENT_READABLE = 1;
export const EVENT_WRITABLE = 2;

let addon: Addon | null | undefined;

/**
 * The add-on that works on descriptors, or null on Windows, where there are none, and where no binary is there: the
 * other transports do without it.
 */
export function descriptorAddon(): Addon | null {
  if (addon === undefined) addon = process.platform === 'win32' ? null : tryLoad();
  return addon;
}

function tryLoad(): Addon | null {
  try {
    const loaded = loadAddon<Addon>(place);
    loaded.setEventListener(function (this: DescriptorOwner, status, events) {
      this.onEvent(status, events);
    });
    return loaded;
  } catch {
    return null;
  }
}
