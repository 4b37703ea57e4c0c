import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built command: what people run. */
export const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a run of the command ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What can differ between runs. */
export interface RunOptions {
  /** Given to standard input; nothing by default. */
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

// What a developer has set must not change what the tests see.
const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, SSLKIT_DEBUG: _debug, ...surroundings } = process.env;

/** Starts the built command in a pipe. */
export function start(words: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build`);
  const { env = {}, cwd } = options;
  return spawn(process.execPath, [main, ...words], { env: { ...surroundings, ...env }, cwd, stdio: 'pipe' });
}

/** Runs the built command in a pipe to its end. */
export async function sslkit(words: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = start(words, options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Runs the command and reads the JSON it prints. */
export async function sslkitJson(words: readonly string[], options: RunOptions = {}) {
  const run = await sslkit([...words, '--json'], options);
  return { ...run, json: JSON.parse(run.stdout) };
}
