// Theory of operation
//
// The actors. An *engine* (an SSLObject on caller-owned buffers) turns plaintext into TLS bytes and back; it never
// waits, never sleeps and knows no socket. A *transport* holds the bytes that have arrived until somebody reads them,
// takes bytes to send at once, and says when something has changed. Up to two callers: one that reads and one that
// writes. The pump stands between the three.
//
// The rule. Every operation is the same loop:
//
//     1. run one step of the engine on what the transport has,
//     2. hand everything the engine wants to send to the transport,
//     3. done? return. Else sleep on the one thing that can help, and start again.
//
// 1 and 2 happen in one synchronous stretch (wire.ts). Nobody else can come in between, so TLS records reach the transport in the
// order in which the engine made them, and no lock is needed.
//
// The trap. One operation at the surface may need both directions below. A read answers a KeyUpdate or a request for a
// certificate, so it has to *send*; a write in the middle of a TLS 1.2 renegotiation cannot go on before the peer's
// next flight, so it has to *receive*. With a reader and a writer at the same time, three things can go wrong:
//
// - *Two readers below.* The writer takes bytes that the reader sleeps for. Since a transport holds bytes until they are
//   taken and wakes everybody, it does not matter who takes them: each sleeper looks again for itself. What must not be
//   lost is plaintext that the writer finds on its way to the flight it needs: it goes into the *stash*, from which the
//   next read is served.
// - *Two writers below.* Handing bytes to the transport never waits, so a read can always send its answer. But a peer
//   that asks without end and never reads would fill our memory with answers: once too many of them are pending
//   (wire.ts), reading stops until the transport has drained.
// - *A deadlock.* Both peers write, all buffers between them are full, both wait for the other to read. A pump whose
//   reader had to wait for the writer would wait for ever. Here the reader never waits for the transport to drain
//   (except beyond that limit, which needs a hostile peer), so whoever reads frees the other's writer.
//
// Bytes that TLS must not see. Plaintext may follow the peer's close_notify in the same chunk. The engine takes nothing
// behind close_notify, and what it has not taken goes back into the transport *in the same turn*: so a stream that
// has meanwhile met its end still owns these bytes and hands them to whoever reads it next.
//
// Failure. What the engine throws is fatal. The alert it has queued is sent, the
// transport is closed behind it (closing.ts), and every call, now or later, rejects with the first error. Bytes that
// arrived before the transport failed are worked off first: an alert or a close_notify explains more than a reset does.

import { Outcome, type SSLObject } from '@sslkit/context';
import { invalidState, SSLEOFError, SSLWantReadError, SSLWantWriteError } from '@sslkit/errors';
import type { Channel, ChannelState, Ending } from './channel.ts';
import { alreadyShutDown, Lingering, stillInHandshake, unreadData } from './closing.ts';
import { type Wait, Wakeup } from './deadlines.ts';
import { runInBudget, settleDecision } from './handshake.ts';
import { BATCH, receiveBy } from './shared-buffers.ts';
import { Stash } from './stash.ts';
import type { Transport } from './transport.ts';
import { Wire } from './wire.ts';

const EMPTY = Buffer.alloc(0);
const STASH_STEP = 16_384; // largest TLS record payload, RFC 8446 §5.1
// Writes that never wait would keep the event loop from ever reading: after so many bytes it gets a turn.
const FAIRNESS = 1_048_576;

/** The channel over any {@link Transport}. */
export class StreamPump implements Channel {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  readonly #owner: object;
  readonly #arrived = new Wakeup();
  readonly #drained = new Wakeup();
  #state: ChannelState = 'handshaking';
  #ended: Ending | null = null;
  #failure: unknown = null;
  #lingering: Lingering | null = null;
  #decision: Promise<void> | null = null;
  #callbackError: Error | null = null;
  #reading = false;
  #writing = false;
  readonly #stash = new Stash();
  readonly #wire: Wire;
  #bytesSinceTurn = 0;

