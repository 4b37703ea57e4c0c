import { BIT_STRING, DerCursor, OBJECT_IDENTIFIER, SEQUENCE } from '../der/reader.ts';

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
  cursor.readOid();
  const algorithm = toHex(cursor.contents());
  let curve = '';
  if (cursor.peekTag() === OBJECT_IDENTIFIER) {
    cursor.readOid();
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
  cursor.readBitString(BIT_STRING);
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
