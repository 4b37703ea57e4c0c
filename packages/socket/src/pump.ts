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
//     3. done? return. Else sleep until the transport has something to tell, and start again.
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
import { stillInHandshake, unreadData } from './closing.ts';
import { type Wait, Wakeup } from './deadlines.ts';
import { Fairness } from './fairness.ts';
import { settleDecision } from './handshake.ts';
import { Life, type Survivor } from './life.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { BATCH, type Decryptor, receiveFrom } from './shared-buffers.ts';
import type { Transport, TransportListener } from './transport.ts';
import { runInBudget } from './turn-budget.ts';
import { isOutcome, type ReadOwner, type ReadTarget, WaitingRead } from './waiting-read.ts';
import { Wire } from './wire.ts';

const EMPTY = Buffer.alloc(0);

/** A count where the caller has given the memory. */
type ReadResult = Buffer | number;

/** The channel over any {@link Transport}. */
export class StreamPump implements Channel, TransportListener, Survivor, ReadOwner<ReadResult>, Decryptor {
  readonly #engine: SSLObject;
  readonly #transport: Transport;
  readonly #owner: object;
  readonly #changed = new Wakeup();
  readonly #fairness = new Fairness();
  readonly #life: Life;
  readonly #wire: Wire;
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  #decision: Promise<void> | null = null;
  #reading = false;
  #waitingRead: { retry(): number } | null = null;
  #writing = false;

  /**
   * Takes over `engine`, which it closes in the end, and attaches itself to `transport`.
   *
   * @param owner - what callbacks are given as the connection.
   */
  constructor(engine: SSLObject, transport: Transport, owner: object) {
    this.#engine = engine;
    this.#owner = owner;
    this.#transport = transport;
    const life = new Life(transport, this);
    const wire = new Wire(engine, transport, life);
    this.#life = life;
    this.#wire = wire;
    this.#receiver = new Receiver(engine, transport, wire, life);
    this.#sender = new Sender(engine, transport, wire, life, this.#receiver);
    transport.attach(this);
  }

  get state(): ChannelState {
    return this.#life.state;
  }

  get ended(): Ending | null {
    return this.#life.ended;
  }

