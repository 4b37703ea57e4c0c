import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { plainHandleOf } from './socket-handle.ts';

const READ_SIZE = 65_536; // bytes; what libuv asks for on every other socket, too, in memory of its own for each read

/** Takes what a socket has read, in memory that is good until it returns; false where the socket is to read no more. */
export type ReadTaker = (chunk: Uint8Array) => boolean;

interface Reads {
  taker: ReadTaker | null;
}

const lenders = new WeakMap<Duplex, Reads>();

// One for the thread: what a socket has read is taken or copied before any of them reads again.
let memory: Uint8Array | null = null;

/**
 * Makes a socket that reads into memory which it shares with its like. Its stream is given copies, so that it is a
 * socket as any other; a transport takes the bytes where they are, and that spares an allocation for every read.
 */
export function makeLendingSocket(): Socket {
  const reads: Reads = { taker: null };
  const onread = makeOnRead(reads, () => socket);
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { onread };
  const socket = new Socket(options);
  lenders.set(socket, reads);
  return socket;
}

/**
 * Has a connected socket, one that was accepted, read as those of {@link makeLendingSocket} do from now on; it stays as it
 * is where this Node has no way to that.
 */
export function lendReads(socket: Socket): void {
  if (lenders.has(socket)) return;
  const places = findPlaces();
  const handle = lendingHandleOf(socket);
  if (places === null || handle === null || Reflect.get(socket, places.buffer) !== null) return;
  const reads: Reads = { taker: null };
  const { buffer, callback } = makeOnRead(reads, () => socket);
  Reflect.set(socket, places.buffer, buffer);
  Reflect.set(socket, places.callback, callback);
  // A read that is under way has no memory yet: libuv asks for it once there are bytes, and waits with none on Windows, too.
  handle.useUserBuffer(buffer);
  lenders.set(socket, reads);
}

/** Gives a socket's reads to `taker`, or with null to its stream; nothing happens to a socket that lends none. */
export function takeReads(stream: Duplex, taker: ReadTaker | null): void {
  const reads = lenders.get(stream);
  if (reads !== undefined) reads.taker = taker;
}

function makeOnRead(reads: Reads, socketOf: () => Socket): { buffer: Uint8Array; callback: OnReadOpts['callback'] } {
  memory ??= new Uint8Array(READ_SIZE);
  const callback: OnReadOpts['callback'] = (length, buffer) => {
    const chunk = buffer.subarray(0, length);
    return reads.taker === null ? socketOf().push(Buffer.from(chunk)) : reads.taker(chunk);
  };
  return { buffer: memory, callback };
}

/** Where a socket keeps its option `onread`, which Node takes from whoever makes a socket, but not later. */
interface Places {
  readonly buffer: symbol;
  readonly callback: symbol;
}

let places: Places | null | undefined;

/** Finds the places by what stands there in a socket that was made with the option; null in a Node that has others. */
function findPlaces(): Places | null {
  if (places !== undefined) return places;
  const onread: OnReadOpts = { buffer: new Uint8Array(1), callback: () => true };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { onread };
  const socket = new Socket(options);
  const find = (value: unknown) =>
    Object.getOwnPropertySymbols(socket).find((symbol) => Reflect.get(socket, symbol) === value);
  const buffer = find(onread.buffer);
  const callback = find(onread.callback);
  places = buffer === undefined || callback === undefined ? null : { buffer, callback };
  return places;
}

/** What is used of the object behind a `net.Socket`. */
interface LendingHandle {
  useUserBuffer(memory: Uint8Array): void;
}

function lendingHandleOf(socket: Socket): LendingHandle | null {
  const handle = socket.connecting ? null : plainHandleOf(socket);
  if (handle === null || typeof Reflect.get(handle, 'useUserBuffer') !== 'function') return null;
  return handle as LendingHandle;
}
