import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { usageError } from './failure.ts';
import type { Output } from './output.ts';

/** What a verb works with. */
export interface VerbContext {
  readonly output: Output;
  /** Takes the exit code that the verb ends with. */
  readonly done: (code: ExitCode) => void;
}

/** Adds the arguments, options and the action of a verb to its command. Loads nothing heavy: actions do that. */
export type DefineVerb = (command: Command, context: VerbContext) => void;

/** Adds examples and exit codes to the help of a verb. */
export function addExamples(command: Command, examples: readonly string[], exitCodes: readonly string[] = []): void {
  const lines = ['', 'Examples:', ...examples.map((example) => `  $ ${example}`)];
  if (exitCodes.length > 0) lines.push('', 'Exit codes:', ...exitCodes.map((line) => `  ${line}`));
  command.addHelpText('after', lines.join('\n'));
}

/** The exit codes of verbs that connect and verify. */
export const CONNECTION_CODES = [
  '0 verified   4 unreachable   5 not TLS   6 handshake failed   7 untrusted   8 other name',
  '9 expired    10 revoked      11 refused for another reason    2 usage       3 file',
];

/**
 * Reads the value of an option that is a number.
 *
 * @throws Failure with the exit code for usage.
 */
export function parseNumber(option: string, limits: { min: number; max?: number; whole?: boolean }) {
  const { min, max = Number.MAX_SAFE_INTEGER, whole = false } = limits;
  return (text: string): number => {
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw usageError(`${option}: '${text}' is not a ${whole ? 'whole ' : ''}number ${range}`);
  };
}

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
