import { existsSync } from 'node:fs';
import { type SSLContext, SSLError, SSLSession, TLSVersion } from '@sslkit/socket';
import { codeOf, inputError, messageOf, usageError } from '../failure.ts';
import { explainFileError, readInputFile } from '../input-file.ts';
import { type Item, type ItemKind, recognize } from '../material/material.ts';
import { writeOutputFiles } from '../output-file.ts';
import { type PasswordOptions, readPassword } from '../password.ts';

/** What a connection offers and accepts, and what it shows. */
export interface ConnectionSettings extends PasswordOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly alpn?: string;
  readonly tls?: string;
  readonly ciphers?: string;
  readonly ciphersuites?: string;
  readonly groups?: string;
  readonly keylog?: string;
}

/**
 * Applies settings to a context.
 *
 * @throws Failure with the exit code for usage or for input.
 */
export function applySettings(context: SSLContext, settings: ConnectionSettings): void {
  if (settings.tls !== undefined) limitVersions(context, settings.tls, settings.ciphers);
  selectAlgorithms(context, settings);
  if (settings.alpn !== undefined) {
    const protocols = settings.alpn.split(',').map((protocol) => protocol.trim());
    if (protocols.some((protocol) => protocol === '' || protocol.length > 255))
      throw usageError(`--alpn: '${settings.alpn}' has an empty name, or one that is too long`);
    context.setAlpnProtocols(protocols);
  }
  if (settings.key !== undefined && settings.cert === undefined) throw usageError('--key needs --cert');
  if (settings.cert !== undefined) loadIdentity(context, settings.cert, settings);
  if (settings.keylog !== undefined) logKeys(context, settings.keylog);
}

const VERSIONS: Readonly<Record<string, TLSVersion>> = {
  '1.0': TLSVersion.TLSv1,
  '1.1': TLSVersion.TLSv1_1,
  '1.2': TLSVersion.TLSv1_2,
  '1.3': TLSVersion.TLSv1_3,
};

function limitVersions(context: SSLContext, text: string, ciphers: string | undefined): void {
  const [, from = '', , to = from] = /^(1\.[0-3])(-(1\.[0-3]))?$/.exec(text) ?? [];
  const [lowest, highest] = [VERSIONS[from], VERSIONS[to]];
  if (lowest === undefined || highest === undefined || lowest > highest) {
    throw usageError(
      `--tls: '${text}' is neither a version nor a range`,
      'Expected 1.2, 1.3 or a range such as 1.0-1.3.',
    );
  }
  // From low to high, so that the lower bound never stands above the upper one.
  context.minimumVersion = lowest;
  context.maximumVersion = highest;
  // OpenSSL 3 has TLS 1.0 and 1.1 at security level 0 alone, since they sign with SHA-1.
  if (lowest < TLSVersion.TLSv1_2 && ciphers === undefined) context.setCiphers('DEFAULT:@SECLEVEL=0');
}

function selectAlgorithms(context: SSLContext, { ciphers, ciphersuites, groups }: ConnectionSettings): void {
  const selections = [
    ['--ciphers', ciphers, (list: string) => context.setCiphers(list)],
    ['--ciphersuites', ciphersuites, (list: string) => context.setCiphersuites(list)],
    ['--groups', groups, (list: string) => context.setGroups(list)],
  ] as const;
  for (const [option, list, select] of selections) {
    if (list === undefined) continue;
    try {
      select(list);
    } catch (error) {
      if (!(error instanceof SSLError) && !(error instanceof RangeError)) throw error;
      throw usageError(`${option}: '${list}' selects nothing that this OpenSSL has`);
    }
  }
}

/**
 * Loads a certificate and its key: PEM, DER or PKCS#12. A key that is neither named nor in the file is looked for beside it,
 * under the same name with `.key`.
 *
 * @returns what is in the file of the certificate.
 * @throws Failure with the exit code for input.
 */
export function loadIdentity(
  context: SSLContext,
  certificate: string,
  options: PasswordOptions & { key?: string | undefined },
): readonly Item[] {
  const cert = readInputFile(certificate);
  const { items } = recognize(cert, certificate);
  const password = readPassword(options);
  const isPkcs12 = holds(items, 'pkcs12');
  if (!isPkcs12 && !holds(items, 'certificate')) throw inputError(`${certificate} holds no certificate`);
  const keyPath = options.key ?? (isPkcs12 || holds(items, 'privateKey') ? undefined : findKeyBeside(certificate));
  const key = keyPath === undefined ? undefined : readInputFile(keyPath);
  if (!isPkcs12 && !holds(key === undefined ? items : recognize(key, keyPath ?? '').items, 'privateKey'))
    throw inputError(`${keyPath ?? certificate} holds no private key`, 'Name the file that does with --key FILE.');
  const ask = password ?? (() => missingPassword(keyPath ?? certificate));
  try {
    if (isPkcs12) context.loadCertChain({ pfx: cert, password: ask });
    else context.loadCertChain({ cert, ...(key !== undefined && { key }), password: ask });
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    throw inputError(explainIdentity(error, certificate, keyPath ?? certificate));
  }
  return items;
}

function holds(items: readonly Item[], wanted: ItemKind): boolean {
  return items.some(({ kind }) => kind === wanted);
}

function findKeyBeside(certificate: string): string | undefined {
  const path = `${certificate.replace(/\.(pem|crt|cer|der)$/, '')}.key`;
  return existsSync(path) ? path : undefined;
}

function missingPassword(path: string): never {
  throw inputError(`${path}: the private key is encrypted`, 'Give its password with --password-file FILE.');
}

function explainIdentity(error: SSLError, certificate: string, key: string): string {
  const code = codeOf(error);
  if (code === 'ERR_SSL_KEY_VALUES_MISMATCH') return `${key} is not the key of the certificate in ${certificate}`;
  if (code === 'ERR_SSL_PASSWORD_REQUIRED') return `${key}: the private key is encrypted`;
  if (/DECRYPT|MAC_VERIFY/.test(code) || error.queue.some(({ reason }) => /DECRYPT|MAC_VERIFY/.test(reason ?? ''))) {
    return `${key}: the password is wrong`;
  }
  const files = key === certificate ? `${certificate} cannot` : `${certificate} and ${key} cannot`;
  return `${files} be used as a certificate with its key: ${messageOf(error)}`;
}

function logKeys(context: SSLContext, path: string): void {
  try {
    context.keylogFilename = path;
  } catch (error) {
    throw inputError(`--keylog: ${path} ${explainFileError(error)}`);
  }
}

/**
 * Reads the session that was saved in a file; null where there is no file yet.
 *
 * @throws Failure with the exit code for input where it holds no session.
 */
export function readSession(path: string, context: SSLContext): SSLSession | null {
  if (!existsSync(path)) return null;
  try {
    return SSLSession.fromBytes(readInputFile(path), context);
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    throw inputError(`--session: ${path} holds no session`, 'Remove it, or name another file.');
  }
}

/** Saves a session for its owner alone: who has it can read the connection. */
export function saveSession(path: string, session: SSLSession): void {
  writeOutputFiles([{ path, content: session.toBytes(), secret: true }], { force: true });
}
