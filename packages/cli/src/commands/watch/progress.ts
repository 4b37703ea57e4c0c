import type { OutputStream } from '../../output.ts';

const PATIENCE = 1000; // milliseconds; what is quicker needs no bar
const WIDTH = 30; // cells

/** A bar on a terminal, for work that takes longer than a second; nothing in a pipe. */
export class Progress {
  readonly #stream: OutputStream;
  readonly #total: number;
  readonly #start = performance.now();
  #done = 0;
  #isShown = false;

  constructor(stream: OutputStream, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  /** Notes that one more is done. */
  step(): void {
    this.#done++;
    if (this.#stream.isTTY !== true || performance.now() - this.#start < PATIENCE) return;
    this.#isShown = true;
    const cells = Math.round((this.#done / this.#total) * WIDTH);
    this.#stream.write(`\r${'█'.repeat(cells)}${'░'.repeat(WIDTH - cells)} ${this.#done}/${this.#total}`);
  }

  /** Takes the bar away. */
  clear(): void {
    // Erase in Line, ECMA-48 §8.3.41.
    if (this.#isShown) this.#stream.write('\r\u001b[K');
    this.#isShown = false;
  }
}
