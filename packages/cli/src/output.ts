import type { Writable } from 'node:stream';

/** A stream to write to, of which it may be known that it is a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The colours by what they mean. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/**
 * Where a command writes: data to standard output, talk to standard error.
 *
 * Colour is used on a terminal, never in a pipe; `NO_COLOR` turns it off and `FORCE_COLOR` on (no-color.org,
 * force-color.org).
 */
export class Output {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** For what goes to standard output. */
  readonly dataColours: Palette;
  /** For what goes to standard error. */
  readonly talkColours: Palette;
  /** Whether the words for people go to standard error, since standard output carries something else. */
  quietData = false;

  constructor(stdout: OutputStream, stderr: OutputStream, environment: NodeJS.ProcessEnv) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.dataColours = choosePalette(stdout, environment);
    this.talkColours = choosePalette(stderr, environment);
  }

  /** Writes a line of data, or of the report while standard output carries something else. */
  report(line: string): void {
    (this.quietData ? this.stderr : this.stdout).write(`${line}\n`);
  }

  /** The colours of {@link report}. */
  get colours(): Palette {
    return this.quietData ? this.talkColours : this.dataColours;
  }

  /** Writes data as it is, and resolves when the reader has room for more. */
  async data(bytes: string | Uint8Array): Promise<void> {
    if (this.stdout.write(bytes) || this.stdout.destroyed) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.stdout.off('drain', go);
        this.stdout.off('close', go);
        resolve();
      };
      this.stdout.once('drain', go);
      this.stdout.once('close', go);
    });
  }

  /** Writes a value as JSON, which ends a line. */
  json(value: unknown): void {
    this.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes a line of talk. */
  say(line = ''): void {
    this.stderr.write(`${line}\n`);
  }
}

function choosePalette(stream: OutputStream, environment: NodeJS.ProcessEnv): Palette {
  const { NO_COLOR: never = '', FORCE_COLOR: always = '', TERM: terminal = '' } = environment;
  if (always !== '' && always !== '0') return COLOURED;
  if (never !== '' || always === '0' || terminal === 'dumb') return PLAIN;
  return stream.isTTY === true ? COLOURED : PLAIN;
}

const same = (text: string) => text;
const PLAIN: Palette = { good: same, bad: same, warn: same, strong: same, faint: same };

// Select Graphic Rendition, ECMA-48 §8.3.117: the eight colours that every terminal has.
const paint = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
const COLOURED: Palette = {
  good: paint(32, 39),
  bad: paint(31, 39),
  warn: paint(33, 39),
  strong: paint(1, 22),
  faint: paint(2, 22),
};

/**
 * Makes foreign text safe to show: control characters, and those that turn the direction of writing, become `\u{…}`.
 *
 * What a peer sends, names in certificates above all, could otherwise move the cursor and rewrite the report.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
