/** Numbers that a seed decides, so that an iteration can be run again. Not for secrets. */
export class Random {
  #state;

  /** @param seed - an integer. @param stream - another integer, for another series of the same seed. */
  constructor(seed, stream = 0) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 0x7f4a7c15, 0xc2b2ae35)) >>> 0;
    // Neighbouring seeds differ in few bits: a few steps apart they differ in all.
    for (let step = 0; step < 4; step += 1) this.next();
  }

  /** An integer of 32 bits; the generator is mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `bound` - 1; 0 where `bound` is 0. */
  below(bound) {
    return bound > 0 ? this.next() % bound : 0;
  }

  /** True once in `times` times. */
  oneIn(times) {
    return this.below(times) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
