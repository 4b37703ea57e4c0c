import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { main } from './command.ts';

const SPAWN = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, ...surroundings } = process.env;

/** The built command in a terminal of its own, where standard output and standard error are one. */
export class Terminal {
  readonly child: ChildProcessWithoutNullStreams;
  screen = '';

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const environment = { ...surroundings, TERM: 'xterm-256color', ...env };
    this.child = spawn('python3', ['-c', SPAWN, process.execPath, main, ...words], { env: environment, stdio: 'pipe' });
    this.child.stdout.on('data', (bytes) => {
      this.screen += bytes;
    });
  }

  /** Resolves when a text stands on the screen. */
  async until(text: string): Promise<void> {
    while (!this.screen.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`The command ended without '${text}': ${this.screen}`);
      await Promise.race([once(this.child.stdout, 'data'), once(this.child, 'close')]);
    }
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** Resolves to the exit code. */
  async end(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }
}
