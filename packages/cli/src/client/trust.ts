import { statSync } from 'node:fs';
import { getDefaultVerifyPaths, PROTOCOL_TLS_CLIENT, SSLContext, SSLError, VerifyFlags } from '@sslkit/socket';
import { encodePem } from '@sslkit/x509';
import { inputError } from '../failure.ts';
import { describeInput, readInputFile } from '../input-file.ts';
import { recognize } from '../material/material.ts';

/** Whom to trust, as the options say. */
export interface TrustOptions {
  readonly cafile?: string | undefined;
  readonly capath?: string | undefined;
}

/**
 * Makes a client's context that trusts what the options name, or what the system trusts.
 *
 * @throws Failure with the exit code for input where a file cannot be used.
 */
export function createTrustingContext(options: TrustOptions): SSLContext {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  // As createDefaultContext does, which would trust the system where nothing is named.
  context.verifyFlags |= VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | VerifyFlags.VERIFY_X509_STRICT;
  loadTrust(context, options);
  return context;
}

/**
 * Makes a context trust what the options name, or what the system trusts.
 *
 * @param option - how messages call the option that named `cafile`.
 * @throws Failure with the exit code for input where a file cannot be used.
 */
export function loadTrust(context: SSLContext, { cafile, capath }: TrustOptions, option = '--cafile'): void {
  if (cafile === undefined && capath === undefined) {
    context.loadDefaultCerts();
    return;
  }
  if (capath !== undefined) {
    if (!isDirectory(capath)) throw inputError(`--capath: ${capath} is no directory`);
    context.loadVerifyLocations({ capath });
  }
  if (cafile === undefined) return;
  // Read here, so that what is wrong with the file can be said by its name.
  const cadata = readInputFile(cafile);
  try {
    context.loadVerifyLocations({ cadata: toCertificates(cadata) });
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    throw inputError(
      `${option}: ${cafile} holds no certificate that can be read`,
      'A file with CERTIFICATE blocks is expected.',
    );
  }
}

/**
 * Reads revocation lists: DER.
 *
 * @throws Failure with the exit code for input where a file holds none.
 */
export function readRevocationLists(paths: readonly string[]): Uint8Array[] {
  return paths.flatMap((path) => {
    const name = describeInput(path);
    const lists = recognize(readInputFile(path), name).items.filter(({ kind }) => kind === 'crl');
    if (lists.length === 0) throw inputError(`--crl: ${name} holds no revocation list`);
    return lists.map(({ der }) => der);
  });
}

/**
 * Gives a context revocation lists; whether they are asked for is up to its flags.
 *
 * @throws Failure with the exit code for input where one is damaged.
 */
export function loadRevocationLists(context: SSLContext, lists: readonly Uint8Array[]): void {
  for (const der of lists) {
    try {
      context.loadVerifyLocations({ cadata: encodePem('X509 CRL', der) });
    } catch (error) {
      if (!(error instanceof SSLError)) throw error;
      throw inputError(`--crl: a revocation list is damaged: ${error.message}`);
    }
  }
}

/** PEM is text to the context, DER bytes. */
function toCertificates(bytes: Buffer): string | Buffer {
  return bytes.includes('-----BEGIN') ? bytes.toString('latin1') : bytes;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Where trust comes from, in words. */
export function describeTrust({ cafile, capath }: TrustOptions): string {
  const named = [cafile, capath].filter((path) => path !== undefined);
  if (named.length > 0) return named.join(' or ');
  const paths = getDefaultVerifyPaths();
  const found = paths.cafile ?? paths.capath;
  return found === null ? "the system's trusted certificates" : `the trusted certificates of ${found}`;
}
