import { type AddonPlace, loadAddon, packageRoot } from '@sslkit/bio/addon-loader';

/** This package's add-on. */
const place: AddonPlace = {
  packageName: '@sslkit/socket',
  binary: 'sslkit_socket.node',
  root: packageRoot(import.meta.url),
};

/** The class of native/descriptor.cc. Calls answer with a count, or with the system's error number below zero. */
export interface NativeDescriptor {
  /** Why it could not be made: an error number above zero, 0 where it was. */
  readonly failure: number;
  read(into: Uint8Array): number;
  write(from: Uint8Array): number;
  /** Says what the callback is wanted for from now on. */
  watch(readable: boolean, writable: boolean): number;
  shutdown(how: number): number;
  close(): void;
  reference(keep: boolean): void;
  getOption(level: number, name: number, into: Uint8Array): number;
  setOption(level: number, name: number, from: Uint8Array): number;
  /** The descriptor's number, -1 once closed. */
  number(): number;
}

interface Addon {
  /** Works on a duplicate of `descriptor`; `onEvent` is given an error number (0 or below) and the `EVENT_*` bits. */
  readonly Descriptor: new (
    descriptor: number,
    onEvent: (status: number, events: number) => void,
  ) => NativeDescriptor;
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
    return loadAddon<Addon>(place);
  } catch {
    return null;
  }
}
