import { ExitCode } from './exit-code.ts';

/** A failure that the command words itself: one sentence, what to do about it, and the exit code. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** What the reader can do, one sentence each. */
  readonly remedies: readonly string[];

  constructor(message: string, exitCode: ExitCode = ExitCode.FAILED, remedies: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.remedies = remedies;
  }

  static {
    Object.defineProperty(Failure.prototype, 'name', { value: 'Failure', configurable: true, writable: true });
  }
}

/** A command line that is wrong. */
export function usageError(message: string, ...remedies: string[]): Failure {
  return new Failure(message, ExitCode.USAGE, remedies);
}

/** A file, or what is in it, that cannot be used. */
export function inputError(message: string, ...remedies: string[]): Failure {
  return new Failure(message, ExitCode.INPUT, remedies);
}

/** The `code` of an error in Node's manner, or an empty text. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The words of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
