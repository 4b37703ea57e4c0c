import { createPrivateKey, X509Certificate } from 'node:crypto';
import { encodePem, encryptPrivateKey } from '@sslkit/x509';
import { ExitCode } from '../../exit-code.ts';
import { inputError, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { type Item, type ItemKind, recognize } from '../../material/material.ts';
import { openPrivateKey, publicHalf } from '../../material/private-key.ts';
import { requireReadable } from '../../material/readable-certificate.ts';
import type { Output } from '../../output.ts';
import { writeOutputFiles } from '../../output-file.ts';
import { type PasswordOptions, readPassword } from '../../password.ts';
import { createPkcs12 } from '../../pkcs12/create.ts';
import { openPkcs12 } from '../../pkcs12/open.ts';

/** The options of `sslkit convert`. */
export interface ConvertOptions extends PasswordOptions {
  readonly to: string;
  readonly only?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly name?: string;
  readonly encryptWith?: string;
  readonly json?: boolean;
}

const CHOICES: Readonly<Record<string, ItemKind>> = {
  certificates: 'certificate',
  certificate: 'certificate',
  key: 'privateKey',
  crl: 'crl',
  request: 'request',
};

/** Reads everything in the files and writes it in another form. */
export async function convert(files: readonly string[], options: ConvertOptions, output: Output): Promise<ExitCode> {
  const { to, only } = options;
  if (to !== 'pem' && to !== 'der' && to !== 'p12') throw usageError(`--to: '${to}' is not pem, der or p12`);
  if (only !== undefined && CHOICES[only] === undefined)
    throw usageError(`--only: '${only}' is not certificates, key, crl or request`);
  if (options.json === true && options.out === undefined)
    throw usageError('--json needs --out: standard output carries the result');
  const password = readPassword(options);
  const wanted = only === undefined ? null : CHOICES[only];
  const items = files
    .flatMap((path) => readItems(path, password))
    .filter(({ kind }) => wanted === null || kind === wanted);
  if (items.length === 0) throw inputError('there is nothing of that kind in the input');
  const content = await WRITERS[to](items, options);
  const secret = items.some(({ kind }) => kind === 'privateKey');
  if (options.out === undefined || options.out === '-') {
    if (typeof content !== 'string' && output.stdout.isTTY === true) {
      throw usageError('binary data does not belong on a terminal', 'Name a file with --out FILE, or pipe it on.');
    }
    await output.data(content);
    return ExitCode.OK;
  }
  writeOutputFiles([{ path: options.out, content, secret }], { force: options.force === true });
  const kinds = items.map(({ kind }) => kind);
  if (options.json === true) output.json({ schema: 'sslkit/convert/1', file: options.out, form: to, items: kinds });
  else output.say(`${options.out}: ${kinds.join(', ')}`);
  return ExitCode.OK;
}

/** Everything in a file, with what is encrypted opened. */
function readItems(path: string, password: string | undefined): Item[] {
  const name = describeInput(path);
  const { items } = recognize(readInputFile(path), name);
  requireReadable(items, name);
  return items.flatMap((item): Item[] => {
    if (item.kind === 'pkcs12') return [...openPkcs12(item.der, password, name).items];
    if (item.kind !== 'privateKey') return [item];
    const der = openPrivateKey(item, password, name).export({ type: 'pkcs8', format: 'der' });
    return [{ kind: 'privateKey', der, label: 'PRIVATE KEY', line: item.line, encrypted: false }];
  });
}

type Writer = (items: readonly Item[], options: ConvertOptions) => Promise<string | Uint8Array>;

const WRITERS: Readonly<Record<'pem' | 'der' | 'p12', Writer>> = { pem: writePem, der: writeDer, p12: writePkcs12 };

const LABELS: Readonly<Record<ItemKind, string>> = {
  certificate: 'CERTIFICATE',
  crl: 'X509 CRL',
  request: 'CERTIFICATE REQUEST',
  privateKey: 'PRIVATE KEY',
  publicKey: 'PUBLIC KEY',
  pkcs12: 'PKCS12',
  other: 'DATA',
};

async function writePem(items: readonly Item[], options: ConvertOptions): Promise<string> {
  const password = newPassword(options);
  const blocks: string[] = [];
  for (const { kind, der, label } of items) {
    if (kind === 'privateKey' && password !== null) blocks.push((await encryptPrivateKey(der, password)).privateKeyPem);
    else blocks.push(encodePem(kind === 'other' ? (label ?? LABELS.other) : LABELS[kind], der));
  }
  return blocks.join('');
}

async function writeDer(items: readonly Item[], options: ConvertOptions): Promise<Uint8Array> {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    const kinds = [...new Set(items.map(({ kind }) => kind))].join(', ');
    throw usageError(
      `DER holds one thing, and the input has ${items.length}: ${kinds}`,
      'Choose with --only, or write PEM.',
    );
  }
  const password = newPassword(options);
  if (item.kind !== 'privateKey' || password === null) return item.der;
  return (await encryptPrivateKey(item.der, password)).privateKey;
}

async function writePkcs12(items: readonly Item[], options: ConvertOptions): Promise<Uint8Array> {
  const password = newPassword(options);
  if (password === null) throw usageError('PKCS#12 needs a password: --encrypt-with FILE');
  const certificates = items.filter(({ kind }) => kind === 'certificate').map(({ der }) => der);
  const keys = items.filter(({ kind }) => kind === 'privateKey').map(({ der }) => der);
  if (keys.length > 1) throw usageError(`PKCS#12 takes one private key here, and the input has ${keys.length}`);
  const [privateKey = null] = keys;
  const ordered = privateKey === null ? certificates : putOwnFirst(certificates, privateKey);
  return createPkcs12({ certificates: ordered, privateKey, password, friendlyName: options.name });
}

function putOwnFirst(certificates: readonly Uint8Array[], privateKey: Uint8Array): Uint8Array[] {
  const half = publicHalf(createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }));
  const own = certificates.find((der) => publicHalf(new X509Certificate(der).publicKey).equals(half));
  if (own === undefined) throw inputError('none of the certificates belongs to the private key');
  return [own, ...certificates.filter((der) => der !== own)];
}

function newPassword({ encryptWith }: ConvertOptions): string | null {
  if (encryptWith === undefined) return null;
  const password = readPassword({ passwordFile: encryptWith }) ?? '';
  if (password === '')
    throw inputError(`${describeInput(encryptWith)} begins with an empty line: a password is needed`);
  return password;
}