  async handshake(wait: Wait): Promise<void> {
    while (this.#life.state === 'handshaking') {
      const { wakes } = this.#changed;
      const outcome = await runInBudget(() => this.#tryHandshake());
      if (outcome >= 0) break;
      // The budget has put time between the step and the sleep: what came meanwhile would not wake anybody.
      if (wakes === this.#changed.wakes) await this.#overcome(outcome, wait);
    }
    this.#life.assertAlive();
  }

  readInto(plaintext: Uint8Array, wait: Wait): number | Promise<number> {
    if (this.#reading) throw conflict('read');
    if (plaintext.length === 0) return 0;
    return this.#read(plaintext, wait) as number | Promise<number>;
  }

  read(limit: number, wait: Wait): Buffer | Promise<Buffer> {
    if (this.#reading) throw conflict('read');
    if (limit === 0) return EMPTY;
    return this.#read(limit, wait) as Buffer | Promise<Buffer>;
  }

  write(plaintext: Uint8Array, wait: Wait): number | Promise<number> {
    if (this.#writing) throw conflict('write');
    const ready = this.#life.state !== 'handshaking' && this.#transport.pendingBytes === 0;
    const taken = ready ? Math.max(this.#trySend(plaintext), 0) : 0;
    const handedOn = this.#transport.pendingBytes === 0 && !this.#fairness.isSpent;
    return ready && taken === plaintext.length && handedOn ? taken : this.#writeSlowly(plaintext, taken, wait);
  }

  async waitReadable(wait: Wait): Promise<void> {
    for (;;) {
      this.#life.assertAlive();
      if (this.#receiver.readable) return;
      await this.#changed.sleep(wait);
    }
  }

  async waitWritable(wait: Wait): Promise<void> {
    this.#life.assertAlive();
    while (this.#transport.pendingBytes > 0 && this.#transport.error === null) {
      await this.#changed.sleep(wait);
      this.#life.assertAlive();
    }
  }

  async finish(wait: Wait): Promise<void> {
    if (this.#writing) throw conflict('write');
    this.#life.assertAlive();
    if (this.#life.state === 'open') this.#sender.sendCloseNotify();
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
    this.#life.release();
    this.#engine.close();
  }

  async absorb(wait: Wait): Promise<void> {
    if (this.#life.state === 'handshaking') await this.handshake(wait);
    this.#life.assertAlive();
    const receiver = this.#receiver;
    if (receiver.stashed > BATCH) throw invalidState('There is plaintext to be read before more can be worked off');
    if (this.#life.ended !== null) return;
    if (this.#wire.isClogged) return this.#overcome(Outcome.WANT_WRITE, wait);
    if (!receiver.stashIncoming() && !receiver.transportIsOver()) await this.#overcome(Outcome.WANT_READ, wait);
  }

  unread(plaintext: Uint8Array): void {
    this.#receiver.unread(plaintext);
  }

  drop(reason: () => Error): void {
    if (!this.#life.close(reason)) return;
    this.#receiver.clear();
    this.#engine.close();
    this.wakeAll();
  }

  async close(reason: () => Error): Promise<void> {
    // Once the peer has been told, the transport is closed no sooner than that can arrive.
    const told = this.#life.state === 'closing' && this.#transport.error === null;
    this.drop(reason);
    await this.#life.closeTransport(told);
  }

  /** From the transport. */
  readable(): void {
    this.#fairness.renew();
    if (this.#life.isLingering()) return;
    this.#retryRead();
    this.#changed.wake();
  }

  /** From the transport. */
  drained(): void {
    this.#fairness.renew();
    this.#wire.settle();
    if (this.#life.isLingering()) return;
    this.#changed.wake();
    this.#retryRead();
  }

  /** From the end of the connection. */
  sayGoodbye(): void {
    this.#wire.flush();
  }

  /** From the end of the connection. */
  wakeAll(): void {
    this.#retryRead();
    this.#changed.wake();
  }

  #tryHandshake(): number {
    if (this.#life.state !== 'handshaking') return Outcome.DONE;
    const transport = this.#transport;
    for (;;) {
      const incoming = transport.read();
      if (incoming === null && transport.error !== null) throw this.#life.break(transport.error);
      // The engine words this failure itself: it knows how far the handshake has come.
      if (incoming === null && transport.ended) this.#engine.endIncoming();
      const outcome = this.#wire.exchange(incoming, (bytes) => this.#engine.tryHandshake(bytes));
      if (outcome >= 0) {
        this.#life.state = 'open';
        this.#changed.wake();
      }
      if (outcome !== Outcome.WANT_READ || incoming === null) return outcome;
    }
  }

  #tryUnwrap(): number {
    const life = this.#life;
    const receiver = this.#receiver;
    life.assertAlive();
    if (life.state === 'handshaking') throw stillInHandshake();
    while (life.ended === null && !this.#wire.isClogged && receiver.stashIncoming());
    if (receiver.stashed > 0) throw unreadData();
    if (life.ended === null && this.#wire.isClogged) return Outcome.WANT_WRITE;
    if (life.state === 'open') this.#sender.sendCloseNotify();
    if (life.ended === null && !receiver.transportIsOver()) return Outcome.WANT_READ;
    if (life.ended === 'truncated') throw new SSLEOFError();
    return this.#wire.exchange(null, (incoming) => this.#engine.tryUnwrap(incoming));
  }

  /** From a read: decrypts what the transport has. */
  fill(plaintext: Uint8Array): number {
    const outcome = this.#receiver.tryRead(plaintext);
    if (outcome > 0) this.#fairness.spend(outcome);
    return outcome;
  }

  /** From the read that waits, and from the one that need not. */
  attemptRead(target: ReadTarget): ReadResult {
    // Memory is found when there is something to put into it: a connection that waits holds none.
    return typeof target === 'number' ? receiveFrom(this, target) : this.fill(target);
  }

  #read(target: ReadTarget, wait: Wait): ReadResult | Promise<ReadResult> {
    if (this.#life.state === 'handshaking') return this.#readBehindHandshake(target, wait);
    if (this.#fairness.isSpent && wait.blocking) return this.#readNextTurn(target, wait);
    const result = this.attemptRead(target);
    if (!isOutcome(result)) return result;
    if (!wait.blocking) throw wantError(result);
    return this.#wait(target, wait, result);
  }

  /** Waits behind an attempt that had `outcome`. */
  #wait(target: ReadTarget, wait: Wait, outcome: number): Promise<ReadResult> {
    const read = new WaitingRead<ReadResult>(target, this);
    this.#reading = true;
    this.#waitingRead = read;
    read.guard(wait);
    if (outcome === Outcome.PAUSED) this.#decide();
    return read.promise;
  }

  /** From the read that has waited. */
  onReadEnd(): void {
    this.#reading = false;
    this.#waitingRead = null;
  }

  #retryRead(): void {
    if (this.#waitingRead === null) return;
    if (this.#wire.isBusy) queueMicrotask(() => this.#retryRead());
    else if (this.#waitingRead.retry() === Outcome.PAUSED) this.#decide();
  }

  async #readBehindHandshake(target: ReadTarget, wait: Wait): Promise<ReadResult> {
    this.#reading = true;
    try {
      await this.handshake(wait);
    } finally {
      this.#reading = false;
    }
    return this.#read(target, wait);
  }

  #readNextTurn(target: ReadTarget, wait: Wait): Promise<ReadResult> {
    setImmediate(() => {
      this.#fairness.renew();
      this.#retryRead();
    });
    return this.#wait(target, wait, Outcome.WANT_READ);
  }

  #trySend(plaintext: Uint8Array): number {
    const outcome = this.#sender.trySend(plaintext);
    if (outcome > 0) this.#fairness.spend(outcome);
    return outcome;
  }

  async #writeSlowly(plaintext: Uint8Array, taken: number, wait: Wait): Promise<number> {
    this.#writing = true;
    try {
      if (this.#life.state === 'handshaking') await this.handshake(wait);
      let offset = taken;
      while (offset < plaintext.length) {
        this.#sender.assertWritable();
        if (this.#fairness.isSpent) await this.#yieldTurn();
        if (this.#transport.pendingBytes > 0) {
          if (!wait.blocking && offset > 0) return offset;
          await this.#overcome(Outcome.WANT_WRITE, wait);
          continue;
        }
        const outcome = this.#trySend(plaintext.subarray(offset));
        if (outcome >= 0) offset += outcome;
        else if (outcome !== Outcome.WANT_READ || !this.#receiver.stashIncoming()) await this.#overcome(outcome, wait);
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
      if (this.#transport.error !== null) throw this.#life.break(this.#transport.error);
      await this.#overcome(Outcome.WANT_WRITE, wait);
      this.#life.assertAlive();
    }
  }

  async #yieldTurn(): Promise<void> {
    await new Promise(setImmediate);
    this.#fairness.renew();
    this.#life.assertAlive();
  }

  /** Sleeps until something has changed that may help after `outcome`. */
  async #overcome(outcome: number, wait: Wait): Promise<void> {
    if (!wait.blocking) throw wantError(outcome);
    if (outcome === Outcome.PAUSED) this.#decide();
    // Closing the connection ends the sleep behind a decision too, however long that takes.
    await this.#changed.sleep(wait);
  }

  /** Has the user's callback asked, and everybody who waits look again when it has answered. */
  #decide(): void {
    this.#decision ??= settleDecision(this.#engine, this.#owner).then((error) => {
      this.#decision = null;
      this.#life.callbackError ??= error;
      this.#retryRead();
      this.#changed.wake();
    });
  }
}

function wantError(outcome: number): Error {
  return outcome === Outcome.WANT_WRITE ? new SSLWantWriteError() : new SSLWantReadError();
}

function conflict(what: 'read' | 'write'): Error {
  return invalidState(`Another ${what} is in progress on this connection: wait for it before the next`);
}
