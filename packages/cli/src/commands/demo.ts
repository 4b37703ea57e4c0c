import { addExamples, type DefineVerb } from '../verb.ts';

/** `sslkit demo`: a verified connection, TLS taken off again, and three refusals, all on this machine. */
export const defineDemo: DefineVerb = (command, { output, done }) => {
  command.option('--json', 'report as JSON (docs/json.md)').action(async (options: { json?: boolean }) => {
    const { demonstrate } = await import('./demo/run.ts');
    done(await demonstrate(options, output));
  });
  addExamples(command, ['sslkit demo', 'sslkit demo --json'], ['0 all came out as it says   1 something did not']);
};
