/**
 * Memory that is filled from its start again and again. To make a view of what was filled takes as long as a native call;
 * messages of one size, and batches that are full, share theirs.
 */
export class ReusedMemory {
  readonly whole: Uint8Array;
  readonly #memory: ArrayBuffer;
  #last: Uint8Array;

  /** @param size - bytes. */
  constructor(size: number) {
    this.#memory = new ArrayBuffer(size);
    this.whole = new Uint8Array(this.#memory);
    this.#last = this.whole;
  }

  /** The first `length` bytes: a view that shows the next ones when the memory is filled anew. */
  first(length: number): Uint8Array {
    if (this.#last.length !== length) this.#last = new Uint8Array(this.#memory, 0, length);
    return this.#last;
  }

  /** True for a view of this memory. */
  holds(view: Uint8Array): boolean {
    return view.buffer === this.#memory;
  }
}
