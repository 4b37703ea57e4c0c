import { addExamples, type DefineVerb } from '../verb.ts';

/** `sslkit paths`: where OpenSSL looks for certificates to trust, and what is there. */
export const definePaths: DefineVerb = (command, { output, done }) => {
  command.option('--json', 'report as JSON (docs/json.md)').action(async (options: { json?: boolean }) => {
    const { listPaths } = await import('./doctor/paths.ts');
    done(listPaths(options, output));
  });
  addExamples(command, ['sslkit paths', 'SSL_CERT_FILE=ca.pem sslkit paths --json'], ['0 listed   2 usage']);
};
