import { invalidArgumentValue } from '@sslkit/errors';

/** The kinds of key that can be generated. */
export type KeyType = 'P-256' | 'P-384' | 'P-521' | 'Ed25519' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';

/** The digest of a signature. SHA-1 is refused nearly everywhere; it is here for the tests of those who refuse it. */
export type SignatureHash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** WebCrypto's key, named without its global type, which is absent where only Node's types are loaded. */
type WebCryptoKey = Parameters<typeof crypto.subtle.exportKey>[1];

/** A private key ready to sign, with the public half as certificates carry it. */
export interface SigningKey {
  readonly family: 'ECDSA' | 'RSA' | 'Ed25519';
  /** Of an elliptic curve, its WebCrypto name. */
  readonly curve?: string;
  readonly cryptoKey: WebCryptoKey;
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
}

const FAMILY = { ECDSA: 'ECDSA', RSA: 'RSASSA-PKCS1-v1_5', Ed25519: 'Ed25519' } as const;

function generationParameters(keyType: KeyType) {
  switch (keyType) {
    case 'P-256':
    case 'P-384':
    case 'P-521':
      return { name: FAMILY.ECDSA, namedCurve: keyType };
    case 'Ed25519':
      return { name: FAMILY.Ed25519 };
    case 'RSA-2048':
    case 'RSA-3072':
    case 'RSA-4096':
      return {
        name: FAMILY.RSA,
        modulusLength: Number(keyType.slice(4)),
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      };
    default:
      throw invalidArgumentValue(
        `keyType must be P-256, P-384, P-521, Ed25519, RSA-2048, RSA-3072 or RSA-4096, got ${String(keyType)}`,
      );
  }
}

function familyOf(name: string): SigningKey['family'] {
  if (name === FAMILY.RSA) return 'RSA';
  return name === FAMILY.ECDSA ? 'ECDSA' : 'Ed25519';
}

/**
 * Generates a key pair.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for an unknown type.
 */
export async function generateSigningKey(keyType: KeyType = 'P-256'): Promise<SigningKey> {
  const parameters = generationParameters(keyType);
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw invalidArgumentValue(`${keyType} is not a kind of key pair`);
  const [privateKey, publicKeyInfo] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
    crypto.subtle.exportKey('spki', pair.publicKey),
  ]);
  return {
    family: familyOf(parameters.name),
    ...('namedCurve' in parameters ? { curve: parameters.namedCurve } : {}),
    cryptoKey: pair.privateKey,
    privateKey: new Uint8Array(privateKey),
    publicKeyInfo: new Uint8Array(publicKeyInfo),
  };
}
