import { addIdentityOptions, addRouteOptions, addVerificationOptions } from '../connection-options.ts';
import { addExamples, CONNECTION_CODES, type DefineVerb, parseNumber } from '../verb.ts';
import type { WatchOptions } from './watch/run.ts';

/** `sslkit watch`: expiry and change of many servers at once. */
export const defineWatch: DefineVerb = (command, { output, done }) => {
  command
    .argument(
      '<target...>',
      'HOST:PORT, or URLs such as smtp://HOST; files with one of them in each line; - for standard input',
    )
    .option('--warn-days <days>', 'warn when fewer days are left', parseNumber('--warn-days', { min: 0 }), 21)
    .option('--critical-days <days>', 'below these it is urgent', parseNumber('--critical-days', { min: 0 }), 7)
    .option('--state <file>', 'keep the fingerprints there, and tell which certificates have changed since')
    .option(
      '--concurrency <number>',
      'how many at the same time',
      parseNumber('--concurrency', { min: 1, max: 1000, whole: true }),
      16,
    )
    .option('--every <seconds>', 'go on and look again, until interrupted', parseNumber('--every', { min: 1 }))
    .option('--format <format>', 'table, json or prometheus', 'table');
  addIdentityOptions(addRouteOptions(addVerificationOptions(command)))
    .option('--prometheus', 'the same as --format prometheus')
    .option('--json', 'the same as --format json (docs/json.md)')
    .action(async (targets: string[], options: WatchOptions) => {
      const { watch } = await import('./watch/run.ts');
      done(await watch(targets, options, output));
    });
  addExamples(
    command,
    [
      'sslkit watch example.org example.com:8443',
      'sslkit watch hosts.txt --warn-days 30 --state seen.json',
      'sslkit watch hosts.txt smtp://mail.example.org --prometheus > /var/lib/node_exporter/sslkit.prom',
    ],
    [...CONNECTION_CODES, '12 expires soon, or has changed   13 expires very soon   of several, the worst is given'],
  );
};
