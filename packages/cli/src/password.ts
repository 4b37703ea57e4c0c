import { readInputFile } from './input-file.ts';

/** Where a password comes from. */
export interface PasswordOptions {
  readonly passwordFile?: string | undefined;
}

/**
 * Reads a password: the first line of a file, or of standard input for `-`; else the variable `SSLKIT_PASSWORD`.
 *
 * Not an option by itself: the command line of a process is there for every user of the machine to read.
 */
export function readPassword({ passwordFile }: PasswordOptions): string | undefined {
  if (passwordFile === undefined) return process.env['SSLKIT_PASSWORD'];
  return readInputFile(passwordFile).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}
