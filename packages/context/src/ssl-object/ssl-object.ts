import {
  type Bytes,
  illegalConstructor,
  invalidArgumentType,
  invalidArgumentValue,
  invalidState,
  outOfRange,
  viewBytes,
} from '@sslkit/errors';
import { type CertificateDictionary, decodeCertificate } from '@sslkit/x509';
import { addon, type NativeObject, Progress } from '../addon.ts';
import { VerifyMode } from '../enums/verify-mode.ts';
import { configurationError, connectionError } from '../openssl-error.ts';
import { NativeOutcome, Outcome } from '../outcome.ts';
import { prepareHostName } from '../ssl-context/host-name.ts';
import { adaptPskCallback } from '../ssl-context/pre-shared-key.ts';
import { callbacksOf, nativeOf, pskCallbacksOf, SSLContext, tracingOf } from '../ssl-context/ssl-context.ts';
import { nativeSessionOf, SSLSession, wrapSession } from '../ssl-session/ssl-session.ts';
import { type Decision, decideNow, describeDecision } from './decisions.ts';
import { checkRole, type MemoryTransport, makeNative } from './making.ts';
import { Negotiated } from './negotiated.ts';
import { throwUnlessDone, throwUnlessSet, toWantError } from './outcome-errors.ts';

/** How a connection is made from a context. */
export interface WrapOptions {
  /** Default: false, a client. */
  serverSide?: boolean | undefined;
  /** The name that a client asks for and holds the certificate to. Default: null, neither. */
  serverHostname?: string | null | undefined;
  /** A client's earlier session to resume. */
  session?: SSLSession | null | undefined;
  /**
   * Whether a handshake that a callback of the context has to decide about returns `Outcome.PAUSED` and sets
   * {@link SSLObject.decision}, for callers who await the answer. Default: false, the callback is called at once.
   */
  pauseForDecisions?: boolean | undefined;
  /** What callbacks of the context are given as the connection. Default: the object itself. */
  owner?: object | undefined;
}

// Taken out of the add-on once, not looked up at each call.
const { progress, doHandshake, read, decrypt, write, encrypt, drain, shutdown } = addon;

const MADE_HERE = Symbol('made by this package');
const NOTHING = new Uint8Array(0);
const LARGEST_COUNT = 2 ** 31 - 1; // what the engine counts with: an int, as OpenSSL does
const LARGEST_RECORD = 16384; // plaintext of one TLS record, RFC 8446 §5.1

/**
 * A TLS connection without a transport: TLS bytes go in and out of queues (`SSLContext.wrapBio`) or of buffers of the
 * caller's (`SSLContext.wrapBuffers`). Nothing here waits.
 *
 * The methods with Python's names throw `SSLWantReadError` where more TLS bytes are needed; those that start with `try`
 * return an {@link Outcome} instead, which costs a fiftieth. A failure that ends the connection is thrown by both: send
 * what is left in the outgoing direction, it holds the alert for the peer, then close.
 *
 * Python: `ssl.SSLObject`.
 */
export class SSLObject extends Negotiated {
  readonly #native: NativeObject;
  /** Where the calls that move bytes find the native half. */
  readonly #place: number;
  readonly #transport: MemoryTransport | null;
  readonly #hostName: string | null;
  readonly #pauses: boolean;
  #context: SSLContext;
  #decision: Decision | null = null;
  /** The outcome that the handshake paused with. */
  #pausedAt = 0;
  /** Default: this. Weak, for the owner holds this. */
  readonly #owner: WeakRef<object> | null;
  /** What a callback of the user's threw, until a call of ours can throw it. */
  #callbackError: Error | null = null;
  /** The first failure that ended the connection. */
  #failure: Error | null = null;
  #consumed = 0;
  #outgoingPending = 0;
  #leftover = false;
  #closed = false;