  /**
   * Takes over `engine`, which it closes in the end, and attaches itself to `transport`.
   *
   * @param owner - what callbacks are given as the connection.
   */
  constructor(engine: SSLObject, transport: Transport, owner: object) {
    this.#engine = engine;
    this.#owner = owner;
    this.#wire = new Wire(engine, transport);
    this.#transport = transport;
    transport.attach({ readable: () => this.#onReadable(), drained: () => this.#onDrained() });
  }

  get state(): ChannelState {
    return this.#state;
  }

  get ended(): Ending | null {
    return this.#ended;
  }

  async handshake(wait: Wait): Promise<void> {
    while (this.#state === 'handshaking') {
      const { wakes } = this.#arrived;
      const outcome = await runInBudget(() => this.#tryHandshake());
      if (outcome >= 0) break;
      // The budget has put time between the step and the sleep: what came meanwhile would not wake anybody.
      if (wakes === this.#arrived.wakes) await this.#overcome(outcome, wait);
    }
    this.#assertAlive();
  }

  readInto(plaintext: Uint8Array, wait: Wait): number | Promise<number> {
    if (this.#reading) throw conflict('read');
    if (plaintext.length === 0) return 0;
    return this.#retryRead(() => this.#tryRead(plaintext), wait);
  }

  read(limit: number, wait: Wait): Buffer | Promise<Buffer> {
    if (this.#reading) throw conflict('read');
    if (limit === 0) return EMPTY;
    // Memory is found when there is something to put into it: a connection that waits holds none.
    return this.#retryRead(() => receiveBy(limit, (plaintext) => this.#tryRead(plaintext)), wait);
  }

  write(plaintext: Uint8Array, wait: Wait): number | Promise<number> {
    if (this.#writing) throw conflict('write');
    const ready = this.#state !== 'handshaking' && this.#transport.pendingBytes === 0;
    const taken = ready ? Math.max(this.#tryWrite(plaintext), 0) : 0;
    const handedOn = this.#transport.pendingBytes === 0 && this.#bytesSinceTurn < FAIRNESS;
    return ready && taken === plaintext.length && handedOn ? taken : this.#writeSlowly(plaintext, taken, wait);
  }

  async waitReadable(wait: Wait): Promise<void> {
    for (;;) {
      this.#assertAlive();
      if (this.#ended !== null || this.#stash.length > 0 || this.#engine.pending() > 0) return;
      const incoming = this.#transport.read();
      if (incoming !== null) this.#transport.unread(incoming);
      if (incoming !== null || this.#transport.ended || this.#transport.error !== null) return;
      await this.#arrived.sleep(wait);
    }
  }

  async waitWritable(wait: Wait): Promise<void> {
    this.#assertAlive();
    while (this.#transport.pendingBytes > 0 && this.#transport.error === null) {
      await this.#drained.sleep(wait);
      this.#assertAlive();
    }
  }

  async finish(wait: Wait): Promise<void> {
    if (this.#writing) throw conflict('write');
    this.#assertAlive();
    if (this.#state === 'open') this.#sendCloseNotify();
    await this.#handOn(wait);
    this.#transport.end();
  }

  async unwrap(wait: Wait): Promise<void> {
    if (this.#reading) throw conflict('read');
    if (this.#writing) throw conflict('write');
    this.#reading = true;
    this.#writing = true;
    try {
      let outcome = this.#tryUnwrap();
      while (outcome < 0) {
        await this.#overcome(outcome, wait);
        outcome = this.#tryUnwrap();
      }
    } finally {
      this.#reading = false;
      this.#writing = false;
    }
    this.#state = 'released';
    this.#failure = invalidState('TLS has been taken off this connection');
    this.#engine.close();
  }

  async absorb(wait: Wait): Promise<void> {
    if (this.#state === 'handshaking') await this.handshake(wait);
    this.#assertAlive();
    if (this.#stash.length > BATCH) throw invalidState('There is plaintext to be read before more can be worked off');
    if (this.#ended !== null || this.#stashIncoming() || this.#transportIsOver()) return;
    await this.#overcome(Outcome.WANT_READ, wait);
  }

  unread(plaintext: Uint8Array): void {
    this.#stash.prepend(plaintext);
  }

  drop(reason: Error): void {
    if (this.#state === 'closed' || this.#state === 'released') return;
    if (this.#state !== 'broken') this.#failure = reason;
    this.#state = 'closed';
    this.#stash.clear();
    this.#engine.close();
    this.#wakeAll();
  }

  async close(reason: Error): Promise<void> {
    const said = this.#state === 'closing' && this.#transport.error === null;
    this.drop(reason);
    // Once the peer has been told, the transport is closed no sooner than that can arrive.
    if (said) this.#lingering ??= new Lingering(this.#transport);
    if (this.#lingering === null) await this.#transport.close();
  }

  #onReadable(): void {
    if (this.#lingering !== null) this.#lingering.advance();
    else if (this.#transport.error === null) this.#arrived.wake();
    else this.#wakeAll();
  }

  #onDrained(): void {
    this.#wire.forgiveAnswers();
    if (this.#lingering !== null) this.#lingering.advance();
    else this.#drained.wake();
  }

  #wakeAll(): void {
    this.#arrived.wake();
    this.#drained.wake();
  }

  #assertAlive(): void {
    if (this.#state === 'broken' || this.#state === 'closed' || this.#state === 'released') throw this.#failure;
  }

  /** One step of the engine; what it throws ends the connection. */
  #step(incoming: Uint8Array | null, call: (incoming: Uint8Array) => number): number {
    try {
      return this.#wire.exchange(incoming, call);
    } catch (error) {
      throw this.#break(error);
    }
  }

  /** Ends the connection for good and gives back the error to throw. */
  #break(error: unknown): unknown {
    if (this.#state === 'broken' || this.#state === 'closed') return this.#failure;
    this.#state = 'broken';
    this.#failure = error;
    // The alert that a callback's error has become says little about it.
    if (error instanceof Error && this.#callbackError !== null) error.cause ??= this.#callbackError;
    // OpenSSL has an alert for a transport that has ended too, which nobody waits for; before the version is agreed
    // on, it would not even pass for TLS.
    if (this.#transport.error === null && !this.#transport.ended) this.#wire.flush();
    this.#lingering = new Lingering(this.#transport);
    this.#wakeAll();
    return error;
  }

  #tryHandshake(): number {
    if (this.#state !== 'handshaking') return Outcome.DONE;
    for (;;) {
      const incoming = this.#transport.read();
      if (incoming === null && this.#transport.error !== null) throw this.#break(this.#transport.error);
      // The engine words this failure itself: it knows how far the handshake has come.
      if (incoming === null && this.#transport.ended) this.#engine.endIncoming();
      const outcome = this.#step(incoming, (bytes) => this.#engine.tryHandshake(bytes));
      if (outcome >= 0) {
        this.#state = 'open';
        this.#arrived.wake();
      }
      if (outcome !== Outcome.WANT_READ || incoming === null) return outcome;
    }
  }

  #tryRead(plaintext: Uint8Array): number {
    this.#assertAlive();
    if (this.#stash.length > 0) return this.#stash.take(plaintext);
    while (this.#ended === null) {
      if (this.#wire.isClogged) return Outcome.WANT_WRITE;
      const incoming = this.#transport.read();
      const outcome = this.#step(incoming, (bytes) => this.#engine.decrypt(bytes, plaintext));
      if (outcome === Outcome.CLOSED) this.#ended = 'close_notify';
      else if (outcome !== Outcome.WANT_READ) return outcome;
      else if (incoming === null && !this.#transportIsOver()) return outcome;
    }
    if (this.#ended === 'truncated') throw new SSLEOFError();
    return 0;
  }

  /** With nothing left to read: true where the peer has ended the transport under TLS. */
  #transportIsOver(): boolean {
    if (this.#transport.ended) this.#ended = 'truncated';
    else if (this.#transport.error !== null) throw this.#break(this.#transport.error);
    return this.#ended !== null;
  }

  #tryWrite(plaintext: Uint8Array): number {
    this.#assertWritable();
    let outcome: number;
    try {
      outcome = this.#wire.send(plaintext);
    } catch (error) {
      throw this.#break(error);
    }
    if (this.#transport.error !== null) this.#assertWritable();
    if (outcome > 0) this.#bytesSinceTurn += outcome;
    return outcome;
  }

  #assertWritable(): void {
    this.#assertAlive();
    if (this.#state === 'closing') throw alreadyShutDown();
    if (this.#transport.error === null) return;
    // An alert that came before the reset says why.
    while (this.#ended === null && this.#stashIncoming());
    throw this.#break(this.#transport.error);
  }

  #sendCloseNotify(): void {
    // OpenSSL sends ours, then looks for the peer's: data that it found in its place would end the connection.
    while (this.#stashIncoming(null));
    this.#state = 'closing';
    this.#step(null, (incoming) => this.#engine.tryUnwrap(incoming));
  }

  #tryUnwrap(): number {
    this.#assertAlive();
    if (this.#state === 'handshaking') throw stillInHandshake();
    while (this.#ended === null && this.#stashIncoming());
    if (this.#stash.length > 0) throw unreadData();
    if (this.#state === 'open') this.#sendCloseNotify();
    if (this.#ended === null && !this.#transportIsOver()) return Outcome.WANT_READ;
    if (this.#ended === 'truncated') throw new SSLEOFError();
    return this.#step(null, (incoming) => this.#engine.tryUnwrap(incoming));
  }

  #retryRead<T>(attempt: () => T | number, wait: Wait): T | Promise<T> {
    const result = this.#state === 'handshaking' ? Outcome.WANT_READ : attempt();
    return isOutcome(result) ? this.#readSlowly(attempt, wait) : result;
  }

  async #readSlowly<T>(attempt: () => T | number, wait: Wait): Promise<T> {
    this.#reading = true;
    try {
      if (this.#state === 'handshaking') await this.handshake(wait);
      for (;;) {
        const result = attempt();
        if (!isOutcome(result)) return result;
        await this.#overcome(result, wait);
      }
    } finally {
      this.#reading = false;
    }
  }

  async #writeSlowly(plaintext: Uint8Array, taken: number, wait: Wait): Promise<number> {
    this.#writing = true;
    try {
      if (this.#state === 'handshaking') await this.handshake(wait);
      let offset = taken;
      while (offset < plaintext.length) {
        this.#assertWritable();
        if (this.#bytesSinceTurn >= FAIRNESS) await this.#yieldTurn();
        if (this.#transport.pendingBytes > 0) {
          if (!wait.blocking && offset > 0) return offset;
          await this.#overcome(Outcome.WANT_WRITE, wait);
          continue;
        }
        const outcome = this.#tryWrite(plaintext.subarray(offset));
        if (outcome >= 0) offset += outcome;
        else if (outcome !== Outcome.WANT_READ || !this.#stashIncoming()) await this.#overcome(outcome, wait);
      }
      if (wait.blocking) await this.#handOn(wait);
      return offset;
    } finally {
      this.#writing = false;
    }
  }

  /** Sleeps until the transport has handed everything on: what is closed after that loses nothing. */
  async #handOn(wait: Wait): Promise<void> {
    while (this.#transport.pendingBytes > 0) {
      if (this.#transport.error !== null) throw this.#break(this.#transport.error);
      await this.#overcome(Outcome.WANT_WRITE, wait);
      this.#assertAlive();
    }
  }

  async #yieldTurn(): Promise<void> {
    this.#bytesSinceTurn = 0;
    await new Promise(setImmediate);
    this.#assertAlive();
  }

  /**
   * Decrypts one piece on behalf of a call that gives out no plaintext, and keeps what comes of it for the next read.
   * True where something was read.
   *
   * @param incoming - null for what the engine itself has left.
   */
  #stashIncoming(incoming = this.#transport.read()): boolean {
    const plaintext = Buffer.allocUnsafe(STASH_STEP);
    const outcome = this.#step(incoming, (bytes) => this.#engine.decrypt(bytes, plaintext));
    if (outcome > 0) this.#stash.append(plaintext.subarray(0, outcome));
    else if (outcome === Outcome.CLOSED) this.#ended = 'close_notify';
    return outcome > 0 || (incoming !== null && outcome === Outcome.WANT_READ);
  }

  /** Sleeps on the one thing that can help after `outcome`. */
  async #overcome(outcome: number, wait: Wait): Promise<void> {
    if (outcome === Outcome.WANT_READ) {
      if (!wait.blocking) throw new SSLWantReadError();
      await this.#arrived.sleep(wait);
    } else if (outcome === Outcome.WANT_WRITE) {
      if (!wait.blocking) throw new SSLWantWriteError();
      await this.#drained.sleep(wait);
    } else {
      if (!wait.blocking) throw new SSLWantReadError();
      this.#decision ??= settleDecision(this.#engine, this.#owner).then((error) => {
        this.#decision = null;
        this.#callbackError ??= error;
        this.#arrived.wake();
      });
      // Closing the connection ends this sleep too, however long the decision takes.
      await this.#arrived.sleep(wait);
    }
  }
}

/** Tells the outcomes that are not done from a count or a buffer. */
function isOutcome(result: unknown): result is number {
  return typeof result === 'number' && result < 0;
}

function conflict(what: 'read' | 'write'): Error {
  return invalidState(`Another ${what} is in progress on this connection: wait for it before the next`);
}
