import { readFileSync } from 'node:fs';
import { featureUnavailable, invalidArgumentType, invalidArgumentValue, SSLError } from '@sslkit/errors';
import { addon, type NativeContext, type NativeFailure } from '../addon.ts';
import { configurationError, throwIfFailed } from '../openssl-error.ts';
import { OPENSSL_VERSION } from '../openssl-version.ts';
import { type FilePath, requirePath } from './credentials.ts';

/** Implements `SSLContext.setEcdhCurve`. */
export function setEcdhCurve(context: NativeContext, name: unknown): void {
  const curve = name instanceof Uint8Array ? Buffer.from(name).toString('latin1') : name;
  if (typeof curve !== 'string') throw invalidArgumentType('The curve name', 'a string', name);
  const result = context.setEcdhCurve(curve);
  if (result === false) throw invalidArgumentValue(`unknown elliptic curve name '${curve}'`);
  throwIfFailed(result);
}

/** Implements `SSLContext.setGroups`. */
export function setGroups(context: NativeContext, list: unknown): void {
  if (typeof list !== 'string') throw invalidArgumentType('groups', 'a string', list);
  refuse(context.setGroups(list), 'unrecognized group');
}

/** Implements `SSLContext.getGroups`. */
export function getGroups(context: NativeContext, includeAliases: boolean): string[] {
  const groups = context.getGroups(includeAliases);
  if (groups === null) throw missingFeature('getGroups', '3.5');
  if (groups.some((group) => typeof group !== 'string')) throw configurationError(groups as NativeFailure);
  return groups as string[];
}

/** Implements `SSLContext.setServerSigalgs` and `setClientSigalgs`. */
export function setSignatureAlgorithms(context: NativeContext, list: unknown, client: boolean): void {
  if (typeof list !== 'string') throw invalidArgumentType('sigalgs', 'a string', list);
  refuse(context.setSignatureAlgorithms(list, client), 'unrecognized signature algorithm');
}

/**
 * The signature algorithms that this OpenSSL knows for TLS. Python ≥ 3.15: `ssl.get_sigalgs`.
 *
 * @throws Error `ERR_FEATURE_UNAVAILABLE` - OpenSSL is older than 3.4.
 */
export function getSigalgs(): string[] {
  const names = addon.builtinSignatureAlgorithms();
  if (names === null) throw missingFeature('getSigalgs', '3.4');
  return names.split(':');
}

/** Implements `SSLContext.loadDhParams`. */
export function loadDhParameters(context: NativeContext, dhfile: FilePath): void {
  requirePath('dhfile', dhfile);
  const pem = readFileSync(dhfile);
  if (!DH_BLOCK.test(pem.toString('latin1'))) throw noStartLine();
  throwIfFailed(context.useDhParameters(pem));
}

/** The labels that PEM_read_bio_DHparams(3) takes. */
const DH_BLOCK = /^-----BEGIN (X9\.42 )?DH PARAMETERS-----/m;

/** What Python tells of a file without such a block; OpenSSL 3's decoders only say that they do not support it. */
function noStartLine(): SSLError {
  const errno = 108; // PEM_R_NO_START_LINE
  return new SSLError('[PEM: NO_START_LINE] no start line', { errno, library: 'PEM', reason: 'NO_START_LINE' });
}

/** The refusal of a function that this OpenSSL does not have. */
export function missingFeature(name: string, since: string): Error {
  // Node exports what it uses itself: a version that is new enough may lack the function all the same.
  return featureUnavailable(
    `${name} needs a function of OpenSSL ${since} or newer, which this Node (${OPENSSL_VERSION}) does not export`,
  );
}

function refuse(failure: NativeFailure | undefined, message: string): void {
  if (failure === undefined) return;
  throw new SSLError(message, { code: 'ERR_SSL_UNRECOGNIZED_NAME_IN_LIST', queue: configurationError(failure).queue });
}
