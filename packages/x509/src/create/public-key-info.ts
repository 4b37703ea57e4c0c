import { CertificateDecodeError } from '../der/decode-error.ts';
import { DerCursor } from '../der/reader.ts';
import { BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE } from '../der/tags.ts';
import { readBitString, readOid } from '../der/values.ts';

/** What a SubjectPublicKeyInfo or a PKCS#8 says of its key's algorithm. */
export interface KeyAlgorithm {
  /** The contents of the algorithm's OBJECT IDENTIFIER, as hexadecimal digits. */
  readonly algorithm: string;
  /** The same of the curve, where the parameters are an OBJECT IDENTIFIER; else empty. */
  readonly curve: string;
}

/** The octets as lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const octet of bytes) hex += octet.toString(16).padStart(2, '0');
  return hex;
}

/** Takes the AlgorithmIdentifier of a key at the cursor. @throws CertificateDecodeError */
export function readKeyAlgorithm(cursor: DerCursor): KeyAlgorithm {
  cursor.enter(SEQUENCE);
  readOid(cursor);
  const algorithm = toHex(cursor.contents());
  let curve = '';
  if (cursor.peekTag() === OBJECT_IDENTIFIER) {
    readOid(cursor);
    curve = toHex(cursor.contents());
  } else if (cursor.more()) cursor.skip();
  cursor.leave();
  return { algorithm, curve };
}

/** Reads a SubjectPublicKeyInfo. @throws CertificateDecodeError */
export function readPublicKeyInfo(publicKeyInfo: Uint8Array): KeyAlgorithm & { readonly keyBits: Uint8Array } {
  const cursor = new DerCursor(publicKeyInfo, { strict: true });
  cursor.enter(SEQUENCE);
  const algorithm = readKeyAlgorithm(cursor);
  readBitString(cursor, BIT_STRING);
  const keyBits = cursor.contents();
  cursor.leave();
  return { ...algorithm, keyBits };
}

/**
 * The identifier of a key in its first form: RFC 5280 §4.2.1.2 (1), "composed of the 160-bit SHA-1 hash of the value of
 * the BIT STRING subjectPublicKey (excluding the tag, length, and number of unused bits)".
 */
export async function digestKeyIdentifier(publicKeyInfo: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-1', readPublicKeyInfo(publicKeyInfo).keyBits));
}

const EC_PUBLIC_KEY = '2a8648ce3d0201';
const RSA_ENCRYPTION = '2a864886f70d010101';
const ED25519 = '2b6570';
const CURVES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
]);

/** What WebCrypto has to be told to import a key. */
type ImportParameters =
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
