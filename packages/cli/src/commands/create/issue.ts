import {
  type CertificateContentOptions,
  CertificateDecodeError,
  createCertificate,
  createCertificateAuthority,
  signRequest,
} from '@sslkit/x509';
import { codeOf, Failure, inputError, messageOf, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { recognize } from '../../material/material.ts';
import { readAuthority } from './authority.ts';
import { readKeyOptions } from './key.ts';
import type { CreateOptions, Kind } from './options.ts';
import { parseSubject } from './subject.ts';

/** A certificate that was made. */
export interface Issued {
  readonly certificate: Uint8Array;
  readonly chainPem: string;
  /** PKCS#8; null where the key is somebody else's. */
  readonly privateKey: Uint8Array | null;
}

/** Makes a certificate of a kind, for a request or with a key. */
export async function issueCertificate(
  kind: Exclude<Kind, 'csr' | 'crl'>,
  names: readonly string[],
  options: CreateOptions,
): Promise<Issued> {
  const days = options.days === undefined ? {} : { days: options.days };
  const subject = options.subject === undefined ? {} : { subject: parseSubject(options.subject) };
  if (kind === 'ca' || kind === 'intermediate') {
    const [name] = names;
    const authority = kind === 'intermediate' ? { authority: readAuthority(options) } : {};
    const named = name === undefined ? subject : { subject: { CN: name }, ...subject };
    return createCertificateAuthority({ ...named, ...days, ...authority, ...readKeyOptions(options) });
  }
  const role = kind === 'client' ? 'client' : 'server';
  const content: CertificateContentOptions = { role, ...days, ...subject };
  const authority = kind === 'selfsigned' ? {} : { authority: readAuthority(options) };
  if (options.csr !== undefined) {
    if (authority.authority === undefined) throw usageError('create selfsigned cannot sign the request of another');
    const request = readRequestFile(options.csr);
    const asked = names.length === 0 ? {} : { names };
    const signed = await signRequest(request, { ...content, ...asked, authority: authority.authority });
    return { ...signed, privateKey: null };
  }
  return createCertificate({
    ...content,
    ...nameClient(kind, names, options),
    ...authority,
    ...readKeyOptions(options),
  });
}

/** A client is often a person or a program, whose name is no host: that is the subject then. */
function nameClient(kind: Kind, names: readonly string[], options: CreateOptions): CertificateContentOptions {
  const [first = ''] = names;
  if (kind !== 'client' || options.subject !== undefined || !/[^\w.@:*-]/.test(first)) return { names };
  return { names: names.slice(1), subject: { CN: first } };
}

function readRequestFile(path: string): Uint8Array {
  const name = describeInput(path);
  const found = recognize(readInputFile(path), name).items.find(({ kind }) => kind === 'request');
  if (found === undefined) throw inputError(`--csr: ${name} holds no certificate request`);
  return found.der;
}

/** What the library refuses is the fault of the command line, or of a file: its words are fit to be shown. */
export async function wordCreationErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof CertificateDecodeError) throw inputError(messageOf(error));
    if (/^ERR_(INVALID_ARG|OUT_OF_RANGE)/.test(codeOf(error))) throw usageError(messageOf(error));
    throw error;
  }
}
