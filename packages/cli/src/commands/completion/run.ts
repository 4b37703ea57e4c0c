import { createProgram } from '../../command-line.ts';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';
import { verbs } from '../../verbs.ts';
import { type CompletedVerb, renderBash, renderFish, renderZsh } from './scripts.ts';

const RENDERERS: Readonly<Record<string, (verbs: readonly CompletedVerb[]) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
};

/** Writes the script for a shell. */
export async function complete(shell: string, options: { json?: boolean }, output: Output): Promise<ExitCode> {
  const render = RENDERERS[shell];
  if (render === undefined) throw usageError(`'${shell}' is not one of ${Object.keys(RENDERERS).join(', ')}`);
  const completed = await readVerbs(output);
  if (options.json === true) output.json({ schema: 'sslkit/completion/1', verbs: completed });
  else await output.data(render(completed));
  return ExitCode.OK;
}

/** The verbs and options as they are defined, so that no list of them can grow old. */
async function readVerbs(output: Output): Promise<CompletedVerb[]> {
  const program = createProgram(output);
  const completed: CompletedVerb[] = [];
  for (const { name, summary, load } of verbs) {
    const command = program.command(name);
    (await load())(command, { output, done: () => {} });
    const options = command.options.map(({ long, short, description, required, optional }) => ({
      names: [short, long].filter((flag) => flag !== undefined),
      summary: description,
      takesValue: required || optional,
    }));
    completed.push({
      name,
      summary,
      options: [...options, { names: ['-h', '--help'], summary: 'help for this verb', takesValue: false }],
    });
  }
  return completed;
}
