import { type Bytes, illegalConstructor, invalidArgumentType, SSLError, viewBytes } from '@sslkit/errors';
import { addon, type NativeSession } from '../addon.ts';
import { SSLContext } from '../ssl-context/ssl-context.ts';

const MADE_HERE = Symbol('made by this package');

/** For the other classes of this package; not part of its public surface. */
export let nativeSessionOf: (session: SSLSession) => NativeSession;

/**
 * What a client needs to resume a connection without a full handshake. Taken from `SSLObject.session`, given to a new
 * connection of the same context.
 *
 * Python: `ssl.SSLSession`, whose `==` is {@link equals} here.
 */
export class SSLSession {
  readonly #native: NativeSession;
  /** The context whose connection it came from, the only one that takes it back. */
  readonly context: SSLContext;

  static {
    nativeSessionOf = (session) => session.#native;
  }

  /** @internal */
  constructor(proof: symbol, native: NativeSession, context: SSLContext) {
    if (proof !== MADE_HERE) throw illegalConstructor('SSLSession cannot be made with new: take SSLObject.session');
    this.#native = native;
    this.context = context;
  }

  /** At most 32 bytes; empty on a TLS 1.2 server that gave a ticket. Python: `id`. */
  get id(): Buffer {
    return this.#native.facts()[0];
  }

  /** When it was made, in seconds since 1970. Python: `time`. */
  get time(): number {
    return this.#native.facts()[1];
  }

  /** For how many seconds it can be used. Python: `timeout`. */
  get timeout(): number {
    return this.#native.facts()[2];
  }

  /** For how many seconds the server means to accept the ticket; 0 on a server. Python: `ticket_lifetime_hint`. */
  get ticketLifetimeHint(): number {
    return this.#native.facts()[3];
  }

  /** Whether the server sent a ticket; with TLS 1.3, only such a session resumes. Python: `has_ticket`. */
  get hasTicket(): boolean {
    return this.#native.facts()[4];
  }

  /** Whether both have the same {@link id}. Python: `==`. */
  equals(other: unknown): boolean {
    return typeof other === 'object' && other !== null && #native in other && this.id.equals(other.id);
  }

  /** The session in OpenSSL's ASN.1 form, to be kept elsewhere. It holds secrets: who has it can read the connection. */
  toBytes(): Buffer {
    const bytes = this.#native.toBytes();
    if (bytes === null) throw new SSLError('The session cannot be written', { code: 'ERR_SSL_SESSION_UNWRITABLE' });
    return bytes;
  }

  /**
   * Reads what {@link toBytes} wrote, for connections of `context`.
   *
   * @throws SSLError `ERR_SSL_BAD_SESSION` - the bytes are no session.
   */
  static fromBytes(bytes: Bytes, context: SSLContext): SSLSession {
    const view = viewBytes('The session', bytes);
    if (!(context instanceof SSLContext)) throw invalidArgumentType('context', 'an SSLContext', context);
    const native = addon.SSLSession.fromBytes(view);
    if (native === null) throw new SSLError('The bytes are no TLS session', { code: 'ERR_SSL_BAD_SESSION' });
    return wrapSession(native, context);
  }
}

/** For the other classes of this package; not part of its public surface. */
export function wrapSession(native: NativeSession, context: SSLContext): SSLSession {
  return new SSLSession(MADE_HERE, native, context);
}
