import { addExamples, collect, type DefineVerb, parseNumber } from '../verb.ts';
import type { ServeOptions } from './serve/options.ts';

/** `sslkit serve`: a TLS server for trying things. */
export const defineServe: DefineVerb = (command, { output, done }) => {
  command
    .option(
      '--port <port>',
      'where to listen; 0 takes a free port',
      parseNumber('--port', { min: 0, max: 65_535, whole: true }),
      8443,
    )
    .option('--host <address>', 'the address to listen at; 0.0.0.0 and :: are every one', '127.0.0.1')
    .option(
      '--cert <file>',
      'a certificate with its chain; may be repeated, SNI chooses; default: one made up for localhost',
      collect,
    )
    .option(
      '--key <file>',
      'the key of the --cert at the same place; default: in its file, or the same name with .key',
      collect,
    )
    .option('--password-file <file>', 'the password of encrypted keys; else SSLKIT_PASSWORD')
    .option('--ca-out <file>', 'write the authority of the made-up certificate there, for --cafile of clients')
    .option('--echo', 'send back what comes in, instead of a page over HTTPS that tells what was negotiated')
    .option('--root <folder>', 'serve the files of a folder over HTTPS')
    .option('--to <target>', 'forward to this HOST:PORT in plaintext')
    .option('--client-ca <file>', 'want a client certificate of these authorities')
    .option('--client-optional', 'with --client-ca: let clients without a certificate in')
    .option('--tls <versions>', 'a version or a range, such as 1.2 or 1.0-1.3')
    .option('--ciphers <list>', 'cipher suites of TLS 1.2 and below, as an OpenSSL list')
    .option('--ciphersuites <list>', 'cipher suites of TLS 1.3, separated by colons')
    .option('--groups <list>', 'groups for key agreement, separated by colons')
    .option('--alpn <protocols>', 'application protocols to accept, separated by commas')
    .option('--keylog <file>', 'append the secrets of connections for Wireshark: who has them can read along')
    .option('--once', 'end after the first connection')
    .option('--json', 'tell what happens as lines of JSON (docs/json.md)')
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./serve/run.ts');
      done(await serve(options, output));
    });
  addExamples(
    command,
    [
      'sslkit serve --ca-out ca.pem',
      'sslkit serve --cert server.pem --root public --host 0.0.0.0 --port 443',
      'sslkit serve --cert server.pem --client-ca ca.pem --to localhost:5432',
    ],
    ['0 ended by Ctrl-C or SIGTERM   1 cannot listen there   2 usage   3 file'],
  );
};
