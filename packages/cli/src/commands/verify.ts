import { addRouteOptions, addVerificationOptions } from '../connection-options.ts';
import { addExamples, CONNECTION_CODES, collect, type DefineVerb } from '../verb.ts';
import type { VerifyOptions } from './verify/run.ts';

/** `sslkit verify`: verifies a chain, and says everything that is wrong with it. */
export const defineVerify: DefineVerb = (command, { output, done }) => {
  addVerificationOptions(
    command.argument('<source>', 'a file whose first certificate is verified, - for standard input, or HOST:PORT'),
  )
    .option('--untrusted <file>', 'more intermediate certificates to build the chain with; may be repeated', collect)
    .option('--name <host>', 'the host name or address it must be for; default: that of HOST')
    .option('--purpose <purpose>', 'server or client', 'server')
    .option('--at <date>', 'when it must be valid, such as 2027-01-31; default: now')
    .option('--crl-all', 'check revocation of every certificate in the chain');
  addRouteOptions(command)
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (source: string, options: VerifyOptions) => {
      const { verify } = await import('./verify/run.ts');
      done(await verify(source, options, output));
    });
  addExamples(
    command,
    [
      'sslkit verify server.pem --cafile ca.pem --name example.org',
      'sslkit verify example.org --at 2027-01-31',
      'sslkit verify client.pem --purpose client --cafile ca.pem --crl revoked.pem',
    ],
    CONNECTION_CODES,
  );
};
