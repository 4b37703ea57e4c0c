/** A message that ends too early, or is longer than it says. */
export class MalformedMessage extends Error {}

/** Reads the presentation language of TLS, RFC 8446 §3: numbers in network order, and vectors with their length in front. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#number(1);
  }

  uint16(): number {
    return this.#number(2);
  }

  uint24(): number {
    return this.#number(3);
  }

  uint32(): number {
    return this.#number(4);
  }

  bytes(count: number): Uint8Array {
    if (count > this.left) throw new MalformedMessage('The message ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A vector whose length has so many octets. */
  vector(lengthOctets: 1 | 2 | 3): ByteReader {
    return new ByteReader(this.bytes(this.#number(lengthOctets)));
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  /** Calls `read` until nothing is left. */
  list<T>(read: (reader: ByteReader) => T): T[] {
    const items: T[] = [];
    while (this.left > 0) items.push(read(this));
    return items;
  }

  #number(octets: number): number {
    return this.bytes(octets).reduce((value, octet) => value * 256 + octet, 0);
  }
}
