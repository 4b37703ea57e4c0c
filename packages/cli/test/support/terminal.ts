import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { main } from './command.ts';

const SPAWN = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, ...surroundings } = process.env;

/** A program in a terminal of its own, where standard output and standard error are one: the built command by default. */
export class Terminal {
  readonly child: ChildProcessWithoutNullStreams;
  screen = '';
  readonly #closed: Promise<unknown>;
  #isClosed = false;
  #seen = 0;

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}, program = [process.execPath, main]) {
    const environment = { ...surroundings, TERM: 'xterm-256color', ...env };
    this.child = spawn('python3', ['-c', SPAWN, ...program, ...words], { env: environment, stdio: 'pipe' });
    this.child.stdout.on('data', (bytes) => {
      this.screen += bytes;
    });
    // Not `exit`, which may come before the last of what was written.
    this.#closed = once(this.child, 'close').then(() => {
      this.#isClosed = true;
    });
  }

  /** Resolves when a text has come to the screen after the one that was last waited for. */
  async until(text: string | RegExp): Promise<void> {
    for (;;) {
      const found = find(this.screen, text, this.#seen);
      if (found !== null) {
        this.#seen = found;
        return;
      }
      if (this.#isClosed) throw new Error(`The command ended without '${text}': ${this.screen}`);
      await Promise.race([once(this.child.stdout, 'data'), this.#closed]);
    }
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** Resolves to the exit code. */
  async end(): Promise<number | null> {
    await this.#closed;
    return this.child.exitCode;
  }
}

/** Where a text ends that begins at or behind a place; null where there is none. */
function find(screen: string, text: string | RegExp, from: number): number | null {
  const rest = screen.slice(from);
  const [match] = typeof text === 'string' ? [text] : (rest.match(text) ?? ['']);
  const start = match === '' ? -1 : rest.indexOf(match);
  return start < 0 ? null : from + start + match.length;
}
