import type { FileHandle } from 'node:fs/promises';
import { type Bytes, invalidArgumentType, invalidArgumentValue, SSLEOFError, viewBytes } from '@sslkit/errors';
import { type Sendable, viewSendable } from './bytes.ts';
import type { Channel } from './channel.ts';
import { type CallOptions, type Operation, Wait } from './deadlines.ts';
import { checkSendFile, sendFileOver } from './send-file.ts';
import { SocketFacts } from './socket-facts.ts';
import type { TransferOptions } from './ssl-socket-parts.ts';

const READ_SIZE = 65_536; // bytes of one chunk of iteration: four full records
const NO_OPTIONS: TransferOptions = Object.freeze({});

/** What moves plaintext: everything of Python's `SSLSocket` that reads and writes. */
export abstract class Transfers extends SocketFacts implements AsyncIterable<Buffer> {
  abstract suppressRaggedEofs: boolean;

  /** The channel; throws what a system call of that name would where there is none. */
  protected abstract requireChannel(syscall: string): Channel;

  protected waitFor(operation: Operation, options: CallOptions): Wait {
    return Wait.of(operation, this.timeout, options.signal);
  }

  // Reading

  /**
   * Resolves to at least one byte and at most `size`, or to no bytes at the end. Python: `recv`.
   *
   * @param size - default 1024.
   * @throws SSLEOFError `ERR_SSL_EOF` for an end without `close_notify`, where {@link suppressRaggedEofs} is false.
   */
  recv(size = 1024, options: TransferOptions = NO_OPTIONS): Promise<Buffer> {
    try {
      refuseFlags(options, 'recv');
      if (!Number.isInteger(size)) throw invalidArgumentType('size', 'an integer', size);
      if (size < 0) throw invalidArgumentValue('size must be at least 0');
      const channel = this.requireChannel('recv');
      const plaintext = channel.read(size, this.waitFor('read', options));
      return this.suppressRaggedEofs || size === 0 ? settle(plaintext) : refuseTruncation(plaintext, channel);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Reads into `buffer` and resolves to the number of bytes; 0 at the end. Python: `recv_into`.
   *
   * @param size - at most so many; default, and for 0 or less, the length of the buffer.
   */
  recvInto(buffer: Bytes, size = 0, options: TransferOptions = NO_OPTIONS): Promise<number> {
    try {
      refuseFlags(options, 'recvInto');
      const view = viewBytes('buffer', buffer);
      if (!Number.isInteger(size)) throw invalidArgumentType('size', 'an integer', size);
      const channel = this.requireChannel('recv');
      const plaintext = size > 0 && size < view.length ? view.subarray(0, size) : view;
      const count = channel.readInto(plaintext, this.waitFor('read', options));
      return this.suppressRaggedEofs || plaintext.length === 0 ? settle(count) : refuseTruncation(count, channel);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * `recv`, or with a buffer `recvInto`. Python: `read`.
   *
   * @deprecated as in Python: use {@link recv}.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` without TLS.
   */
  async read(size?: number, buffer?: null, options?: CallOptions): Promise<Buffer>;
  async read(size: number, buffer: Bytes, options?: CallOptions): Promise<number>;
  async read(size = 1024, buffer: Bytes | null = null, options: CallOptions = {}) {
    if (this.engine === null) throw invalidArgumentValue('Read on closed or unwrapped SSL socket');
    return buffer === null ? this.recv(size, options) : this.recvInto(buffer, size, options);
  }

  /** The chunks up to the end, each as large as what has arrived. A break out of the loop leaves the connection open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = await this.recv(READ_SIZE);
      if (chunk.length === 0) return;
      yield chunk;
    }
  }

  /** Resolves when a read would not have to wait for the transport. Python: `select` for reading. */
  async readable(options: CallOptions = {}): Promise<void> {
    await this.requireChannel('select').waitReadable(new Wait('wait', null, options.signal));
  }

  // Writing

  /**
   * Sends data and resolves to how many bytes were taken: all of them, or fewer on a socket that never waits.
   * Python: `send`.
   */
  send(data: Sendable, options: TransferOptions = NO_OPTIONS): Promise<number> {
    try {
      refuseFlags(options, 'send');
      const channel = this.requireChannel('send');
      return settle(channel.write(viewSendable(data), this.waitFor('write', options)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends all of `data`; it must not change before the promise settles. Python: `sendall`. */
  sendAll(data: Sendable, options: TransferOptions = NO_OPTIONS): Promise<void> {
    try {
      refuseFlags(options, 'sendAll');
      const channel = this.requireChannel('send');
      const plaintext = viewSendable(data);
      const wait = this.waitFor('write', options);
      const taken = plaintext.length > 0 ? channel.write(plaintext, wait) : 0;
      return taken === plaintext.length ? Promise.resolve() : writeRest(channel, plaintext, taken, wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * `send`. Python: `write`.
   *
   * @deprecated as in Python: use {@link send}.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` without TLS.
   */
  async write(data: Sendable, options: CallOptions = {}): Promise<number> {
    if (this.engine === null) throw invalidArgumentValue('Write on closed or unwrapped SSL socket');
    return this.send(data, options);
  }

  /**
   * Sends a file from `offset` on and resolves to the number of bytes. The file's own position is left alone.
   * Python: `sendfile`.
   *
   * @param count - at most so many bytes; null, the default, up to the end of the file.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` on a socket that never waits.
   */
  async sendFile(
    file: FileHandle,
    offset = 0,
    count: number | null = null,
    options: CallOptions = {},
  ): Promise<number> {
    checkSendFile(file, offset, count);
    if (this.timeout === 0) throw invalidArgumentValue('non-blocking sockets are not supported');
    const channel = this.requireChannel('send');
    const wait = this.waitFor('write', options);
    return sendFileOver(file, { offset, count }, async (block) => channel.write(block, wait));
  }

  /** Resolves when a write would be taken without waiting. Python: `select` for writing. */
  async writable(options: CallOptions = {}): Promise<void> {
    await this.requireChannel('select').waitWritable(new Wait('wait', null, options.signal));
  }

  /** Puts plaintext back in front: it is what the next read gives. */
  unread(plaintext: Uint8Array): void {
    this.requireChannel('recv').unread(plaintext);
  }
}

// Calls that can be answered at once make one promise and nothing else: these stand for `async` there.
function settle<T>(result: T | Promise<T>): Promise<T> {
  return result instanceof Promise ? result : Promise.resolve(result);
}

async function refuseTruncation<T extends number | Buffer>(result: T | Promise<T>, channel: Channel): Promise<T> {
  const plaintext = await result;
  const isEmpty = plaintext === 0 || (typeof plaintext !== 'number' && plaintext.length === 0);
  if (isEmpty && channel.ended === 'truncated') throw new SSLEOFError();
  return plaintext;
}

async function writeRest(
  channel: Channel,
  plaintext: Uint8Array,
  taken: number | Promise<number>,
  wait: Wait,
): Promise<void> {
  let sent = await taken;
  while (sent < plaintext.length) sent += await channel.write(plaintext.subarray(sent), wait);
}

function refuseFlags(options: TransferOptions, name: string): void {
  if (options.flags) throw invalidArgumentValue(`non-zero flags not allowed in calls to ${name}() on SSLSocket`);
}
