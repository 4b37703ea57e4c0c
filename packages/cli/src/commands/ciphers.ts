import { addExamples, type DefineVerb } from '../verb.ts';

/** `sslkit ciphers`: the cipher suites that a list selects. */
export const defineCiphers: DefineVerb = (command, { output, done }) => {
  command
    .argument('[list]', 'an OpenSSL cipher list for TLS 1.2 and below; default: what connections use')
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (list: string | undefined, options: { json?: boolean }) => {
      const { listCiphers } = await import('./ciphers/run.ts');
      done(listCiphers(list, options, output));
    });
  addExamples(
    command,
    ['sslkit ciphers', "sslkit ciphers 'ECDHE+AESGCM'", "sslkit ciphers 'ALL:@SECLEVEL=0' --json"],
    ['0 listed   2 usage'],
  );
};
