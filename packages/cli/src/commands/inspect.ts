import { addRouteOptions } from '../connection-options.ts';
import { addExamples, type DefineVerb } from '../verb.ts';
import type { InspectOptions } from './inspect/run.ts';

/** `sslkit inspect`: says what is in a file, or what a server shows. */
export const defineInspect: DefineVerb = (command, { output, done }) => {
  addRouteOptions(
    command
      .argument('<source...>', 'files, - for standard input, or HOST:PORT')
      .option(
        '--profile <profile>',
        'lint for the public web (webpki) or for a private authority (internal)',
        'internal',
      )
      .option('--check', 'end with 12 when lint finds an error')
      .option('--no-lint', 'leave lint out')
      .option('--servername <name>', 'ask a server for this name; default: the host')
      .option('--password-file <file>', 'the password of an encrypted key or PKCS#12 file; else SSLKIT_PASSWORD'),
  )
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (sources: string[], options: InspectOptions) => {
      const { inspect } = await import('./inspect/run.ts');
      done(await inspect(sources, options, output));
    });
  addExamples(
    command,
    [
      'sslkit inspect server.pem',
      'sslkit inspect example.org:443 --profile webpki --check',
      'sslkit inspect identity.p12 --password-file password.txt --json',
    ],
    ['0 read   2 usage   3 file   4 unreachable   5 not TLS   6 handshake failed', '12 --check: lint found an error'],
  );
};
