import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Bytes,
  invalidArgumentType,
  invalidArgumentValue,
  missingArguments,
  SSLError,
  viewBytes,
} from '@sslkit/errors';
import type { AddedCounts, NativeContext, NativeFailure } from '../addon.ts';
import { configurationError, throwIfFailed } from '../openssl-error.ts';
import { type FilePath, requirePath } from './credentials.ts';

/** Where certificates to trust come from; at least one must be given. */
export interface VerifyLocations {
  /** A PEM file of certificates and CRLs; text around the blocks is ignored. */
  cafile?: FilePath | null | undefined;
  /** A directory of PEM files named by subject hash (openssl-rehash(1)), searched when a chain is built. */
  capath?: FilePath | null | undefined;
  /** PEM text, PEM bytes, or DER certificates one behind the other; CRLs in either form too. */
  cadata?: string | Bytes | null | undefined;
}

/** Implements `SSLContext.loadVerifyLocations`. What was added before a failure stays, as in Python. */
export function loadVerifyLocations(context: NativeContext, locations: VerifyLocations): void {
  // Python takes the path first: here it has a name.
  if (typeof locations !== 'object' || locations === null) {
    throw invalidArgumentType('The argument of loadVerifyLocations', 'an object such as {cafile}', locations);
  }
  const cafile = locations.cafile ?? null;
  const capath = locations.capath ?? null;
  const cadata = locations.cadata ?? null;
  if (cafile === null && capath === null && cadata === null) {
    throw missingArguments('cafile, capath and cadata cannot be all omitted');
  }
  if (cafile !== null) requirePath('cafile', cafile);
  if (capath !== null) requirePath('capath', capath);
  if (cadata !== null) addData(context, cadata);
  if (cafile !== null) addFile(context, cafile);
  if (capath !== null) throwIfFailed(context.addDirectory(toPathText(capath)));
}

/** Adds every certificate and CRL of a PEM file. */
export function addFile(context: NativeContext, cafile: FilePath): void {
  const counts = context.addPemCertificates(readFileSync(cafile), true);
  if (counts.failure.length > 0) throw configurationError(counts.failure);
}

function addData(context: NativeContext, cadata: unknown): void {
  if (typeof cadata === 'string') {
    addPem(context, encodeAscii(cadata));
    return;
  }
  const bytes = viewBytes('cadata', cadata);
  if (startsWithPemBlock(bytes)) addPem(context, bytes);
  else addDer(context, bytes);
}

function addPem(context: NativeContext, pem: Uint8Array): void {
  if (pem.length === 0) throw invalidArgumentValue('Empty certificate data');
  // Python's cadata skips CRLs; a caller who put one in wants it.
  const counts = context.addPemCertificates(pem, holdsCrl(pem));
  requireSome(counts, 'NO_START_LINE', 'no start line: cadata does not contain a certificate');
  throwUnlessEnd(counts.failure, 'PEM', 'NO_START_LINE');
}

function addDer(context: NativeContext, der: Uint8Array): void {
  if (der.length === 0) throw invalidArgumentValue('Empty certificate data');
  const counts = context.addDerCertificates(der);
  if (counts.certificates === 0 && context.addDerCrl(der) === undefined) return;
  requireSome(counts, 'NOT_ENOUGH_DATA', 'not enough data: cadata does not contain a certificate');
  throwUnlessEnd(counts.failure, 'ASN1', 'HEADER_TOO_LONG');
}

function requireSome(counts: AddedCounts, reason: string, message: string): void {
  if (counts.certificates + counts.crls > 0) return;
  throw new SSLError(message, {
    errno: 0,
    code: `ERR_SSL_${reason}`,
    queue: configurationError(counts.failure).queue,
  });
}

/** Each list ends with the error of looking for one more block; any other error is one. */
function throwUnlessEnd(failure: NativeFailure, library: string, reason: string): void {
  if (failure.length === 0) return;
  const error = configurationError(failure);
  if (error.library !== library || error.reason !== reason) throw error;
}

function encodeAscii(text: string): Uint8Array {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) {
      throw invalidArgumentType('cadata', 'an ASCII string or bytes', text);
    }
  }
  return Buffer.from(text, 'latin1');
}

const PEM_BLOCK = Buffer.from('-----BEGIN ');
const CRL_BLOCK = Buffer.from('-----BEGIN X509 CRL-----');

function startsWithPemBlock(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PEM_BLOCK.length)).equals(PEM_BLOCK);
}

function holdsCrl(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(CRL_BLOCK);
}

function toPathText(path: FilePath): string {
  if (path instanceof URL) return fileURLToPath(path);
  return path.toString();
}
