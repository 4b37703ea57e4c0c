import { addExamples, type DefineVerb } from '../verb.ts';
import type { ConvertOptions } from './convert/run.ts';

/** `sslkit convert`: PEM, DER and PKCS#12, either way. */
export const defineConvert: DefineVerb = (command, { output, done }) => {
  command
    .argument('<file...>', 'what to read, in any of the forms; - for standard input')
    .requiredOption('--to <form>', 'pem, der or p12')
    .option('--only <kind>', 'certificates, key, crl or request: leave everything else out')
    .option('--out <file>', 'where to write; default: standard output')
    .option('--force', 'overwrite the file')
    .option('--name <name>', 'p12: the name that programs show for the entry')
    .option('--password-file <file>', 'the password of what is read; else SSLKIT_PASSWORD')
    .option('--encrypt-with <file>', 'the password for what is written: needed for p12, encrypts keys in pem and der')
    .option('--json', 'report as JSON what was written; needs --out (docs/json.md)')
    .action(async (files: string[], options: ConvertOptions) => {
      const { convert } = await import('./convert/run.ts');
      done(await convert(files, options, output));
    });
  addExamples(
    command,
    [
      'sslkit convert server.pem server.key --to p12 --encrypt-with password.txt --out server.p12',
      'sslkit convert identity.pfx --to pem --only certificates --password-file password.txt',
      'sslkit convert ca.pem --to der --out ca.der',
    ],
    ['0 written   2 usage   3 a file that is missing, damaged or there already; a wrong password'],
  );
};
