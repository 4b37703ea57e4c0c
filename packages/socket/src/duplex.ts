import { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { SocketAddress } from './socket-address.ts';
import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPIDLE, TCP_NODELAY } from './socket-options.ts';
import type { SSLSocket } from './ssl-socket.ts';

/** Options of `makefile`. */
export interface SSLDuplexOptions {
  /** Whether our direction stays open when the peer has ended its own. Default: false, as for `net.Socket`. */
  allowHalfOpen?: boolean | undefined;
  /** Bytes that are read ahead of whoever reads the stream. Default: 65,536. */
  readableHighWaterMark?: number | undefined;
  /** Bytes that may wait to be sent before `write` says false. Default: 65,536. */
  writableHighWaterMark?: number | undefined;
}

const BUFFER = 65_536; // bytes; four full records, what one read of the connection gives

/**
 * A TLS connection as a Node stream that is a `net.Socket` to whoever takes one, as `http`, `http2` and the drivers of
 * databases do: it has all of its properties, methods and events, but it is no instance of it. Made by
 * `SSLSocket.makefile`.
 *
 * Ending it sends `close_notify`; destroying it closes the connection without. It reads only while somebody reads
 * it, and holds its writer back while the peer does not read.
 */
export class SSLDuplex extends Duplex implements Socket {
  /** The connection it stands for. */
  readonly connection: SSLSocket<unknown>;
  /** Always true, as on `tls.TLSSocket`. */
  readonly encrypted = true;
  /** Always false: a stream is made of a connection, not of an attempt. */
  readonly connecting = false;
  readonly pending = false;
  /** Plaintext bytes that have been received, and sent. */
  bytesRead = 0;
  bytesWritten = 0;
  /** Milliseconds of idleness before `timeout` is emitted; undefined where there is no limit. */
  timeout?: number;
  // Accessors, defined below: TypeScript's cannot be optional, as `net.Socket` has these.
  declare readonly localAddress?: string;
  declare readonly localPort?: number;
  declare readonly localFamily?: string;
  #pulling = false;
  /** Whether the stream has asked for more since it was last given something. */
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: SSLSocket<unknown>, options: SSLDuplexOptions = {}) {
    super({
      allowHalfOpen: options.allowHalfOpen ?? false,
      readableHighWaterMark: options.readableHighWaterMark ?? BUFFER,
      writableHighWaterMark: options.writableHighWaterMark ?? BUFFER,
      // Told by `_destroy`, which knows whether it came of an error.
      emitClose: false,
    });
    this.connection = connection;
    // A stream waits by itself; a deadline of the calls below would only break it.
    connection.setTimeout(null);
  }

  /** True where the peer showed a certificate and it was verified. */
  get authorized(): boolean {
    return this.connection.context.verifyMode !== 0 && this.#peerCertificate() !== null;
  }

  /** Always null: a connection whose peer is refused never comes to be. */
  get authorizationError(): null {
    return null;
  }

  /** The protocol that ALPN chose; false, as on `tls.TLSSocket`, for none. */
  get alpnProtocol(): string | false {
    return this.connection.selectedAlpnProtocol() ?? false;
  }

  /** The name that the client asked for; false for none. */
  get servername(): string | false {
    return this.connection.serverHostname ?? false;
  }

  get remoteAddress(): string | undefined {
    return hostOf(() => this.connection.getPeerName());
  }

  get remotePort(): number | undefined {
    return portOf(() => this.connection.getPeerName());
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    return familyOf(this.remoteAddress);
  }

  get readyState(): 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** As on `net.Socket`: the own address, `{}` where there is none. */
  address(): { address?: string; port?: number; family?: string } {
    const { localAddress: address, localPort: port, localFamily: family } = this;
    return address === undefined || port === undefined || family === undefined ? {} : { address, port, family };
  }

  setNoDelay(noDelay = true): this {
    return this.#setOption(IPPROTO_TCP, TCP_NODELAY, noDelay);
  }

  /** @param initialDelay - milliseconds of idleness before the first probe; 0 leaves that as it is. */
  setKeepAlive(enable = false, initialDelay = 0): this {
    this.#setOption(SOL_SOCKET, SO_KEEPALIVE, enable);
    return initialDelay > 0 ? this.#setOption(IPPROTO_TCP, TCP_KEEPIDLE, initialDelay / 1000) : this;
  }

  /** Emits `timeout` after so many milliseconds in which nothing was sent or received; 0 for never. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    clearTimeout(this.#timer);
    this.timeout = milliseconds;
    this.#timer = milliseconds > 0 ? setTimeout(() => this.emit('timeout'), milliseconds).unref() : undefined;
    if (callback !== undefined && milliseconds > 0) this.once('timeout', callback);
    else if (callback !== undefined) this.off('timeout', callback);
    return this;
  }

  /** Lets the process live on for this connection, where that was given up. */
  ref(): this {
    this.connection.ref();
    return this;
  }

  /** Lets the process end although this connection is open. */
  unref(): this {
    this.connection.unref();
    return this;
  }

  /** @deprecated as on `net.Socket`: `writableLength`. */
  get bufferSize(): number {
    return this.writableLength;
  }

  /** The addresses that were tried before the socket below was connected, where Node has noted them. */
  get autoSelectFamilyAttemptedAddresses(): string[] {
    return socketUnder(this.connection)?.autoSelectFamilyAttemptedAddresses ?? [];
  }

  /**
   * Tells that the connection is there, by `connect`, `ready` and the callback, in a later turn: drivers connect what they
   * are given. Where to is not looked at, for the connection has been made.
   */
  connect(...target: readonly unknown[]): this {
    const told = target.at(-1);
    if (typeof told === 'function') this.once('connect', () => told());
    setImmediate(() => {
      if (this.destroyed) return;
      this.emit('connect');
      this.emit('ready');
    });
    return this;
  }

  /** Destroys the stream and resets the TCP connection below, where there is one, as `net.Socket` does. */
  resetAndDestroy(): this {
    socketUnder(this.connection)?.resetAndDestroy();
    return this.destroy();
  }

  /** Ends the stream and destroys it when everything has been sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** `'TLSv1.3'`, …, as `tls.TLSSocket` has it. */
  getProtocol(): string | null {
    return this.connection.version();
  }

  getCipher(): { name: string; version: string } | undefined {
    const cipher = this.connection.cipher();
    return cipher === null ? undefined : { name: cipher[0], version: cipher[1] };
  }

  isSessionReused(): boolean {
    return this.connection.sessionReused ?? false;
  }

  /** The peer's certificate in Node's older form; `{}` where there is none. */
  getPeerCertificate(): object {
    return this.getPeerX509Certificate()?.toLegacyObject() ?? {};
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    const der = this.#peerCertificate();
    return der === null ? undefined : new X509Certificate(der);
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#pulling) return;
    this.#pulling = true;
    this.#pull().catch((error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#timer?.refresh();
    this.connection.sendAll(chunk).then(() => {
      this.bytesWritten += chunk.length;
      this.#timer?.refresh();
      callback();
    }, callback);
  }

  // Small writes that piled up meanwhile go out in common records.
  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer' as BufferEncoding, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.connection.halfClose().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    const finish = (failure: Error | null) => {
      callback(failure);
      // Behind `error`, which is told in the next tick.
      process.nextTick(() => this.emit('close', failure !== null));
    };
    this.connection.close().then(
      () => finish(error),
      (failure) => finish(error ?? failure),
    );
  }

  async #pull(): Promise<void> {
    for (;;) {
      const chunk = await this.connection.recv(BUFFER);
      this.#timer?.refresh();
      this.bytesRead += chunk.length;
      this.#wanted = false;
      const more = this.push(chunk.length > 0 ? chunk : null);
      if (chunk.length > 0 && (more || this.#wanted)) continue;
      // In the same turn, not behind a promise: whoever takes the chunk next asks for another right away, once.
      this.#pulling = false;
      return;
    }
  }

  #peerCertificate(): Buffer | null {
    try {
      return this.connection.getPeerCert({ binaryForm: true });
    } catch {
      return null; // the handshake is not done, or the connection is over
    }
  }

  #setOption(level: number, option: number, value: number | boolean): this {
    try {
      this.connection.setSockOpt(level, option, value);
    } catch {
      // There is no such socket below, as in a tunnel: a hint without a taker.
    }
    return this;
  }
}

