import { addExamples, collect, type DefineVerb, parseNumber } from '../verb.ts';
import type { CreateOptions } from './create/options.ts';

/** `sslkit create`: makes certificates, keys, requests and revocation lists. */
export const defineCreate: DefineVerb = (command, { output, done }) => {
  command
    .argument('<kind>', 'ca, intermediate, server, client, selfsigned, csr or crl')
    .argument('[name...]', 'the name of an authority; host names and addresses of a server; the name of a client')
    .option('--ca <file>', 'the certificate of the authority that signs')
    .option('--ca-key <file>', 'its private key; default: in the file of --ca, or the same name with .key')
    .option('--csr <file>', 'sign this request instead of making a key')
    .option('--key <file>', 'use this private key instead of a new one')
    .option('--key-type <type>', 'P-256, P-384, P-521, Ed25519, RSA-2048, RSA-3072 or RSA-4096 (default: P-256)')
    .option('--subject <name>', 'such as "CN=example.org, O=Example"')
    .option('--days <days>', 'how long it is valid', parseNumber('--days', { min: 0.01, max: 36_500 }))
    .option('--revoke <certificate>', 'for crl: a file or a serial number; may be repeated', collect)
    .option('--reason <reason>', 'for crl: such as keyCompromise or superseded')
    .option('--out <name>', 'write NAME.pem and NAME.key; - for standard output')
    .option('--force', 'overwrite files')
    .option('--password-file <file>', 'the password of encrypted keys that are read; else SSLKIT_PASSWORD')
    .option('--encrypt-with <file>', 'encrypt the new private key with the password in this file')
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (kind: string, names: string[], options: CreateOptions) => {
      const { create } = await import('./create/run.ts');
      done(await create(kind, names, options, output));
    });
  addExamples(
    command,
    [
      'sslkit create ca "My CA" --out ca',
      'sslkit create server localhost 127.0.0.1 --ca ca.pem --out server',
      'sslkit create crl --ca ca.pem --revoke server.pem --reason keyCompromise --out revoked',
    ],
    ['0 written   2 usage   3 a file that is missing, damaged or there already'],
  );
};
