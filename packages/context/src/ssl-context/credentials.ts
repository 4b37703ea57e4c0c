import { readFileSync } from 'node:fs';
import {
  type Bytes,
  invalidArgumentType,
  invalidArgumentValue,
  missingArguments,
  SSLError,
  viewBytes,
} from '@sslkit/errors';
import type { NativeContext, NativeFailure } from '../addon.ts';
import { throwIfFailed } from '../openssl-error.ts';
import { promptForPassword } from './password-prompt.ts';

/** A file: a path, its bytes in a `Buffer`, or a `file:` URL. */
export type FilePath = string | Buffer | URL;

/** A password, or a function that is called for it only where a key is encrypted, once for each such key. */
export type Password = string | Uint8Array | (() => string | Uint8Array);

/** A certificate and its key from memory: PEM text or bytes, or DER bytes, each told apart by its first bytes. */
export interface Credentials {
  /** The certificate, in PEM followed by what the peer needs to build its chain, leaf first; in DER any number behind one another. */
  cert?: string | Bytes | undefined;
  /** The private key; default: `cert`, where PEM holds both. */
  key?: string | Bytes | undefined;
  /** A PKCS#12 file's bytes (`.p12`, `.pfx`) in place of both. */
  pfx?: Bytes | undefined;
  /** For an encrypted key or PKCS#12 file. */
  password?: Password | null | undefined;
}

/** Of OpenSSL's buffer for passwords, `PEM_BUFSIZE`: PEM_read_bio_PrivateKey(3). */
const LONGEST_PASSWORD = 1024;

/** Implements `SSLContext.loadCertChain` for files. */
export function loadCertificateFiles(
  context: NativeContext,
  certfile: FilePath,
  keyfile: FilePath | null | undefined,
  password: Password | null | undefined,
): void {
  checkPassword(password);
  requirePath('certfile', certfile);
  if (keyfile !== null && keyfile !== undefined) requirePath('keyfile', keyfile);
  const cert = readFileSync(certfile);
  const key = keyfile === null || keyfile === undefined ? cert : readFileSync(keyfile);
  useCertificateAndKey(context, cert, key, password);
  if (key !== cert) key.fill(0);
}

/** Implements `SSLContext.loadCertChain` for what is in memory already. */
export function loadCredentials(context: NativeContext, credentials: Credentials): void {
  const { cert, key, pfx, password } = credentials;
  checkPassword(password);
  if (pfx !== undefined) {
    usePkcs12(context, viewBytes('The pfx', pfx), password);
    return;
  }
  if (cert === undefined) throw missingArguments('The credentials must hold a cert or a pfx');
  const certificate = toFileBytes('The cert', cert);
  useCertificateAndKey(context, certificate, key === undefined ? certificate : toFileBytes('The key', key), password);
}

function useCertificateAndKey(
  context: NativeContext,
  cert: Uint8Array,
  key: Uint8Array,
  password: Password | null | undefined,
): void {
  throwIfFailed(context.useCertificateChain(cert, isDer(cert)));
  const der = isDer(key);
  usePassword(password, (bytes) => context.usePrivateKey(key, der, bytes));
  throwIfFailed(context.checkPrivateKey());
}

function usePkcs12(context: NativeContext, pfx: Uint8Array, password: Password | null | undefined): void {
  const bytes = password === null || password === undefined ? null : resolvePassword(password);
  const result = context.usePkcs12(pfx, bytes);
  bytes?.fill(0);
  if (typeof result === 'string') {
    throw new SSLError(`The PKCS#12 file holds ${result}`, { code: 'ERR_SSL_PKCS12_INCOMPLETE' });
  }
  throwIfFailed(result);
  throwIfFailed(context.checkPrivateKey());
}

/** Calls `use` without a password first: a function for it is not called, and a wrong value does not matter, for a key in the clear. */
function usePassword(
  password: Password | null | undefined,
  use: (bytes: Uint8Array | null) => NativeFailure | 'password' | undefined,
): void {
  const first = use(null);
  if (first !== 'password') {
    throwIfFailed(first);
    return;
  }
  const given = password ?? promptForPassword();
  if (given === null) {
    throw new SSLError('The private key is encrypted: a password is needed', { code: 'ERR_SSL_PASSWORD_REQUIRED' });
  }
  const bytes = resolvePassword(given);
  const second = use(bytes);
  bytes.fill(0);
  if (second !== 'password') throwIfFailed(second);
}

/** A copy that the caller may overwrite with zeros. */
function resolvePassword(password: Password): Uint8Array {
  const given = typeof password === 'function' ? password() : password;
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) {
    throw invalidArgumentType('The result of the password callback', 'a string or bytes', given);
  }
  const bytes = typeof given === 'string' ? Buffer.from(given, 'utf8') : Uint8Array.from(given);
  if (bytes.length > LONGEST_PASSWORD) {
    throw invalidArgumentValue(`password cannot be longer than ${LONGEST_PASSWORD} bytes`);
  }
  return bytes;
}

function checkPassword(password: unknown): void {
  if (password === null || password === undefined) return;
  if (typeof password === 'string' || typeof password === 'function' || password instanceof Uint8Array) return;
  throw invalidArgumentType('password', 'a string, bytes or a function', password);
}

/** @throws TypeError `ERR_INVALID_ARG_TYPE` - `path` is no path. */
export function requirePath(name: string, path: unknown): asserts path is FilePath {
  if (typeof path === 'string' || Buffer.isBuffer(path) || path instanceof URL) return;
  throw invalidArgumentType(name, 'a valid filesystem path', path);
}

function toFileBytes(name: string, value: string | Bytes): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : viewBytes(name, value);
}

/** DER of a certificate or key is a SEQUENCE, whose first byte no PEM file starts with: `0` would be text before a block. */
export function isDer(bytes: Uint8Array): boolean {
  const SEQUENCE = 0x30;
  // Above 0x7f the second byte gives a length in several bytes; ASCII text never has it.
  return bytes[0] === SEQUENCE && ((bytes[1] ?? 0) > 0x7f || bytes.length === (bytes[1] ?? 0) + 2);
}
