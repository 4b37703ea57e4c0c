import { isAnyArrayBuffer, isUint8Array } from 'node:util/types';
import { invalidArgumentType, outOfRange, SSLError } from '@sslkit/errors';
import { loadAddon } from './addon-loader.ts';
import { place } from './native.ts';

/**
 * What native/memory-bio.cc exports. Each function answers with a count, or with one of the negative constants.
 *
 * `attach` answers with the number by which the others find the queue: to look into the object takes longer than the rest.
 */
interface Native {
  attach(bio: MemoryBIO): number;
  pending(place: number): number;
  eof(place: number): number;
  read(place: number, target: Uint8Array): number;
  take(place: number, target: Uint8Array, offset: number, limit: number): number;
  write(place: number, data: Uint8Array): number;
  writeEof(place: number): number;
  readonly END_WRITTEN: number;
  readonly OUT_OF_MEMORY: number;
  readonly NO_ROOM: number;
}

const { attach, pending, eof, read, take, write, writeEof, END_WRITTEN, OUT_OF_MEMORY, NO_ROOM } =
  loadAddon<Native>(place);

/** The most that one call moves: Python's limit, which is that of an `int` in OpenSSL's `BIO_read` and `BIO_write`. */
const LARGEST_COUNT = 2 ** 31 - 1;

/** Short results of `read` are cut from one piece of memory, as those of `Buffer.allocUnsafe` are. */
const POOL_SIZE = 16_384;
const LARGEST_POOLED = POOL_SIZE / 4;
let pool = Buffer.allocUnsafeSlow(0);
let pooled = 0;

/**
 * Bytes on their way between a TLS engine and a transport of your own: an unbounded queue, first in, first out.
 *
 * Two of them, one for each direction, let an `SSLObject` work without a socket. The object holds an OpenSSL BIO; it is
 * usable in the thread that made it, cannot be cloned or transferred, and gives its memory back as it drains.
 *
 * Python: `ssl.MemoryBIO`.
 *
 * @example
 * ```ts
 * const incoming = new MemoryBIO();
 * incoming.write(ciphertextFromPeer);
 * ```
 */
export class MemoryBIO {
  /** Where the add-on finds the queue. Its presence tells an instance from whatever else these methods are called on. */
  readonly #place: number;

  /**
   * Makes an empty queue whose end has not been written.
   *
   * @throws TypeError `ERR_INVALID_ARG_TYPE` - an argument was given.
   */
  constructor();
  constructor(...values: unknown[]) {
    if (values.length > 0) throw invalidArgumentType('The argument list of MemoryBIO', 'empty', values[0]);
    this.#place = countOrThrow(attach(this), this);
  }

