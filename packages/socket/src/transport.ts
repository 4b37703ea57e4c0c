/** What a {@link Transport} tells whoever drives it. */
export interface TransportListener {
  /** `read`, `ended` or `error` has something new. */
  readable(): void;
  /** `pendingBytes` has come down to 0. */
  drained(): void;
}

/**
 * What TLS travels over: an ordered, reliable stream of bytes in both directions. Implement this interface to run
 * TLS over something that is neither a socket nor a stream, and prove it with `checkTransport`.
 *
 * No method waits and none throws for what happens on the wire. Bytes that have arrived wait in the transport until
 * they are `read`; the transport holds the peer back when they pile up. Bytes given to `write` are taken at once;
 * whoever writes holds back by itself while `pendingBytes` is above 0.
 *
 * @typeParam Lower - what `release` gives back.
 */
export interface Transport<Lower = unknown> {
  /**
   * Starts delivery. Called once, before anything else. What has arrived before is not lost: the listener is told
   * of it, after this call has returned or during it.
   */
  attach(listener: TransportListener): void;

  /**
   * Takes the next bytes in order, as many as the transport finds convenient and at least one; null when none are there
   * yet. The view stays untouched until the next call of `read`, and no longer than to the end of this turn of the event
   * loop.
   */
  read(): Uint8Array | null;

  /**
   * Puts bytes back in front, those that `read` gave last or the end of them: they are what `read` gives next. Called in
   * the same turn as that `read`; with no bytes where all of them were used, so that their memory is free again.
   */
  unread(incoming: Uint8Array): void;

  /** True once the peer has ended its direction **and** every byte before that has been read. */
  readonly ended: boolean;

  /** Why the transport is broken, null while it is not. Bytes that arrived before the failure can still be read. */
  readonly error: Error | null;

  /**
   * Takes bytes to send, in order. They may be kept by reference for as long as `pendingBytes` is above 0 and must not
   * be changed until then. After `end`, `close` or a failure they are dropped.
   */
  write(outgoing: Uint8Array): void;

  /** True where `write` never keeps the caller's memory: what has to wait is copied. Default: false. */
  readonly copiesPending?: boolean;

  /** How many bytes have been taken by `write` and not been handed on. */
  readonly pendingBytes: number;

  /** Ends our direction after what is pending; the peer's direction stays open. May be called again. */
  end(): void;

  /** Drops everything, in both directions, and resolves when the layer below is gone. May be called again. */
  close(): Promise<void>;

  /**
   * Takes the transport off the layer below, which stays open, and gives that layer back; bytes that were not read are
   * what comes first there. Nothing is called after that.
   */
  release(): Lower | Promise<Lower>;
}

const METHODS = ['attach', 'read', 'unread', 'write', 'end', 'close', 'release'] as const;

/** True for an object with the methods of a {@link Transport}. */
export function isTransport(value: unknown): value is Transport {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((name) => typeof Reflect.get(value, name) === 'function') && 'pendingBytes' in value;
}