  /** @internal Contexts make these: Python's class has no public constructor either. */
  constructor(proof: symbol, context: SSLContext, options: WrapOptions, transport: MemoryTransport | null) {
    if (proof !== MADE_HERE) {
      throw illegalConstructor('SSLObject cannot be made with new: use SSLContext.wrapBio or SSLContext.wrapBuffers');
    }
    const serverSide = Boolean(options.serverSide);
    checkRole(context.protocol, serverSide);
    const host = options.serverHostname ?? null;
    const hostName = host === null ? null : prepareHostName(host);
    const native = makeNative(nativeOf(context), serverSide, transport);
    const place = progress[Progress.place] ?? -1;
    super(native, serverSide);
    this.#native = native;
    this.#place = place;
    this.#context = context;
    this.#hostName = hostName?.name ?? null;
    this.#pauses = options.pauseForDecisions === true;
    this.#owner = options.owner === undefined ? null : new WeakRef(options.owner);
    this.#transport = transport;
    if (hostName !== null && !serverSide) {
      throwUnlessSet(this.#native.setHostName(hostName.name, hostName.isAddress, context.checkHostname));
    }
    this.#setPskCallback();
    if (context.postHandshakeAuth) this.#native.setPostHandshakeAuth(!serverSide, serverSide);
    if (options.session !== null && options.session !== undefined) this.session = options.session;
  }

  /** @internal */
  static wrap(
    objectClass: typeof SSLObject,
    context: SSLContext,
    options: WrapOptions,
    transport: MemoryTransport | null,
  ): SSLObject {
    return new objectClass(MADE_HERE, context, options, transport);
  }

  #setPskCallback(): void {
    const callbacks = pskCallbacksOf(this.#context);
    const callback = adaptPskCallback(callbacks, this.serverSide, (error) =>
      this.#keepError(error, 'A PSK callback threw'),
    );
    if (callback !== null) this.#native.setPskCallback(callback, callbacks.identityHint);
  }

  // ---- Facts known from the start

  /** The context; set it while a server decides by the client's server name, to switch certificates. Python: `context`. */
  get context(): SSLContext {
    return this.#context;
  }

  set context(context: SSLContext) {
    if (!(context instanceof SSLContext)) throw invalidArgumentType('context', 'an SSLContext', context);
    this.#requireOpen();
    if (!this.#native.setContext(nativeOf(context))) throw invalidState('OpenSSL refused to switch the context');
    this.#context = context;
  }

  /** The server's name in ASCII, or null. Python: `server_hostname`. */
  get serverHostname(): string | null {
    return this.#hostName;
  }

  // ---- The handshake

  /**
   * Starts or continues the handshake; to be called again after `SSLWantReadError`. Does nothing once it is done.
   *
   * Python: `do_handshake`.
   *
   * @throws SSLCertVerificationError where the peer's certificate is refused, SSLError for every other failure.
   */
  doHandshake(): void {
    throwUnlessDone(this.tryHandshake());
  }

  /**
   * {@link doHandshake} as an outcome.
   *
   * @param incoming - TLS bytes from the peer, on an object of `wrapBuffers`; {@link consumed} tells how many were taken.
   * @returns `Outcome.DONE`, `WANT_READ`, `WANT_WRITE` or `PAUSED`.
   */
  tryHandshake(incoming: Uint8Array = NOTHING): number {
    this.#consumed = 0;
    let rest = incoming;
    for (;;) {
      const outcome = this.#settle(doHandshake(this.#place, rest));
      // OpenSSL 3.5 waits for more where 3.0 fails again: a handshake that has failed stays failed.
      if (this.#failure !== null && outcome === Outcome.WANT_READ) throw this.#failure;
      if (outcome !== Outcome.PAUSED || !this.#answered()) return outcome;
      rest = incoming.subarray(this.#consumed);
    }
  }

  /** What the handshake waits for, while the outcome is `PAUSED`; null at any other time. */
  get decision(): Decision | null {
    return this.#decision;
  }

  // ---- Python's way: whole calls that throw

  /**
   * Reads plaintext: at most `length` bytes, of one TLS record at most. An empty result means that the peer closed.
   *
   * Python: `read(len)`.
   *
   * @param length - default 1024 bytes.
   * @throws SSLWantReadError, SSLEOFError where the transport ended without `close_notify`, SSLZeroReturnError where
   * both sides have closed.
   */
  read(length?: number): Buffer;
  /** Reads into `buffer` and returns the number of bytes; a length that is not positive or too large means all of it. */
  read(length: number | undefined, buffer: Bytes): number;
  read(length = 1024, buffer?: Bytes): Buffer | number {
    if (!Number.isInteger(length)) throw invalidArgumentType('The length', 'an integer', length);
    if (buffer !== undefined) {
      const view = viewBytes('The buffer', buffer);
      const size = length <= 0 || length > view.length ? view.length : length;
      return this.#readOnce(view.subarray(0, size));
    }
    if (length < 0) throw invalidArgumentValue('size should not be negative');
    const plaintext = Buffer.allocUnsafe(Math.min(length, LARGEST_RECORD));
    const count = this.#readOnce(plaintext);
    return plaintext.subarray(0, count);
  }

  #readOnce(buffer: Uint8Array): number {
    const outcome = this.tryRead(buffer);
    if (outcome >= 0) return outcome;
    // As in Python: the peer's close alone is an end of data; after our own too, reading is a mistake.
    if (outcome === Outcome.CLOSED && this.shutdownState === PEER_CLOSED) return 0;
    throw toWantError(outcome);
  }

  /**
   * {@link read} as an outcome: the number of bytes put into `buffer`, `WANT_READ`, `WANT_WRITE`, `CLOSED` or `PAUSED`.
   * An empty `buffer` gives 0.
   */
  tryRead(buffer: Uint8Array): number {
    if (buffer.length === 0) {
      this.#requireOpen();
      return 0;
    }
    for (;;) {
      const outcome = this.#settle(read(this.#place, buffer));
      if (outcome !== Outcome.PAUSED || !this.#answered()) return outcome;
    }
  }

  /**
   * Writes all of `data` and returns its length in bytes.
   *
   * Python: `write`.
   *
   * @throws SSLWantReadError before the handshake is done: call again with the same data.
   * @throws SSLError `ERR_SSL_PROTOCOL_IS_SHUTDOWN` after our own `close_notify`.
   */
  write(data: Bytes): number {
    const outcome = this.tryWrite(data);
    if (outcome >= 0) return outcome;
    throw toWantError(outcome);
  }

  /** {@link write} as an outcome: the length of `data`, `WANT_READ`, `WANT_WRITE`, `CLOSED` or `PAUSED`. */
  tryWrite(data: Bytes): number {
    const view = viewBytes('The data', data);
    if (view.length > LARGEST_COUNT) throw outOfRange(`The data must be at most ${LARGEST_COUNT} bytes long`);
    for (;;) {
      const outcome = this.#settle(write(this.#place, view));
      if (outcome !== Outcome.PAUSED || !this.#answered()) return outcome;
    }
  }

  /**
   * Closes TLS: sends `close_notify` and waits for the peer's, by throwing `SSLWantReadError` until it came.
   *
   * Python: `unwrap`.
   *
   * @throws SSLError `ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY` - the peer still sends: read it first.
   */
  unwrap(): void {
    throwUnlessDone(this.tryUnwrap());
  }

  /**
   * {@link unwrap} as an outcome.
   *
   * @param incoming - TLS bytes from the peer, on an object of `wrapBuffers`. What follows its `close_notify` is
   * plaintext and is not {@link consumed}.
   * @returns `DONE` when both sides have closed, `WANT_READ` while the peer's `close_notify` is missing.
   */
  tryUnwrap(incoming: Uint8Array = NOTHING): number {
    this.#consumed = 0;
    return this.#settle(shutdown(this.#place, incoming));
  }

  // ---- The fast way: buffers of the caller's

  /**
   * Takes TLS bytes in and gives plaintext out, as many records as there are and fit.
   *
   * @param incoming - from the peer; {@link consumed} tells how many were taken: all of them but where the peer
   * closed, or where `plaintext` got full and more than part of a record was left. May be empty, to read on after that.
   * @param plaintext - receives the plaintext; nothing is ever allocated for it.
   * @returns the number of plaintext bytes; `WANT_READ` where there are none yet; `CLOSED` after `close_notify`.
   * @throws SSLError for a failure that ends the connection; plaintext that came before it has been returned by then.
   */
  decrypt(incoming: Uint8Array, plaintext: Uint8Array): number {
    this.#consumed = 0;
    let rest = incoming;
    for (;;) {
      const outcome = this.#settle(decrypt(this.#place, rest, plaintext));
      if (outcome !== Outcome.PAUSED || !this.#answered()) return outcome;
      rest = incoming.subarray(this.#consumed);
    }
  }

  /**
   * Takes plaintext in and gives TLS bytes out, behind those that were queued.
   *
   * @param plaintext - to be sent; fewer bytes than given are taken where `outgoing` gets full.
   * @param outgoing - receives TLS bytes, {@link produced} tells how many. A record of 16,384 plaintext bytes needs at
   * most 256 bytes more; what has no room is queued for {@link drain}.
   * @returns the number of plaintext bytes taken, `WANT_READ` before the handshake is done.
   */
  encrypt(plaintext: Uint8Array, outgoing: Uint8Array): number {
    for (;;) {
      const outcome = this.#settle(encrypt(this.#place, plaintext, outgoing));
      if (outcome !== Outcome.PAUSED || !this.#answered()) return outcome;
    }
  }

  /** Moves queued TLS bytes (handshake flights, alerts, `close_notify`) into `outgoing` and returns how many. */
  drain(outgoing: Uint8Array): number {
    this.#requireOpen();
    const count = drain(this.#place, outgoing);
    if (count < 0) return this.#settle(count);
    // What a callback threw waits for a call that can fail: these bytes have left the queue and must not be lost.
    this.#outgoingPending = progress[Progress.outgoingPending] ?? 0;
    return count;
  }

  /** The number of bytes of `incoming` that the last call of this object took. */
  get consumed(): number {
    return this.#consumed;
  }

  /** The number of TLS bytes that the last call put into `outgoing`. Read it at once: calls on any object change it. */
  get produced(): number {
    return progress[Progress.produced] ?? 0;
  }

  /** The number of queued TLS bytes, which {@link drain} gives. 0 on an object of `wrapBio`. */
  get outgoingPending(): number {
    return this.#outgoingPending;
  }

  /**
   * Whether {@link decrypt} may give anything without more TLS bytes: plaintext that had no room, a failure behind
   * plaintext, the peer's end. Where it is false, the call can be left out until bytes arrive.
   */
  get leftover(): boolean {
    return this.#leftover;
  }

  /** Says that the transport has ended: what needs more TLS bytes from now on fails with `SSLEOFError`. */
  endIncoming(): void {
    this.#requireOpen();
    if (this.#transport === null) this.#native.endIncoming();
    else this.#transport.incoming.writeEof();
  }

  // ---- What was negotiated

  /**
   * The peer's certificate: Python's dictionary, or DER.
   *
   * Null where the peer sent none; an empty dictionary where it was not verified. Python: `getpeercert`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - the handshake is not done.
   */
  getPeerCert(options?: { binaryForm?: false | undefined }): CertificateDictionary | Record<string, never> | null;
  getPeerCert(options: { binaryForm: true }): Buffer | null;
  getPeerCert(options?: {
    binaryForm?: boolean | undefined;
  }): CertificateDictionary | Record<string, never> | Buffer | null;
  getPeerCert(options: { binaryForm?: boolean | undefined } = {}): object | null {
    if (!this.#native.isHandshakeDone()) throw invalidArgumentValue('handshake not done yet');
    const der = this.#native.peerCertificate();
    if (der === null || options.binaryForm === true) return der;
    return this.#context.verifyMode === VerifyMode.CERT_NONE ? {} : decodeCertificate(der);
  }

  // ---- Sessions

  /** What a later connection can resume; null before the handshake. Settable on a client before it. Python: `session`. */
  get session(): SSLSession | null {
    const native = this.#native.session();
    return native === null ? null : wrapSession(native, this.#context);
  }

  set session(session: SSLSession | null) {
    if (!(session instanceof SSLSession)) throw invalidArgumentType('session', 'an SSLSession', session);
    if (session.context !== this.#context) throw invalidArgumentValue('Session refers to a different SSLContext.');
    if (this.serverSide) throw invalidArgumentValue('Cannot set session for server-side SSLSocket.');
    if (this.#native.isHandshakeDone()) throw invalidArgumentValue('Cannot set session after handshake.');
    throwUnlessSet(this.#native.setSession(nativeSessionOf(session)));
  }

  /**
   * Asks a TLS 1.3 client for its certificate; the request goes out with the next write. Python:
   * `verify_client_post_handshake`.
   *
   * @throws SSLError `ERR_SSL_NOT_SERVER`, `ERR_SSL_WRONG_SSL_VERSION`, `ERR_SSL_EXTENSION_NOT_RECEIVED`,
   * `ERR_SSL_INVALID_CONFIG`, `ERR_SSL_STILL_IN_INIT`.
   */
  verifyClientPostHandshake(): void {
    const outcome = this.#native.verifyClientPostHandshake();
    if (outcome === NativeOutcome.failed) throw configurationError(this.#native.takeFailure().queue);
    this.#settle(outcome);
  }

  // ---- The end

  /** Frees what OpenSSL holds. Sends nothing. Later calls that need it throw `ERR_INVALID_STATE`, facts are null. */
  close(): void {
    this.#closed = true;
    this.#decision = null;
    this.#native.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw invalidState('The SSLObject is closed');
  }

  /** Ends a native call: counts, and either an outcome or a throw. */
  #settle(result: number): number {
    // OpenSSL was not called: the counts are those of another object.
    if (result <= NativeOutcome.released) return this.#settleRest(result);
    this.#consumed += progress[Progress.consumed] ?? 0;
    this.#outgoingPending = progress[Progress.outgoingPending] ?? 0;
    this.#leftover = progress[Progress.leftover] === 1;
    if (progress[Progress.events] === 1) this.#deliverEvents();
    if (result === Outcome.WANT_READ) return result;
    if (result < 0 || this.#callbackError !== null) return this.#settleRest(result);
    return result;
  }

  // Apart from #settle so that the two common results stay short enough to be inlined.
  #settleRest(result: number): number {
    switch (result) {
      case Outcome.WANT_WRITE:
      case Outcome.CLOSED:
        return result;
      case NativeOutcome.pausedClientHello:
      case NativeOutcome.pausedCertificate:
      case NativeOutcome.pausedVerify:
        this.#pausedAt = result;
        // Once decided, the call goes on with what it has taken already.
        this.#leftover = true;
        return Outcome.PAUSED;
      case NativeOutcome.released:
        throw invalidState('The SSLObject is closed');
      case NativeOutcome.busy:
        throw invalidState('A callback of this connection is running: it cannot be used before that returns');
      case NativeOutcome.wrongTransport:
        throw invalidState('The SSLObject works on MemoryBIOs: use the methods of Python, or wrapBuffers');
    }
    const callbackError = this.#callbackError;
    this.#callbackError = null;
    // As in Python, a callback's error waits until the call has succeeded, or explains why it failed.
    if (result >= 0) throw callbackError ?? invalidState('A count is not an error');
    const error = connectionError(this.#native.takeFailure(), this.#hostName);
    if (callbackError !== null && error.cause === undefined) error.cause = callbackError;
    this.#failure ??= error;
    throw error;
  }

  /** Hands key log lines and messages to whom the context names. OpenSSL has returned: they may do anything. */
  #deliverEvents(): void {
    const tracing = tracingOf(this.#context);
    const connection = this.#owner?.deref() ?? this;
    // What is called may call again: the counts are those of the call that is about to return.
    const consumed = this.#consumed;
    const produced = this.produced;
    for (const event of this.#native.takeEvents()) {
      try {
        tracing.deliver(connection as SSLObject, event);
      } catch (error) {
        this.#keepError(error, 'The messageCallback threw');
      }
    }
    this.#consumed = consumed;
    progress[Progress.produced] = produced;
  }

  /** The first error counts; what follows is often its consequence. */
  #keepError(error: unknown, message: string): void {
    this.#callbackError ??= error instanceof Error ? error : new Error(message, { cause: error });
  }

  /** Whether the decision that the handshake waits for has been taken, by the context's callback if need be. */
  #answered(): boolean {
    if (this.#decision !== null) return false;
    const context = this.#context;
    const decision = describeDecision(this.#pausedAt, {
      native: this.#native,
      hostName: this.#hostName,
      resume: () => this.#resume(decision),
      keepError: (error) => this.#keepError(error, 'The callback threw'),
      refuseUnlessSet: throwUnlessSet,
    });
    this.#decision = decision;
    if (this.#pauses) return false;
    const connection = (this.#owner?.deref() ?? this) as SSLObject;
    const consumed = this.#consumed;
    decideNow(decision, callbacksOf(context), connection, context, (error) =>
      this.#keepError(error, 'The callback threw'),
    );
    // The callback may have called this object again.
    this.#consumed = consumed;
    return true;
  }

  /** Takes an answer once, and not after the callback that gave it has closed the object. */
  #resume(decision: Decision): boolean {
    if (this.#decision !== decision || this.#closed) return false;
    this.#decision = null;
    return true;
  }
}

/** SSL_RECEIVED_SHUTDOWN without SSL_SENT_SHUTDOWN. */
const PEER_CLOSED = 2;
