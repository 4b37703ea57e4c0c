import { addExamples, type DefineVerb, parseNumber } from '../verb.ts';

/** `sslkit random`: strong random bytes from OpenSSL. */
export const defineRandom: DefineVerb = (command, { output, done }) => {
  command
    .argument('[count]', 'how many bytes', parseNumber('count', { min: 1, max: 1_073_741_824, whole: true }), 32)
    .option('--form <form>', 'hex, base64, base64url or raw', 'hex')
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (count: number, options: { form: string; json?: boolean }) => {
      const { writeRandom } = await import('./random/run.ts');
      done(await writeRandom(count, options, output));
    });
  addExamples(
    command,
    ['sslkit random', 'sslkit random 16 --form base64url', 'sslkit random 1024 --form raw > noise'],
    ['0 written   2 usage'],
  );
};
