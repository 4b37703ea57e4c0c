import type { OutputStream } from './output.ts';

const PATIENCE = 1000; // milliseconds; what is quicker needs no bar
const RHYTHM = 250; // milliseconds; a bar that stands still while a host hangs shows that it does
const WIDTH = 30; // cells

/** A bar on a terminal, for work that takes longer than a second; nothing in a pipe. */
export class Progress {
  readonly #stream: OutputStream;
  readonly #total: number;
  readonly #timer: NodeJS.Timeout | null;
  readonly #start = performance.now();
  readonly #endsOnInterrupt: boolean;
  #done = 0;
  #drawnAt = 0;
  #isShown = false;

  /** @param endsOnInterrupt - whether Ctrl-C, which takes the bar away, ends the process too. */
  constructor(stream: OutputStream, total: number, { endsOnInterrupt }: { endsOnInterrupt: boolean }) {
    this.#stream = stream;
    this.#total = total;
    this.#endsOnInterrupt = endsOnInterrupt;
    const isTerminal = stream.isTTY === true;
    this.#timer = isTerminal ? setInterval(() => this.#draw(), RHYTHM) : null;
    if (isTerminal) process.once('SIGINT', this.#interrupt);
  }

  /** Notes that one more is done. @returns whether the bar was due to be drawn: now and then, and for the last */
  step(): boolean {
    this.#done++;
    // Work that computes lets no timer run; work in small steps is not to draw each of them.
    const isDue = this.#done === this.#total || performance.now() - this.#drawnAt >= RHYTHM;
    if (this.#timer !== null && isDue) this.#draw();
    return isDue;
  }

  /** Takes the bar away for good. */
  end(): void {
    process.off('SIGINT', this.#interrupt);
    if (this.#timer !== null) clearInterval(this.#timer);
    // Erase in Line, ECMA-48 §8.3.41.
    if (this.#isShown) this.#stream.write('\r\u001b[K');
    this.#isShown = false;
  }

  #draw(): void {
    this.#drawnAt = performance.now();
    const elapsed = this.#drawnAt - this.#start;
    if (elapsed < PATIENCE) return;
    this.#isShown = true;
    const cells = Math.round((this.#done / this.#total) * WIDTH);
    const bar = `${'█'.repeat(cells)}${'░'.repeat(WIDTH - cells)}`;
    this.#stream.write(`\r${bar} ${this.#done}/${this.#total} ${Math.floor(elapsed / 1000)} s`);
  }

  readonly #interrupt = (): void => {
    this.end();
    // Once more without us: who started the process is to see that the signal ended it.
    if (this.#endsOnInterrupt) process.kill(process.pid, 'SIGINT');
  };
}
