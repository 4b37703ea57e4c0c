import { createCrl, createRequest, type RevocationReasonInput } from '@sslkit/x509';
import { summarizeCertificate } from '../../certificate-summary.ts';
import { ExitCode } from '../../exit-code.ts';
import { inputError, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { recognize } from '../../material/material.ts';
import { requireReadable } from '../../material/readable-certificate.ts';
import { type Output, printable } from '../../output.ts';
import { type OutputFile, writeOutputFiles } from '../../output-file.ts';
import { Progress } from '../../progress.ts';
import { readAuthority } from './authority.ts';
import { type Issued, issueCertificate, wordCreationErrors } from './issue.ts';
import { encryptKey, readKeyOptions } from './key.ts';
import { type CreateOptions, KINDS, type Kind } from './options.ts';
import { parseSubject } from './subject.ts';

/** Creates something and writes it to files. */
export async function create(
  text: string,
  names: readonly string[],
  options: CreateOptions,
  output: Output,
): Promise<ExitCode> {
  const kind = KINDS.find((candidate) => candidate === text);
  if (kind === undefined) throw usageError(`'${text}' cannot be created`, `Expected one of ${KINDS.join(', ')}.`);
  checkOptions(kind, names, options);
  // A large RSA key can take seconds to find.
  const progress = new Progress(output.stderr, 1, { endsOnInterrupt: true });
  const made = await wordCreationErrors(() => make(kind, names, options)).finally(() => progress.end());
  const base = options.out ?? nameFiles(kind, names);
  if (base === '-') {
    await output.data(made.parts.map(({ content }) => content).join(''));
    return ExitCode.OK;
  }
  const files = made.parts.map(
    ({ extension, content, secret }): OutputFile => ({ path: `${base}.${extension}`, content, secret }),
  );
  writeOutputFiles(files, { force: options.force === true });
  const paths = files.map(({ path }) => path);
  const certificate = made.certificate === null ? null : summarizeCertificate(made.certificate);
  if (options.json === true) output.json({ schema: 'sslkit/create/1', kind, files: paths, certificate });
  else {
    for (const path of paths) output.report(path);
    if (certificate !== null) {
      output.say(`${kind}: ${printable(certificate.subject)}, ${certificate.key}, ${certificate.daysLeft} days`);
    }
  }
  return ExitCode.OK;
}

function checkOptions(kind: Kind, names: readonly string[], options: CreateOptions): void {
  const needsAuthority = kind === 'intermediate' || kind === 'server' || kind === 'client' || kind === 'crl';
  if (needsAuthority && options.ca === undefined) {
    const hint =
      kind === 'server' ? 'Without an authority: sslkit create selfsigned.' : 'Make one with: sslkit create ca';
    throw usageError(`create ${kind} needs an authority to sign: --ca FILE`, hint);
  }
  if (!needsAuthority && options.ca !== undefined) throw usageError(`create ${kind} takes no --ca`);
  const needsNames = kind === 'server' || kind === 'client' || kind === 'selfsigned';
  if (needsNames && names.length === 0 && options.csr === undefined) throw usageError(`create ${kind} needs a name`);
  if (options.csr !== undefined && (options.key !== undefined || options.keyType !== undefined)) {
    throw usageError('--csr brings its own key: --key and --key-type have no place beside it');
  }
}

function nameFiles(kind: Kind, names: readonly string[]): string {
  const [first = kind] = names;
  const name = first
    .replace(/^\*\./, 'wildcard.')
    .replaceAll(/[^\w.@-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return kind === 'ca' || kind === 'crl' || name === '' ? kind : name.toLowerCase();
}

interface Part {
  readonly extension: string;
  readonly content: string;
  readonly secret: boolean;
}

interface Made {
  readonly parts: readonly Part[];
  /** DER of the certificate, where one was made. */
  readonly certificate: Uint8Array | null;
}

async function make(kind: Kind, names: readonly string[], options: CreateOptions): Promise<Made> {
  if (kind === 'crl') return makeCrl(options);
  if (kind === 'csr') return makeRequest(names, options);
  const issued = await issueCertificate(kind, names, options);
  return { parts: await toParts(issued, options), certificate: issued.certificate };
}

async function toParts({ chainPem, privateKey }: Issued, options: CreateOptions): Promise<Part[]> {
  const certificate: Part = { extension: 'pem', content: chainPem, secret: false };
  // A key that was given stays where it is.
  if (privateKey === null || options.key !== undefined) return [certificate];
  return [{ extension: 'key', content: await encryptKey(privateKey, options.encryptWith), secret: true }, certificate];
}

async function makeRequest(names: readonly string[], options: CreateOptions): Promise<Made> {
  if (names.length === 0 && options.subject === undefined) throw usageError('create csr needs a name, or --subject');
  const { requestPem, privateKey } = await createRequest({
    names,
    ...(options.subject !== undefined && { subject: parseSubject(options.subject) }),
    ...readKeyOptions(options),
  });
  const request: Part = { extension: 'csr', content: requestPem, secret: false };
  if (options.key !== undefined) return { parts: [request], certificate: null };
  const key: Part = { extension: 'key', content: await encryptKey(privateKey, options.encryptWith), secret: true };
  return { parts: [key, request], certificate: null };
}

async function makeCrl(options: CreateOptions): Promise<Made> {
  const authority = readAuthority(options);
  const reason = options.reason as RevocationReasonInput | undefined;
  const revoked = (options.revoke ?? []).map((text) => ({
    ...readRevoked(text),
    ...(reason !== undefined && { reason }),
  }));
  const { crlPem } = await createCrl({ authority, revoked, ...(options.days !== undefined && { days: options.days }) });
  return { parts: [{ extension: 'pem', content: crlPem, secret: false }], certificate: null };
}

function readRevoked(text: string): { serialNumber: string } | { certificate: Uint8Array } {
  if (/^[0-9a-f]+$/i.test(text)) return { serialNumber: text };
  const name = describeInput(text);
  const found = recognize(readInputFile(text), name).items.find(({ kind }) => kind === 'certificate');
  if (found === undefined) throw inputError(`${name} holds no certificate`);
  requireReadable([found], name);
  return { certificate: found.der };
}
