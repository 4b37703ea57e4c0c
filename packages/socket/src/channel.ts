import type { Wait } from './deadlines.ts';

/**
 * Where a connection stands.
 *
 * `handshaking` → `open` → `closing` (our `close_notify` is sent) → `released` (both are through, TLS is off) or
 * `closed`; `broken` after anything fatal, from any state but the last two.
 */
export type ChannelState = 'handshaking' | 'open' | 'closing' | 'released' | 'closed' | 'broken';

/** How the peer's data ended: with its `close_notify`, or cut off by the end of the transport. */
export type Ending = 'close_notify' | 'truncated';

/**
 * The one thing `SSLSocket` speaks to. The stream pump implements it over any {@link Transport}; another
 * implementation may own the descriptor and let native code move the bytes.
 *
 * One reader and one writer at a time; the calls that need both directions count as both.
 */
export interface Channel {
  readonly state: ChannelState;
  /** Null while the peer may still send. */
  readonly ended: Ending | null;

  /** Completes the handshake; callers at the same time share one. */
  handshake(wait: Wait): Promise<void>;

  /**
   * Decrypts into `plaintext`: the number of bytes, 0 at the end of the peer's data, whichever it is. Performs the
   * handshake where it has not been done.
   *
   * @throws SSLWantReadError when `wait` forbids waiting.
   */
  readInto(plaintext: Uint8Array, wait: Wait): number | Promise<number>;

  /** As `readInto`, but into memory of its own: a new buffer of at most `limit` bytes, empty at the end. */
  read(limit: number, wait: Wait): Buffer | Promise<Buffer>;

  /**
   * Encrypts and hands on `plaintext`: all of it, or as much as goes without waiting where `wait` forbids that.
   *
   * @throws SSLWantWriteError when `wait` forbids waiting and nothing can be taken.
   */
  write(plaintext: Uint8Array, wait: Wait): number | Promise<number>;

  /** Resolves when a read would find bytes, the end or a failure. */
  waitReadable(wait: Wait): Promise<void>;

  /** Resolves when a write would be taken. */
  waitWritable(wait: Wait): Promise<void>;

  /** Sends our `close_notify` and ends our direction of the transport; reading goes on. */
  finish(wait: Wait): Promise<void>;

  /** Sends our `close_notify`, waits for the peer's, and takes TLS off; the transport can then be released. */
  unwrap(wait: Wait): Promise<void>;

  /** Works off what arrives, keeps its plaintext for the next read, and resolves when something has been worked off. */
  absorb(wait: Wait): Promise<void>;

  /** Puts plaintext back in front: it is what the next read gives. */
  unread(plaintext: Uint8Array): void;

  /**
   * Lets go of the engine without a word to the peer; what waits is rejected. The transport stays as it is.
   *
   * @param reason - makes the error that calls reject with, when the first of them does.
   */
  drop(reason: () => Error): void;

  /** `drop`, and the transport with it. */
  close(reason: () => Error): Promise<void>;
}
