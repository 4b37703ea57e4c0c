import { addAttemptOptions, addConnectionOptions, LONGEST_TIMEOUT } from '../connection-options.ts';
import { addExamples, CONNECTION_CODES, type DefineVerb, parseNumber } from '../verb.ts';
import type { ConnectOptions } from './connect/run.ts';

/** `sslkit connect`: connects, verifies, and says what happened. */
export const defineConnect: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target>', 'HOST:PORT, [ADDRESS]:PORT or a URL; port 443 where none is given')
    .option('--http <path>', 'send a GET request for this path; the body goes to standard output')
    .option('-i, --interactive', 'let keyboard and server talk; ~? in a line of its own lists what else can be done')
    .option(
      '--linger <seconds>',
      'with -i, once piped input has ended: after how much silence the server is told so; default: --timeout',
      parseNumber('--linger', { min: 0, max: LONGEST_TIMEOUT }),
    );
  addAttemptOptions(addConnectionOptions(command))
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (target: string, options: ConnectOptions) => {
      const { connect } = await import('./connect/run.ts');
      done(await connect(target, options, output));
    });
  addExamples(
    command,
    [
      'sslkit connect example.org',
      'sslkit connect localhost:8443 --cafile ca.pem --json',
      'sslkit connect mail.example.org:25 --starttls smtp --interactive',
    ],
    CONNECTION_CODES,
  );
};
