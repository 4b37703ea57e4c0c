import { constants } from 'node:os';

/** An error of the operating system in Node's shape. */
export interface SystemError extends Error {
  /** The name, such as `ECONNRESET`. */
  readonly code: string;
  /** The number as Node gives it: negative. */
  readonly errno: number;
  /** What was being done. */
  readonly syscall: string;
}

type ErrorName = keyof typeof constants.errno;

const TEXTS: Partial<Record<ErrorName, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
  EBADF: 'bad file descriptor',
  ECONNRESET: 'connection reset by peer',
  ECONNREFUSED: 'connection refused',
  EINVAL: 'invalid argument',
  EISCONN: 'socket is already connected',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the system',
  ENOPROTOOPT: 'protocol not available',
  ENOTCONN: 'socket is not connected',
  EPIPE: 'broken pipe',
};

/**
 * Makes the error that the operating system would give, in the shape Node gives it.
 *
 * @param hint - what a reader can do about it, added to the message.
 */
export function systemError(code: ErrorName, syscall: string, hint?: string): SystemError {
  const text = `${syscall} ${code}: ${TEXTS[code] ?? code}${hint === undefined ? '' : `; ${hint}`}`;
  return Object.assign(new Error(text), { code, errno: -constants.errno[code], syscall });
}

/**
 * Python's positive `errno` of an error of the operating system; null for every other error.
 *
 * An error that gathers several attempts (a host with many addresses) answers for the last one.
 */
export function errnoOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ('errno' in error && typeof error.errno === 'number' && 'syscall' in error) return Math.abs(error.errno);
  if (error instanceof AggregateError) return errnoOf(error.errors.at(-1));
  if ('code' in error && typeof error.code === 'string' && error.code in constants.errno) {
    return constants.errno[error.code as ErrorName];
  }
  return null;
}

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name as ErrorName]));

/** {@link systemError} for a number as native code gives it, below zero. */
export function numberedSystemError(number: number, syscall: string, hint?: string): SystemError {
  return systemError(NAMES.get(-number) ?? 'EINVAL', syscall, hint);
}