  /** The number of bytes that are queued. Python: `pending`. */
  get pending(): number {
    if (!(#place in this)) throw notMadeHere(this);
    return countOrThrow(pending(this.#place), this);
  }

  /** Whether the end has been written and everything before it has been read. Python: `eof`. */
  get eof(): boolean {
    if (!(#place in this)) throw notMadeHere(this);
    return countOrThrow(eof(this.#place), this) === 1;
  }

  /**
   * Takes the oldest bytes out of the queue.
   *
   * An empty result means that nothing is there *now*; {@link eof} tells whether more can come. Python: `read`.
   *
   * @param size - how many bytes at most; a negative number, as the default -1, takes all (2³¹ − 1 at most).
   * @throws TypeError `ERR_INVALID_ARG_TYPE` - `size` is no integer.
   * @throws RangeError `ERR_OUT_OF_RANGE` - `size` does not fit 32 bits.
   */
  read(size = -1): Buffer {
    if (!(#place in this)) throw notMadeHere(this);
    const wanted = checkSize(size);
    const limit = wanted < 0 ? LARGEST_COUNT : wanted;
    // A short read needs this one call: how much there is, is found out on the way.
    const count = take(this.#place, pool, pooled, limit);
    if (count >= 0) return cutFromPool(count);
    if (count > NO_ROOM) countOrThrow(count, this);
    return this.#readApart(NO_ROOM - count);
  }

  /** Reads `count` bytes, which are there and for which the pool has no room. */
  #readApart(count: number): Buffer {
    if (count > LARGEST_POOLED) {
      const target = Buffer.allocUnsafe(count);
      countOrThrow(read(this.#place, target), this);
      return target;
    }
    pool = Buffer.allocUnsafeSlow(POOL_SIZE);
    pooled = 0;
    return cutFromPool(countOrThrow(take(this.#place, pool, 0, count), this));
  }

  /**
   * Takes the oldest bytes out of the queue into memory of the caller's, as many as there are and fit.
   *
   * What {@link read} does, without making a `Buffer` for each call: for whoever moves much. Python has no such method;
   * its name is that of `io.RawIOBase.readinto`.
   *
   * @param target - is filled from its start.
   * @returns the number of bytes; 0 means what an empty result of {@link read} means.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` - `target` is not made of bytes.
   */
  readInto(target: ArrayBufferView | ArrayBufferLike): number {
    if (!(#place in this)) throw notMadeHere(this);
    return countOrThrow(read(this.#place, viewBytes(target)), this);
  }

  /**
   * Queues a copy of all of `data` and returns its length in bytes. Python: `write`.
   *
   * @param data - a `Uint8Array` such as a `Buffer`, any other view, or an `ArrayBuffer`; a string has to be encoded
   * first.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` - `data` is not made of bytes.
   * @throws RangeError `ERR_OUT_OF_RANGE` - `data` is longer than 2³¹ − 1 bytes.
   * @throws SSLError `ERR_SSL_WRITE_AFTER_EOF` - the end has been written; `ERR_SSL_MALLOC_FAILURE` - out of memory.
   * Nothing has been queued then.
   */
  write(data: ArrayBufferView | ArrayBufferLike): number {
    if (!(#place in this)) throw notMadeHere(this);
    const bytes = viewBytes(data);
    if (bytes.byteLength > LARGEST_COUNT) {
      throw outOfRange(`The data must be at most ${LARGEST_COUNT} bytes long, got ${bytes.byteLength}`);
    }
    return countOrThrow(write(this.#place, bytes), this);
  }

  /** Writes the end: once the queue is empty {@link eof} is true. Calling it again does nothing. Python: `write_eof`. */
  writeEof(): void {
    if (!(#place in this)) throw notMadeHere(this);
    countOrThrow(writeEof(this.#place), this);
  }
}

function cutFromPool(count: number): Buffer {
  const bytes = pool.subarray(pooled, pooled + count);
  pooled += (count + 7) & ~7; // each starts at a multiple of eight, as those of Node's own pool do
  return bytes;
}

function checkSize(size: unknown): number {
  if (typeof size !== 'number' || Number.isNaN(size)) throw invalidArgumentType('The size', 'an integer', size);
  if (size > LARGEST_COUNT || size < -LARGEST_COUNT - 1) {
    throw outOfRange(`The size must fit a signed 32-bit integer, got ${size}`);
  }
  if (!Number.isInteger(size)) throw invalidArgumentType('The size', 'an integer', size);
  return size;
}

function viewBytes(data: unknown): Uint8Array {
  if (isUint8Array(data)) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (isAnyArrayBuffer(data)) return new Uint8Array(data);
  throw invalidArgumentType('The data', 'a Uint8Array, another view or an ArrayBuffer', data);
}

function countOrThrow(result: number, bio: unknown): number {
  if (result >= 0) return result;
  throw toError(result, bio);
}

function toError(result: number, bio: unknown): Error {
  if (result === END_WRITTEN) {
    return new SSLError('Cannot write() after writeEof()', { code: 'ERR_SSL_WRITE_AFTER_EOF' });
  }
  if (result === OUT_OF_MEMORY) {
    return new SSLError('Not enough memory for what a MemoryBIO holds', { code: 'ERR_SSL_MALLOC_FAILURE' });
  }
  return notMadeHere(bio);
}

/** Prototype and fields can be borrowed, what the constructor makes cannot. */
function notMadeHere(bio: unknown): TypeError {
  return invalidArgumentType(
    'The object that a method of MemoryBIO is called on',
    'made by its constructor (no proxy, no clone, no heir)',
    bio,
  );
}
