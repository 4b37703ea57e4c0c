import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const TERMINAL = '/dev/tty';
const LINE_FEED = 0x0a;

/**
 * Asks for the password of a private key on the terminal, as OpenSSL does: without echo, and waiting for the answer.
 *
 * Null where there is nobody to ask: standard input is no terminal, or the process has none.
 */
export function promptForPassword(): Buffer | null {
  if (process.platform === 'win32' || process.stdin.isTTY !== true) return null;
  let terminal: number;
  try {
    terminal = openSync(TERMINAL, 'r+');
  } catch {
    return null;
  }
  try {
    return askWithoutEcho(terminal);
  } finally {
    closeSync(terminal);
  }
}

function askWithoutEcho(terminal: number): Buffer {
  writeSync(terminal, 'Enter PEM pass phrase:');
  setEcho(terminal, false);
  try {
    return readLine(terminal);
  } finally {
    setEcho(terminal, true);
    writeSync(terminal, '\n');
  }
}

function setEcho(terminal: number, on: boolean): void {
  // Node sets no terminal modes synchronously; POSIX has a command for it: stty(1).
  spawnSync('stty', [on ? 'echo' : '-echo'], { stdio: [terminal, 'ignore', 'ignore'] });
}

function readLine(terminal: number): Buffer {
  const line: number[] = [];
  const byte = Buffer.alloc(1);
  while (readSync(terminal, byte, 0, 1, null) === 1 && byte[0] !== LINE_FEED) line.push(byte[0] ?? 0);
  byte.fill(0);
  return Buffer.from(line);
}
