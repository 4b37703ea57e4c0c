import { addExamples, type DefineVerb } from '../verb.ts';

/** `sslkit doctor`: which Node, which OpenSSL, what works, what is trusted. */
export const defineDoctor: DefineVerb = (command, { output, done }) => {
  command.option('--json', 'report as JSON (docs/json.md)').action(async (options: { json?: boolean }) => {
    const { examine } = await import('./doctor/run.ts');
    done(await examine(options, output));
  });
  addExamples(command, ['sslkit doctor', 'sslkit doctor --json'], ['0 everything works; 12 something needs attention']);
};
