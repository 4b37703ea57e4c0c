/** One entry of OpenSSL's error queue, oldest first in {@link SSLErrorDetails.queue}. */
export interface QueuedError {
  /** The packed number, as `ERR_get_error(3)` gives it. */
  readonly number: number;
  /** The mnemonic of the library, such as `SSL` or `PEM`, or null where OpenSSL's headers name none. */
  readonly library: string | null;
  /** The mnemonic of the reason, such as `CERTIFICATE_VERIFY_FAILED`, or null. */
  readonly reason: string | null;
  /** OpenSSL's text for people. */
  readonly text: string;
  /** What OpenSSL adds to this occurrence, such as a file name or a provider; often empty. */
  readonly data: string;
}

/** A TLS alert: RFC 8446 §6. */
export interface TLSAlert {
  /** The number on the wire, 0 to 255. */
  readonly number: number;
  /** The name in Python's `AlertDescription` without its prefix, such as `UNKNOWN_CA`. */
  readonly name: string;
  /** Who sent it. */
  readonly direction: 'sent' | 'received';
}

/** What an {@link SSLError} can carry beside its text. Every field has a default. */
export interface SSLErrorDetails {
  /** A stable code in Node's manner. Default: `ERR_SSL_<REASON>` where there is a reason, else `ERR_SSL`. */
  code?: string | undefined;
  /** An {@link SSLErrorNumber} for I/O, OpenSSL's reason number for configuration. Default: null. */
  errno?: number | null | undefined;
  /** Default: null. */
  library?: string | null | undefined;
  /** Default: null. */
  reason?: string | null | undefined;
  /** OpenSSL's whole error queue, oldest first. Default: empty. */
  queue?: readonly QueuedError[] | undefined;
  /** The alert that ended the connection, if one did. Default: null. */
  alert?: TLSAlert | null | undefined;
  /** Default: null. */
  peerProtocol?: string | null | undefined;
  cause?: unknown;
}

/** Sets a field that is there for programs and would bury the message where the error is printed. */
export function hide<Key extends string>(error: { readonly [key in Key]: unknown }, name: Key, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true, enumerable: false, writable: false });
}

/**
 * Any failure of TLS or of OpenSSL that has no class of its own below.
 *
 * `code` is for programs, `message` for people, `library` and `reason` are OpenSSL's mnemonics: nobody has to parse a
 * message. Operating-system errors are not of this class; they keep Node's own.
 *
 * Python: `ssl.SSLError`.
 */
export class SSLError extends Error {
  /** Stable, in Node's manner: `ERR_SSL_<REASON>` or one of the codes in the documentation of the throwing function. */
  readonly code: string;
  /** An {@link SSLErrorNumber} for I/O, OpenSSL's reason number for configuration, null where Python gives one argument. */
  readonly errno: number | null;
  /** The mnemonic of OpenSSL's library, such as `SSL`; null where it is unknown or the text is our own. */
  readonly library: string | null;
  /** The mnemonic of OpenSSL's reason, such as `CERTIFICATE_VERIFY_FAILED`; null where unknown or our own. */
  readonly reason: string | null;
  /** OpenSSL's whole error queue at the failure, oldest first. */
  declare readonly queue: readonly QueuedError[];
  /** The alert that ended the connection, or null. */
  readonly alert: TLSAlert | null;
  /** What the peer speaks where it does not speak TLS, such as `HTTP`; null where that is not the matter. */
  readonly peerProtocol: string | null;

  constructor(message: string, details: SSLErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.errno = details.errno ?? null;
    this.library = details.library ?? null;
    this.reason = details.reason ?? null;
    hide(this, 'queue', details.queue ?? []);
    this.alert = details.alert ?? null;
    this.peerProtocol = details.peerProtocol ?? null;
    this.code = details.code ?? (this.reason === null ? 'ERR_SSL' : `ERR_SSL_${this.reason}`);
  }

  /** The text without what the class adds to it; null where Python's error has a single argument. Python: `strerror`. */
  get strerror(): string | null {
    return this.errno === null ? null : this.message;
  }

  /** `[errno, text]`, or `[text]` where there is no number. Python: `args`. */
  get args(): [number, string] | [string] {
    return this.errno === null ? [this.message] : [this.errno, this.message];
  }

  /**
   * The name of the class, which stays the same where a bundler shortens that of the class itself. As on every error it may
   * be assigned.
   */
  override get name(): string {
    return this.className;
  }

  override set name(name: string) {
    Object.defineProperty(this, 'name', { value: name, configurable: true, enumerable: true, writable: true });
  }

  /** What {@link name} is unless it is assigned; a getter, since bundlers keep classes that run code to be named. */
  protected get className(): string {
    return 'SSLError';
  }
}
