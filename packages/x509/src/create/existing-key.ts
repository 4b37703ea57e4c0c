import { invalidArgumentValue } from '@sslkit/errors';
import { CertificateDecodeError, DerCursor, SEQUENCE } from '../der/reader.ts';
import { readDerOrPem } from './der-or-pem.ts';
import { type KeyAlgorithm, readKeyAlgorithm } from './public-key-info.ts';
import type { SigningKey } from './signing-key.ts';

const CURVES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
]);

const EC_PUBLIC_KEY = '2a8648ce3d0201';
const RSA_ENCRYPTION = '2a864886f70d010101';
const ED25519 = '2b6570';

/** What WebCrypto has to be told to import a key of an algorithm. */
export type ImportParameters =
  | { readonly family: 'ECDSA'; readonly curve: string; readonly algorithm: { name: 'ECDSA'; namedCurve: string } }
  | { readonly family: 'RSA'; readonly algorithm: { name: 'RSASSA-PKCS1-v1_5'; hash: string } }
  | { readonly family: 'Ed25519'; readonly algorithm: { name: 'Ed25519' } };

/**
 * Finds WebCrypto's parameters for the algorithm of a key.
 *
 * @param hash - the digest of the signature, which WebCrypto ties to RSA keys.
 * @throws CertificateDecodeError `ERR_X509_UNSUPPORTED` for an algorithm that cannot be used here.
 */
export function importParameters({ algorithm, curve }: KeyAlgorithm, hash = 'SHA-256'): ImportParameters {
  if (algorithm === RSA_ENCRYPTION) return { family: 'RSA', algorithm: { name: 'RSASSA-PKCS1-v1_5', hash } };
  if (algorithm === ED25519) return { family: 'Ed25519', algorithm: { name: 'Ed25519' } };
  const namedCurve = algorithm === EC_PUBLIC_KEY ? CURVES.get(curve) : undefined;
  if (namedCurve === undefined) {
    throw new CertificateDecodeError(
      'ERR_X509_UNSUPPORTED',
      'Key is of no supported kind: RSA, P-256, P-384, P-521 or Ed25519',
      0,
    );
  }
  return { family: 'ECDSA', curve: namedCurve, algorithm: { name: 'ECDSA', namedCurve } };
}

/** Reads the algorithm of a PKCS#8 PrivateKeyInfo, RFC 5208 §5. @throws CertificateDecodeError */
function readPrivateKeyAlgorithm(privateKey: Uint8Array): KeyAlgorithm {
  const cursor = new DerCursor(privateKey);
  cursor.enter(SEQUENCE);
  cursor.readInteger();
  return readKeyAlgorithm(cursor);
}

/**
 * Makes an existing private key ready to sign.
 *
 * @param privateKey - PKCS#8 as DER, or a PEM text with a key; either may be encrypted.
 * @throws CertificateDecodeError for what is no key, or a key of no supported kind.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for a key whose numbers are wrong, a wrong or missing password.
 */
export async function importSigningKey(
  privateKey: Uint8Array | string,
  _password: string | Uint8Array | undefined,
): Promise<SigningKey> {
  const { der } = readDerOrPem('privateKey', privateKey, ['PRIVATE KEY']);
  const parameters = importParameters(readPrivateKeyAlgorithm(der));
  const { family, algorithm } = parameters;
  try {
    const cryptoKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
    // WebCrypto gives no public half of a private key but through its JSON form.
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', cryptoKey);
    const publicHalf = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
    const publicKey = await crypto.subtle.importKey('jwk', publicHalf, algorithm, true, ['verify']);
    const publicKeyInfo = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
    const curve = 'curve' in parameters ? { curve: parameters.curve } : {};
    return { family, ...curve, cryptoKey, privateKey: der, publicKeyInfo };
  } catch (cause) {
    throw Object.assign(invalidArgumentValue('privateKey is damaged: it cannot be imported'), { cause });
  }
}
