import { addConnectionOptions } from '../connection-options.ts';
import { addExamples, type DefineVerb, parseNumber } from '../verb.ts';
import type { TunnelOptions } from './tunnel/run.ts';

/** `sslkit tunnel`: lets a program without TLS reach a server with it. */
export const defineTunnel: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target>', 'the TLS server: HOST:PORT')
    .option(
      '--port <port>',
      'where to listen for plaintext; 0 takes a free port',
      parseNumber('--port', { min: 0, max: 65_535, whole: true }),
      0,
    )
    .option('--host <address>', 'the address to listen at', '127.0.0.1');
  addConnectionOptions(command)
    .option('--once', 'end after the first connection')
    .option('--json', 'tell what happens as lines of JSON (docs/json.md)')
    .action(async (target: string, options: TunnelOptions) => {
      const { openTunnel } = await import('./tunnel/run.ts');
      done(await openTunnel(target, options, output));
    });
  addExamples(
    command,
    ['sslkit tunnel db.example.org:6432 --port 5432', 'sslkit tunnel mail.example.org --starttls imap --port 1143'],
    [
      '0 ended by Ctrl-C or SIGTERM   1 cannot listen there   2 usage   3 file',
      'with --once, 4 to 11 as connect has them for its connection',
    ],
  );
};
