import { addExamples, CONNECTION_CODES, type DefineVerb, parseNumber } from '../verb.ts';
import type { ConnectOptions } from './connect/run.ts';

/** `sslkit connect`: connects, verifies, and says what happened. */
export const defineConnect: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target>', 'HOST:PORT, [ADDRESS]:PORT or a URL; port 443 where none is given')
    .option('--cafile <file>', 'trust the certificates of this file, and no others')
    .option('--capath <folder>', 'trust the certificates of this folder (names as openssl rehash makes them)')
    .option('--servername <name>', 'ask for this name and hold the certificate to it; default: the host')
    .option('--no-strict', 'overlook rules of RFC 5280 that old certificates break')
    .option('--insecure', 'go on when the certificate is refused; the exit code still says why')
    .option('--http <path>', 'send a GET request for this path; the body goes to standard output')
    .option('--timeout <seconds>', 'for connecting and for the handshake', parseNumber('--timeout', { min: 0.001 }), 10)
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
      'sslkit connect 192.0.2.1:443 --servername example.org --http /status',
    ],
    CONNECTION_CODES,
  );
};
