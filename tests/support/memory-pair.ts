import { MemoryBIO } from '@sslkit/bio';
import { Outcome, type SSLContext, type SSLObject, type WrapOptions } from '@sslkit/context';

/** Room for the plaintext of a few records, and for the TLS bytes that one call makes. */
const ROOM = 65_536;

/** One end of a connection in memory, the same for both ways in. What fails throws, what waits is an {@link Outcome}. */
export interface MemoryEnd {
  readonly object: SSLObject;
  /** Takes all TLS bytes that are meant for the peer. */
  send(): Buffer;
  /** Hands over TLS bytes that came from the peer; nothing is done with them yet. */
  receive(bytes: Uint8Array): void;
  /** Says that the transport has ended. */
  receiveEnd(): void;
  /** The TLS bytes that were received and not used yet. */
  readonly unused: number;
  handshake(): number;
  /** Writes all of `plaintext`. */
  write(plaintext: Uint8Array): number;
  /** Reads what there is: at least a byte, or an outcome. */
  read(): Buffer | number;
  unwrap(): number;
}

/** A client and a server that are not connected but by whoever moves their bytes. */
export interface MemoryPair {
  readonly client: MemoryEnd;
  readonly server: MemoryEnd;
}

/** How the two are made. */
export interface MemoryPairOptions {
  /** Over two pairs of `MemoryBIO`, or over buffers of the caller's. Default: `bio`. */
  way?: 'bio' | 'buffers';
  /** Default: the server name `localhost`. */
  client?: WrapOptions;
  server?: WrapOptions;
}

/** The ways in, for tests that hold for both. */
export const WAYS = ['bio', 'buffers'] as const;

/** Makes a client and a server of these contexts. */
export function makeMemoryPair(client: SSLContext, server: SSLContext, options: MemoryPairOptions = {}): MemoryPair {
  const make = options.way === 'buffers' ? makeBufferEnd : makeBioEnd;
  return {
    client: make(client, { serverHostname: 'localhost', ...options.client }),
    server: make(server, { serverSide: true, ...options.server }),
  };
}

/** Turns a flight into the pieces in which it arrives. */
export type Cut = (flight: Buffer) => Buffer[];

/** Cuts each flight in two behind `offset` bytes. */
export function cutAt(offset: number): Cut {
  return (flight) => [flight.subarray(0, offset), flight.subarray(offset)].filter((piece) => piece.length > 0);
}

/** Cuts each flight into pieces of `size` bytes. */
export function cutEvery(size: number): Cut {
  return (flight) =>
    Array.from({ length: Math.ceil(flight.length / size) }, (_, index) =>
      flight.subarray(index * size, (index + 1) * size),
    );
}

const WHOLE: Cut = (flight) => [flight];

/**
 * Carries a handshake through and returns the lengths of its flights.
 *
 * @param cut - how the bytes arrive; the receiver goes on after each piece. Default: in one piece.
 * @throws what either side throws.
 */
export function shakeHands({ client, server }: MemoryPair, cut: Cut = WHOLE): number[] {
  const flights: number[] = [];
  let clientOutcome = client.handshake();
  let serverOutcome = server.handshake();
  for (;;) {
    const before = flights.length;
    serverOutcome = carry(client, server, cut, flights) ?? serverOutcome;
    clientOutcome = carry(server, client, cut, flights) ?? clientOutcome;
    if (flights.length > before) continue;
    if (clientOutcome === Outcome.DONE && serverOutcome === Outcome.DONE) return flights;
    throw new Error(`The handshake stands still: client ${clientOutcome}, server ${serverOutcome}`);
  }
}

/** Moves one flight and lets the receiver's handshake go on; undefined where there was none. */
function carry(from: MemoryEnd, to: MemoryEnd, cut: Cut, flights: number[]): number | undefined {
  const flight = from.send();
  if (flight.length === 0) return undefined;
  flights.push(flight.length);
  let outcome: number | undefined;
  for (const piece of cut(flight)) {
    to.receive(piece);
    outcome = to.handshake();
  }
  return outcome;
}

