import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ExitCode, nameOutcome } from './exit-code.ts';
import { Failure, messageOf } from './failure.ts';
import { Output, type OutputStream, printable } from './output.ts';
import type { DefineVerb } from './verb.ts';
import { findVerb, verbs } from './verbs.ts';

/** Where the command reads its surroundings from; the defaults are those of this process. */
export interface Surroundings {
  readonly stdout?: OutputStream;
  readonly stderr?: OutputStream;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Runs the `sslkit` command.
 *
 * @param words - the command line without the program: `['connect', 'example.org:443']`.
 * @returns the exit code; nothing is thrown, and the process is not ended.
 */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings = {}): Promise<ExitCode> {
  const { stdout = process.stdout, stderr = process.stderr, environment = process.env } = surroundings;
  const output = new Output(stdout, stderr, environment);
  try {
    return await run(words, output);
  } catch (error) {
    return reportFailure(error, words, output, environment);
  }
}

async function run(words: readonly string[], output: Output): Promise<ExitCode> {
  let exitCode = ExitCode.OK;
  const done = (code: ExitCode) => {
    exitCode = code;
  };
  // `sslkit help VERB` is `sslkit VERB --help`.
  const line = words[0] === 'help' && words[1] !== undefined ? [words[1], '--help'] : [...words];
  const wanted = line.find((word) => !word.startsWith('-'));
  const verb = wanted === undefined ? undefined : findVerb(wanted);
  const program = createProgram(output);
  // Only the verb that is wanted is loaded: the others are a line of help.
  for (const { name, summary } of verbs) {
    const command = program.command(name).description(summary);
    if (name !== verb?.name) continue;
    const define: DefineVerb = await verb.load();
    define(command, { output, done });
  }
  await program.parseAsync(line, { from: 'user' });
  return exitCode;
}

/** Makes the program without its verbs. */
export function createProgram(output: Output): Command {
  const program = new Command('sslkit');
  program
    .description('TLS from the command line: connects, explains, inspects, creates, and says why in words.')
    .version(readVersion(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => output.stdout.write(text),
      writeErr: (text) => output.stderr.write(text),
      outputError: (text, write) => write(`sslkit: ${text.replace(/^error: /, '')}`),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', '\nRun sslkit VERB --help for the options and examples of a verb.');
  return program;
}

/** The version of the package, whose manifest lies above `src` as above `dist`. */
function readVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}

function reportFailure(
  error: unknown,
  words: readonly string[],
  output: Output,
  environment: NodeJS.ProcessEnv,
): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version end by an exception too; what else is wrong with the line has been said by now.
    if (error.exitCode === 0) return ExitCode.OK;
    const verb = words.find((word) => !word.startsWith('-'));
    if (error.code !== 'commander.help')
      output.say(`Run sslkit ${findVerb(verb ?? '')?.name ?? ''} --help for what is possible.`.replace('  ', ' '));
    return ExitCode.USAGE;
  }
  const exitCode = error instanceof Failure ? error.exitCode : ExitCode.FAILED;
  const remedies = error instanceof Failure ? error.remedies : [];
  if (words.includes('--json')) {
    const message = messageOf(error);
    output.json({ schema: 'sslkit/error/1', outcome: nameOutcome(exitCode), exitCode, message, remedies });
  }
  const { bad } = output.talkColours;
  output.say(`${bad('sslkit:')} ${printable(messageOf(error))}`);
  for (const remedy of remedies) output.say(`  ${printable(remedy)}`);
  if (environment['SSLKIT_DEBUG'] && error instanceof Error) output.say(error.stack);
  return exitCode;
}
