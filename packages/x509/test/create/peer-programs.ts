import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files by name, to be laid out in a folder of their own. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

function answers(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export const hasOpenssl = answers('openssl', 'version');
export const hasPython = answers('python3', '-c', 'import ssl');

function runIn(files: Files, command: string, args: readonly string[]): { output: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-create-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { stdout, stderr, status } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    return { output: stdout + stderr, status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs openssl and returns what it prints; a failure is an error with its output. */
export function openssl(files: Files, ...args: string[]): string {
  const { output, status } = runIn(files, 'openssl', args);
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${output}`);
  return output;
}

/** Runs openssl where it is to fail, and returns what it prints. */
export function opensslRefusal(files: Files, ...args: string[]): string {
  const { output, status } = runIn(files, 'openssl', args);
  if (status === 0) throw new Error(`openssl ${args.join(' ')} succeeded: ${output}`);
  return output;
}

/** Runs a Python program and returns what it prints; a failure is an error with its output. */
export function python(files: Files, program: string): string {
  const { output, status } = runIn(files, 'python3', ['-c', program]);
  if (status !== 0) throw new Error(`python3: ${output}`);
  return output.trim();
}

/** Makes a key with openssl and returns its PEM. */
export function opensslKey(...args: string[]): string {
  return execFileSync('openssl', ['genpkey', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