/** What a handshake that fails throws on each side; undefined for a side that has not failed. */
export interface HandshakeFailure {
  readonly client: unknown;
  readonly server: unknown;
}

/** Carries a handshake as far as it goes, alerts included, and returns what was thrown. */
export function collectHandshakeErrors(pair: MemoryPair): HandshakeFailure {
  const failure: { client: unknown; server: unknown } = { client: undefined, server: undefined };
  const advance = (side: 'client' | 'server') => {
    if (failure[side] !== undefined) return;
    try {
      // A TLS 1.3 client is done before the server looks at its certificate: the server's alert meets a read.
      const outcome = pair[side].handshake();
      if (outcome === Outcome.DONE) pair[side].read();
    } catch (error) {
      failure[side] = error;
    }
  };
  advance('client');
  for (;;) {
    const toServer = pair.client.send();
    if (toServer.length > 0) {
      pair.server.receive(toServer);
      advance('server');
    }
    const toClient = pair.server.send();
    if (toClient.length > 0) {
      pair.client.receive(toClient);
      advance('client');
    }
    if (toServer.length === 0 && toClient.length === 0) return failure;
  }
}

/** Moves all TLS bytes from one end to the other without letting it do anything, and returns how many. */
export function moveBytes(from: MemoryEnd, to: MemoryEnd): number {
  const bytes = from.send();
  to.receive(bytes);
  return bytes.length;
}

/** Makes an end on two `MemoryBIO`. */
export function makeBioEnd(context: SSLContext, options: WrapOptions): MemoryEnd {
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const object = context.wrapBio(incoming, outgoing, options);
  return {
    object,
    send: () => outgoing.read(),
    receive: (bytes) => void incoming.write(bytes),
    receiveEnd: () => incoming.writeEof(),
    get unused() {
      return incoming.pending;
    },
    handshake: () => object.tryHandshake(),
    write: (plaintext) => object.tryWrite(plaintext),
    read() {
      const plaintext = Buffer.alloc(ROOM);
      const outcome = object.tryRead(plaintext);
      return outcome > 0 ? plaintext.subarray(0, outcome) : outcome;
    },
    unwrap: () => object.tryUnwrap(),
  };
}

/** Makes an end on buffers. */
export function makeBufferEnd(context: SSLContext, options: WrapOptions): MemoryEnd {
  const object = context.wrapBuffers(options);
  let received: Buffer = Buffer.alloc(0);
  let sent: Buffer = Buffer.alloc(0);
  const take = (outcome: number) => {
    received = received.subarray(object.consumed);
    return outcome;
  };
  const drain = () => {
    const room = Buffer.alloc(object.outgoingPending);
    sent = Buffer.concat([sent, room.subarray(0, object.drain(room))]);
  };
  return {
    object,
    send() {
      drain();
      const bytes = sent;
      sent = Buffer.alloc(0);
      return bytes;
    },
    receive(bytes) {
      received = Buffer.concat([received, bytes]);
    },
    receiveEnd: () => object.endIncoming(),
    get unused() {
      return received.length;
    },
    handshake: () => take(object.tryHandshake(received)),
    write(plaintext) {
      const outgoing = Buffer.alloc(ROOM);
      let taken = 0;
      do {
        const outcome = object.encrypt(plaintext.subarray(taken), outgoing);
        if (outcome < 0) return outcome;
        sent = Buffer.concat([sent, outgoing.subarray(0, object.produced)]);
        taken += outcome;
      } while (taken < plaintext.length);
      return taken;
    },
    read() {
      const plaintext = Buffer.alloc(ROOM);
      const outcome = take(object.decrypt(received, plaintext));
      return outcome > 0 ? plaintext.subarray(0, outcome) : outcome;
    },
    unwrap: () => take(object.tryUnwrap(received)),
  };
}
