import { type AddonPlace, loadAddon, packageRoot } from '@sslkit/bio/addon-loader';
import type { SocketAddress } from './socket-address.ts';

/** This package's add-on. */
const place: AddonPlace = {
  packageName: '@sslkit/socket',
  binary: 'sslkit_socket.node',
  root: packageRoot(import.meta.url),
};

/**
 * What the add-on exports: native/descriptor.cc. A descriptor is named by its `place`, a number that `take` gives and
 * that is somebody else's some time after `close`. Calls answer with a count, or with the system's error number below zero.
 */
export interface Addon {
  /** Takes `descriptor`, or a duplicate of it, and gives its place. */
  take(descriptor: number, duplicate: boolean): number;
  read(place: number, into: Uint8Array): number;
  write(place: number, from: Uint8Array): number;
  /** Says which events are to be told from now on; with `stay` it keeps the process alive even when that is none. */
  watch(place: number, readable: boolean, writable: boolean, stay: boolean): number;
  shutdown(place: number, how: number): number;
  /** The next connection's descriptor, which the caller owns, and its peer. */
  accept(place: number): readonly [descriptor: number, peer: SocketAddress] | number;
  close(place: number): void;
  /** As `close`, but gives the descriptor to the caller. */
  release(place: number): number;
  reference(place: number, keep: boolean): void;
  isReferenced(place: number): boolean;
  getOption(place: number, level: number, name: number, into: Uint8Array): number;
  setOption(place: number, level: number, name: number, from: Uint8Array): number;
  getSockName(place: number): SocketAddress | number;
  getPeerName(place: number): SocketAddress | number;
  /** Another descriptor of the same socket, which the caller owns. */
  duplicate(place: number): number;
  /** Has `close` remove the file at which a Unix-domain socket listens. */
  removeFile(place: number): number;
  /** The descriptor's number, -1 once closed. */
  number(place: number): number;
  /** A listening descriptor, which the caller owns. A `port` below 0 makes `host` the path of a Unix-domain socket. */
  listen(host: string, port: number, backlog: number): number;
  /** A descriptor that is connecting, or connected already, which the caller owns. */
  connect(
    host: string,
    port: number,
    sourceHost: string | undefined,
    sourcePort: number | undefined,
  ): readonly [descriptor: number, isConnected: boolean] | number;
  /** Where events stand that are to be told: place, status and `EVENT_*` bits of each. */
  readonly events: Int32Array;
  /** Has `listener` called with the number of those events. */
  setEventListener(listener: (count: number) => void): void;
  /** Who is told, by place. Kept with the add-on, which may be older than this module: test runners load modules anew. */
  readonly owners: (DescriptorOwner | null)[];
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

/** `UV_READABLE` and `UV_WRITABLE` of uv.h. */
export const EVENT_READABLE = 1;
export const EVENT_WRITABLE = 2;

const EVENT_SIZE = 3; // place, status, events

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
    loaded.setEventListener((count) => deliver(count, loaded));
    return loaded;
  } catch {
    return null;
  }
}

/** From the event loop, with all that one look at the system has found. */
function deliver(count: number, { events, owners }: Addon): void {
  for (let at = 0; at < count * EVENT_SIZE; at += EVENT_SIZE) {
    try {
      // Null where an event before this one has closed it.
      owners[events[at] as number]?.onEvent(events[at + 1] as number, events[at + 2] as number);
    } catch (error) {
      // An uncaught exception, as of any other callback; the events behind it are none of its business.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
