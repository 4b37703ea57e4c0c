import { addRouteOptions } from '../connection-options.ts';
import { addExamples, type DefineVerb } from '../verb.ts';
import type { MatchOptions } from './match/run.ts';

/** `sslkit match`: whether a certificate is for a name, by Python's rule and by OpenSSL's. */
export const defineMatch: DefineVerb = (command, { output, done }) => {
  addRouteOptions(
    command
      .argument('<source>', 'a file whose first certificate is asked, - for standard input, or HOST:PORT')
      .argument('<name...>', 'host names or addresses'),
  )
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (source: string, names: string[], options: MatchOptions) => {
      const { match } = await import('./match/run.ts');
      done(await match(source, names, options, output));
    });
  addExamples(
    command,
    ['sslkit match server.pem example.org www.example.org', 'sslkit match example.org:443 10.0.0.1'],
    ['0 every name matches by the rule of OpenSSL, which connections use; 8 one does not'],
  );
};
