// Reads that always find bytes and writes that never wait would keep the event loop from ever doing anything else: after
// so many bytes it gets a turn.
const SHARE = 1_048_576;

/** How much a connection may move before the event loop gets its turn. */
export class Fairness {
  #bytes = 0;

  /** True where a turn of the loop is due. */
  get isSpent(): boolean {
    return this.#bytes >= SHARE;
  }

  spend(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The loop has had its turn. */
  renew(): void {
    this.#bytes = 0;
  }
}
