import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { encodePem } from '@sslkit/x509';
import { codeOf, inputError } from '../failure.ts';
import type { Item } from './material.ts';

/**
 * Opens a private key.
 *
 * @param item - of the kind `privateKey`.
 * @throws Failure with the exit code for input where the password is missing or wrong, or the key damaged.
 */
export function openPrivateKey(item: Item, password: string | undefined, name: string): KeyObject {
  if (item.encrypted && password === undefined) {
    throw inputError(`${name}: the private key is encrypted`, 'Give its password with --password-file FILE.');
  }
  try {
    return createPrivateKey({
      key: toPem(item),
      format: 'pem',
      ...(password !== undefined && { passphrase: password }),
    });
  } catch (error) {
    if (item.encrypted) throw inputError(`${name}: the password is wrong, or the private key is damaged`);
    throw inputError(`${name}: the private key is damaged (${codeOf(error) || 'it cannot be read'})`);
  }
}

function toPem(item: Item): string {
  const { der, headers = [] } = item;
  const label = item.label ?? (item.encrypted ? 'ENCRYPTED PRIVATE KEY' : guessLabel(der));
  const pem = encodePem(label, der);
  if (headers.length === 0) return pem;
  const lines = headers.map(([header, value]) => `${header}: ${value}\n`).join('');
  // The headers of RFC 1421 stand between the marker and the body, with a blank line behind them.
  return pem.replace('\n', `\n${lines}\n`);
}

function guessLabel(der: Uint8Array): string {
  const types = [
    ['PRIVATE KEY', 'pkcs8'],
    ['RSA PRIVATE KEY', 'pkcs1'],
    ['EC PRIVATE KEY', 'sec1'],
  ] as const;
  const found = types.find(([, type]) => {
    try {
      return createPrivateKey({ key: Buffer.from(der), format: 'der', type }).type === 'private';
    } catch {
      return false;
    }
  });
  return found?.[0] ?? 'PRIVATE KEY';
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** A key in words: `EC P-256`, `RSA 2048`, `Ed25519`. */
export function describeKey(key: KeyObject): string {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details = {} } = key;
  const { modulusLength, namedCurve } = details;
  if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
  const name = /^(ed|x)\d/.test(type) ? type.charAt(0).toUpperCase() + type.slice(1) : type.toUpperCase();
  return modulusLength === undefined ? name : `${name} ${modulusLength}`;
}

/** The public half as DER, which is the same for a certificate and its key. */
export function publicHalf(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ type: 'spki', format: 'der' });
}
