/** A set of code points, as a table of ./tables.ts has it. */
export class CodePointSet {
  readonly #table: string;
  /** Where each range starts and, one further, where it ends (exclusive); ascending. Unpacked at the first question. */
  #bounds: readonly number[] | undefined;

  constructor(table: string) {
    this.#table = table;
  }

  has(codePoint: number): boolean {
    this.#bounds ??= unpackRanges(this.#table);
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bounds[middle] ?? 0) <= codePoint) low = middle + 1;
      else high = middle;
    }
    // An odd number of bounds at or below it: it is behind a start and before that range's end.
    return low % 2 === 1;
  }
}

/** What replaces a code point, as a table of ./tables.ts has it. */
export class CodePointMapping {
  readonly #table: string;
  #replacements: ReadonlyMap<number, string> | undefined;

  constructor(table: string) {
    this.#table = table;
  }

  get(codePoint: number): string | undefined {
    this.#replacements ??= unpackMappings(this.#table);
    return this.#replacements.get(codePoint);
  }
}

const BASE = 36;

function unpackRanges(table: string): number[] {
  const bounds: number[] = [];
  let end = 0;
  for (const entry of table.split(/\s/)) {
    const [gap = 0, length = 1] = entry.split('.').map((digits) => Number.parseInt(digits, BASE));
    bounds.push(end + gap, end + gap + length);
    end += gap + length;
  }
  return bounds;
}

function unpackMappings(table: string): Map<number, string> {
  return new Map(
    table.split(/\s/).map((entry) => {
      const [source = 0, ...replacement] = entry.split('.').map((digits) => Number.parseInt(digits, BASE));
      return [source, String.fromCodePoint(...replacement)];
    }),
  );
}
