import { invalidArgumentValue } from '@sslkit/errors';
import { DerCursor } from '../der/reader.ts';
import { SEQUENCE } from '../der/tags.ts';
import { readInteger, readOid } from '../der/values.ts';
import {
  compareBytes,
  encodeBitString,
  encodeNull,
  encodeOid,
  encodeOidContent,
  encodeSequence,
  encodeUnsignedBytes,
} from '../der/writer.ts';
import { importParameters, readPublicKeyInfo } from './public-key-info.ts';
import type { SignatureHash, SigningKey } from './signing-key.ts';

const ECDSA_OIDS: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': '1.2.840.10045.4.1',
  'SHA-256': '1.2.840.10045.4.3.2',
  'SHA-384': '1.2.840.10045.4.3.3',
  'SHA-512': '1.2.840.10045.4.3.4',
};

const RSA_OIDS: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': '1.2.840.113549.1.1.5',
  'SHA-256': '1.2.840.113549.1.1.11',
  'SHA-384': '1.2.840.113549.1.1.12',
  'SHA-512': '1.2.840.113549.1.1.13',
};

const ED25519_OID = '1.3.101.112';
// Ed25519 has its digest built in, so that every name means the same.
const ED25519_OIDS: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': ED25519_OID,
  'SHA-256': ED25519_OID,
  'SHA-384': ED25519_OID,
  'SHA-512': ED25519_OID,
};

/** The digest that fits a key: as strong as its curve, else SHA-256. Ed25519 has its own and ignores this. */
function defaultHash(key: SigningKey): SignatureHash {
  if (key.curve === 'P-384') return 'SHA-384';
  return key.curve === 'P-521' ? 'SHA-512' : 'SHA-256';
}

function encodeSignatureAlgorithm(key: SigningKey, hash: SignatureHash): Uint8Array {
  // RFC 8410 §3: "For all of the OIDs, the parameters MUST be absent."
  if (key.family === 'Ed25519') return encodeSequence([encodeOid(ED25519_OID)]);
  // RFC 5758 §3.2: "the encoding MUST omit the parameters field."
  if (key.family === 'ECDSA') return encodeSequence([encodeOid(ECDSA_OIDS[hash])]);
  // RFC 4055 §5: "the parameters field MUST contain an ASN.1 NULL".
  return encodeSequence([encodeOid(RSA_OIDS[hash]), encodeNull()]);
}

/** Turns WebCrypto's r and s, side by side, into the Ecdsa-Sig-Value of RFC 3279 §2.2.3. */
function encodeEcdsaSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return encodeSequence([encodeUnsignedBytes(raw.subarray(0, half)), encodeUnsignedBytes(raw.subarray(half))]);
}

async function sign(key: SigningKey, hash: SignatureHash, message: Uint8Array): Promise<Uint8Array> {
  if (key.family === 'Ed25519') {
    return new Uint8Array(await crypto.subtle.sign('Ed25519', key.cryptoKey, message));
  }
  if (key.family === 'ECDSA') {
    return encodeEcdsaSignature(
      new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash }, key.cryptoKey, message)),
    );
  }
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  // WebCrypto ties an RSA key to one digest, here SHA-256: another one needs the key imported again.
  const cryptoKey =
    hash === 'SHA-256'
      ? key.cryptoKey
      : await crypto.subtle.importKey('pkcs8', key.privateKey, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign(algorithm, cryptoKey, message));
}

/**
 * Signs what a certificate, a request or a CRL says: the outer SEQUENCE of content, algorithm and signature.
 *
 * @param encodeContent - gets the AlgorithmIdentifier, which certificates and CRLs repeat inside.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for an unknown hash.
 */
export async function encodeSigned(
  key: SigningKey,
  hash: SignatureHash | undefined,
  encodeContent: (algorithm: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const used = hash ?? defaultHash(key);
  if (!Object.hasOwn(RSA_OIDS, used)) {
    throw invalidArgumentValue(`hash must be SHA-256, SHA-384, SHA-512 or SHA-1, got ${String(used)}`);
  }
  const algorithm = encodeSignatureAlgorithm(key, used);
  const content = encodeContent(algorithm);
  const signature = await sign(key, used, content);
  return encodeSequence([content, algorithm, encodeBitString(signature)]);
}

/** The three parts of what was signed, as they stand in the DER. */
export interface SignedParts {
  /** The signed bytes. */
  readonly content: Uint8Array;
  /** AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
}

const COORDINATE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
]);

/** Turns an Ecdsa-Sig-Value into WebCrypto's r and s of fixed length. @throws CertificateDecodeError */
function decodeEcdsaSignature(signature: Uint8Array, curve: string): Uint8Array {
  const length = COORDINATE_LENGTHS.get(curve) ?? 0;
  const cursor = new DerCursor(signature, { strict: true });
  cursor.enter(SEQUENCE);
  const raw = new Uint8Array(2 * length);
  for (const start of [0, length]) {
    readInteger(cursor);
    const octets = cursor.contents();
    const magnitude = octets[0] === 0 ? octets.subarray(1) : octets;
    if (magnitude.length > length) {
      cursor.fail('ERR_ASN1_BAD_VALUE', 'Signature is larger than its curve', cursor.headerStart);
    }
    raw.set(magnitude, start + length - magnitude.length);
  }
  cursor.leave();
  cursor.finish();
  return raw;
}

function findHash(oids: Readonly<Record<SignatureHash, string>>, algorithm: Uint8Array): string {
  const cursor = new DerCursor(algorithm);
  cursor.enter(SEQUENCE);
  readOid(cursor);
  const oid = cursor.contents();
  const found = Object.entries(oids).find(([, dotted]) => compareBytes(encodeOidContent(dotted), oid) === 0);
  if (found !== undefined) return found[0];
  return cursor.fail('ERR_X509_UNSUPPORTED', 'Signature is of no supported kind for its key', cursor.headerStart);
}

/**
 * Verifies a signature with a public key.
 *
 * @param publicKeyInfo - SubjectPublicKeyInfo, DER.
 * @throws CertificateDecodeError for a key or a signature that cannot be read, or is of no supported kind.
 */
export async function verifySigned(
  { content, algorithm, signature }: SignedParts,
  publicKeyInfo: Uint8Array,
): Promise<boolean> {
  const keyAlgorithm = readPublicKeyInfo(publicKeyInfo);
  const { family } = importParameters(keyAlgorithm);
  const hash = findHash({ ECDSA: ECDSA_OIDS, RSA: RSA_OIDS, Ed25519: ED25519_OIDS }[family], algorithm);
  const parameters = importParameters(keyAlgorithm, hash);
  const raw = parameters.family === 'ECDSA' ? decodeEcdsaSignature(signature, parameters.curve) : signature;
  let publicKey: Parameters<typeof crypto.subtle.verify>[1];
  try {
    publicKey = await crypto.subtle.importKey('spki', publicKeyInfo, parameters.algorithm, false, ['verify']);
  } catch (cause) {
    throw Object.assign(invalidArgumentValue('The public key is no valid one of its kind'), { cause });
  }
  return crypto.subtle.verify({ name: parameters.algorithm.name, hash }, publicKey, raw, content);
}
