import { addExamples, type DefineVerb } from '../verb.ts';

/** `sslkit completion`: a script that completes verbs and options in a shell. */
export const defineCompletion: DefineVerb = (command, { output, done }) => {
  command
    .argument('<shell>', 'bash, zsh or fish')
    .option('--json', 'the verbs and options themselves, as JSON (docs/json.md)')
    .action(async (shell: string, options: { json?: boolean }) => {
      const { complete } = await import('./completion/run.ts');
      done(await complete(shell, options, output));
    });
  addExamples(
    command,
    [
      'source <(sslkit completion bash)',
      'sslkit completion zsh > ~/.zfunc/_sslkit',
      'sslkit completion fish > ~/.config/fish/completions/sslkit.fish',
    ],
    ['0 written   2 usage'],
  );
};