/** The socket under a connection, however deep. */
function socketUnder(connection: SSLSocket<unknown>): Socket | null {
  let lower: unknown = connection;
  while (typeof lower === 'object' && lower !== null && 'lower' in lower) lower = lower.lower;
  return lower instanceof Socket ? lower : null;
}

function nameOf(getName: () => SocketAddress): SocketAddress | null {
  try {
    return getName();
  } catch {
    return null; // not connected any more, or never over a network
  }
}

function hostOf(getName: () => SocketAddress): string | undefined {
  const name = nameOf(getName);
  return name === null || typeof name === 'string' ? undefined : name[0];
}

function portOf(getName: () => SocketAddress): number | undefined {
  const name = nameOf(getName);
  return name === null || typeof name === 'string' ? undefined : name[1];
}

function familyOf(host: string | undefined): 'IPv4' | 'IPv6' | undefined {
  if (host === undefined) return undefined;
  return host.includes(':') ? 'IPv6' : 'IPv4';
}

function defineLocal(name: string, read: (stream: SSLDuplex) => unknown): void {
  Object.defineProperty(SSLDuplex.prototype, name, {
    get(this: SSLDuplex) {
      return read(this);
    },
    configurable: true,
    enumerable: false,
  });
}

defineLocal('localAddress', ({ connection }) => hostOf(() => connection.getSockName()));
defineLocal('localPort', ({ connection }) => portOf(() => connection.getSockName()));
defineLocal('localFamily', ({ localAddress }) => familyOf(localAddress));
