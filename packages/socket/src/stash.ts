const EMPTY = Buffer.alloc(0);

/** Plaintext that was decrypted and not asked for yet; the next read is served from it. */
export class Stash {
  #plaintext: Uint8Array = EMPTY;

  get length(): number {
    return this.#plaintext.length;
  }

  /** Adds behind what is there. */
  append(plaintext: Uint8Array): void {
    this.#plaintext = this.length === 0 ? plaintext : Buffer.concat([this.#plaintext, plaintext]);
  }

  /** Adds before what is there. */
  prepend(plaintext: Uint8Array): void {
    this.#plaintext = this.length === 0 ? plaintext : Buffer.concat([plaintext, this.#plaintext]);
  }

  /** Moves as much as fits into `plaintext`; gives back how much. */
  take(plaintext: Uint8Array): number {
    const length = Math.min(plaintext.length, this.length);
    plaintext.set(this.#plaintext.subarray(0, length));
    this.#plaintext = this.length === length ? EMPTY : this.#plaintext.subarray(length);
    return length;
  }

  clear(): void {
    this.#plaintext = EMPTY;
  }
}
