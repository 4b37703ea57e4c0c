import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

const READ_SIZE = 65_536; // bytes; what libuv asks for on every other socket, too, in memory of its own for each read

/** Takes what a socket has read, in memory that is good until it returns; false where the socket is to read no more. */
export type ReadTaker = (chunk: Uint8Array) => boolean;

const lenders = new WeakMap<Duplex, { taker: ReadTaker | null }>();

// One for the thread: what a socket has read is taken or copied before any of them reads again.
let memory: Uint8Array | null = null;

/**
 * Makes a socket that reads into memory which it shares with its like. Its stream is given copies, so that it is a
 * socket as any other; a transport takes the bytes where they are, and that spares an allocation for every read.
 */
export function makeLendingSocket(): Socket {
  const reads: { taker: ReadTaker | null } = { taker: null };
  memory ??= new Uint8Array(READ_SIZE);
  const onread: OnReadOpts = {
    buffer: memory,
    callback: (length, buffer) => {
      const chunk = buffer.subarray(0, length);
      return reads.taker === null ? socket.push(Buffer.from(chunk)) : reads.taker(chunk);
    },
  };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { onread };
  const socket = new Socket(options);
  lenders.set(socket, reads);
  return socket;
}

/** Gives a socket's reads to `taker`, or with null to its stream; nothing happens to a socket that lends none. */
export function takeReads(stream: Duplex, taker: ReadTaker | null): void {
  const reads = lenders.get(stream);
  if (reads !== undefined) reads.taker = taker;
}
