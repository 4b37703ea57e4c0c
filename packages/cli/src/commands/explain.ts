import { addAttemptOptions, addConnectionOptions } from '../connection-options.ts';
import { addExamples, CONNECTION_CODES, type DefineVerb } from '../verb.ts';
import type { ExplainOptions } from './explain/run.ts';

/** `sslkit explain`: draws a handshake and says why it came out as it did. */
export const defineExplain: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target...>', 'HOST:PORT, [ADDRESS]:PORT or a URL; two of them with --diff')
    .option('--diff', 'compare what two servers do')
    .option('--html <file>', 'write the same as a page that needs nothing else')
    .option('--force', 'overwrite the page')
    .option('--details', 'tell everything that is in each message');
  addAttemptOptions(addConnectionOptions(command))
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (targets: string[], options: ExplainOptions) => {
      const { explain } = await import('./explain/run.ts');
      done(await explain(targets, options, output));
    });
  addExamples(
    command,
    [
      'sslkit explain example.org',
      'sslkit explain example.org --html handshake.html',
      'sslkit explain --diff www.example.org new.example.org',
    ],
    [...CONNECTION_CODES, '12 --diff: the servers differ'],
  );
};
