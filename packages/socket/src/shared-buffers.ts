import { ReusedMemory } from './reused-memory.ts';
import type { Transport } from './transport.ts';

// Four full records with their headers and tags, so that 64 KiB of plaintext go out in one write.
const RECORD = 16384 + 256 + 768; // largest TLSCiphertext, RFC 8446 §5.2, and what the engine wants spare
const CAPACITY = 4 * RECORD;
const WORTH_KEEPING = 4096; // below this a copy is cheaper than tying the whole buffer to a slow transport

/** The plaintext that fills one buffer. */
export const BATCH = 4 * 16384; // largest TLSPlaintext, RFC 8446 §5.1

// One of each for the thread: encrypting and writing is one synchronous step, and most transports are done with the
// bytes then; decrypting and copying is another.
let spareOutgoing: ReusedMemory | null = null;
let sparePlaintext: ReusedMemory | null = null;

/**
 * Gives memory for one batch of TLS bytes, to be given to `sendOutgoing` or `returnOutgoing` in the same turn. Taken, not
 * shared: a transport may be a TLS connection itself and need memory of its own while we write.
 */
export function borrowOutgoing(): ReusedMemory {
  const outgoing = spareOutgoing ?? new ReusedMemory(CAPACITY);
  spareOutgoing = null;
  return outgoing;
}

/** Takes back memory that was not used. */
export function returnOutgoing(outgoing: ReusedMemory): void {
  spareOutgoing = outgoing;
}

/**
 * Writes the first `length` bytes of borrowed memory to the transport, and takes the memory back.
 *
 * @returns the memory where the transport keeps it until nothing is pending any more; null where it is taken back.
 */
export function sendOutgoing(transport: Transport, outgoing: ReusedMemory, length: number): ReusedMemory | null {
  if (length === 0) {
    spareOutgoing = outgoing;
    return null;
  }
  const bytes = outgoing.first(length);
  if (transport.copiesPending === true) {
    transport.write(bytes);
    spareOutgoing = outgoing;
  } else if (length <= WORTH_KEEPING) {
    transport.write(Buffer.from(bytes));
    spareOutgoing = outgoing;
  } else {
    transport.write(bytes);
    if (transport.pendingBytes > 0) return outgoing;
    spareOutgoing = outgoing;
  }
  return null;
}

/** Who decrypts. */
export interface Decryptor {
  /** Puts plaintext into memory; gives back how many bytes, or an outcome below zero. */
  fill(plaintext: Uint8Array): number;
}

/**
 * Has `decryptor` fill memory that is big enough for a batch, and copies out what it has put there.
 *
 * @returns the copy, or the outcome below zero.
 */
export function receiveFrom(decryptor: Decryptor, limit: number): Buffer | number {
  const memory = sparePlaintext ?? new ReusedMemory(BATCH);
  sparePlaintext = null;
  try {
    const count = decryptor.fill(limit < BATCH ? memory.whole.subarray(0, limit) : memory.whole);
    return count < 0 ? count : Buffer.from(memory.first(count));
  } finally {
    sparePlaintext = memory;
  }
}
