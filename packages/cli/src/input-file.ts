import { readFileSync } from 'node:fs';
import { codeOf, inputError, messageOf } from './failure.ts';

/** The name that stands for standard input. */
const STANDARD_INPUT = '-';

/**
 * Reads a whole file, or standard input for `-`.
 *
 * @throws Failure with the exit code for input: missing, a directory, not allowed, empty.
 */
export function readInputFile(path: string): Buffer {
  const name = describeInput(path);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === STANDARD_INPUT ? 0 : path);
  } catch (error) {
    throw inputError(`${name} ${explainFileError(error)}`);
  }
  if (bytes.length === 0) throw inputError(`${name} is empty`);
  return bytes;
}

/** How messages call an input. */
export function describeInput(path: string): string {
  return path === STANDARD_INPUT ? 'standard input' : path;
}

/** Why a file cannot be used, as the end of a sentence that began with its name. */
export function explainFileError(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read or written by this user';
    case 'ENOTDIR':
      return 'leads through something that is no directory';
    case 'EEXIST':
      return 'exists already';
    case 'ENOSPC':
      return 'could not be written: the disk is full';
    default:
      return `cannot be used: ${messageOf(error)}`;
  }
}
