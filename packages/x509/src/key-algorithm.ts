import { type CertificateOutline, partCursor } from './certificate-outline.ts';
import { DerCursor } from './der/reader.ts';
import { contextTag, INTEGER, OBJECT_IDENTIFIER, SEQUENCE } from './der/tags.ts';
import { readBitString, readInteger, readOid } from './der/values.ts';
import { decodeOid, type OidNames } from './oid.ts';

/** The key of a certificate, as far as it can be said without using it. */
export interface PublicKeyInfo {
  /** The long name of the algorithm, such as `rsaEncryption`, `id-ecPublicKey` or `ED25519`. */
  readonly algorithm: string;
  readonly oid: string;
  /** The size that people give: bits of the modulus, or of the curve; null for an algorithm that is not known here. */
  readonly bits: number | null;
  /** The long name of the curve, such as `prime256v1`; null where there is none. */
  readonly curve: string | null;
  /** The public exponent of RSA; null for others. */
  readonly exponent: bigint | null;
  /** The SubjectPublicKeyInfo, which WebCrypto's `importKey('spki', …)` takes. */
  readonly der: Uint8Array;
}

/** How a certificate is signed. */
export interface SignatureAlgorithm {
  /** The long name, such as `sha256WithRSAEncryption`. */
  readonly name: string;
  readonly oid: string;
  /** The digest, such as `sha256`, in lower case; null where the algorithm has none of its own choice (Ed25519). */
  readonly hash: string | null;
}

const FIXED_SIZES: Record<string, number> = {
  '1.3.101.110': 253, // X25519
  '1.3.101.111': 448, // X448
  '1.3.101.112': 256, // Ed25519
  '1.3.101.113': 456, // Ed448
};
const RSA = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.2.840.113549.1.1.7'];
const EC = '1.2.840.10045.2.1';
const DSA = '1.2.840.10040.4.1';

/** Reads the key of a certificate. @throws CertificateDecodeError where it is not what its algorithm says */
export function readPublicKeyInfo(outline: CertificateOutline, names: OidNames): PublicKeyInfo {
  const cursor = partCursor(outline, outline.publicKey.start);
  const der = outline.bytes.subarray(outline.publicKey.start, outline.publicKey.end);
  cursor.enter(SEQUENCE);
  cursor.enter(SEQUENCE);
  const oid = readOidText(cursor);
  const parameters = cursor.offset;
  const curve = oid === EC && cursor.peekTag() === OBJECT_IDENTIFIER ? readOidText(cursor) : null;
  if (cursor.more()) cursor.skip();
  cursor.leave();
  readBitString(cursor);
  const key = cursor.contents();
  const found = { algorithm: names.longName(oid) ?? oid, oid, der, exponent: null };
  if (RSA.includes(oid)) return { ...found, ...readRsaKey(key), curve: null };
  if (oid === EC) {
    // A point is 04 and two coordinates, or 02 or 03 and one: SEC 1 §2.3.3.
    const coordinates = key[0] === 4 ? 2 : 1;
    const name = curve === null ? null : (names.longName(curve) ?? curve);
    const named = name === null ? null : /\d{3}/.exec(name);
    const bits = named === null ? Math.floor((key.length - 1) / coordinates) * 8 : Number(named[0]);
    return { ...found, bits, curve: name };
  }
  if (oid === DSA) return { ...found, bits: dsaBits(outline, parameters), curve: null };
  return { ...found, bits: FIXED_SIZES[oid] ?? null, curve: null };
}

function readOidText(cursor: DerCursor): string {
  readOid(cursor);
  return decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
}

/** RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
function readRsaKey(key: Uint8Array): { bits: number; exponent: bigint } {
  const cursor = new DerCursor(key);
  cursor.enter(SEQUENCE);
  readInteger(cursor);
  const bits = bitLength(cursor.contents());
  readInteger(cursor);
  let exponent = 0n;
  // A longer one is no exponent; the value is cut so that a hostile key costs nothing.
  for (const octet of cursor.contents().subarray(0, 1024)) exponent = exponent * 256n + BigInt(octet);
  cursor.leave();
  return { bits, exponent };
}

function dsaBits(outline: CertificateOutline, parameters: number): number | null {
  const cursor = partCursor(outline, parameters);
  if (cursor.peekTag() !== SEQUENCE) return null;
  cursor.enter(SEQUENCE);
  readInteger(cursor, INTEGER);
  return bitLength(cursor.contents());
}

/** The bits of a positive INTEGER's contents. */
function bitLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && bytes[at] === 0) at++;
  return at === bytes.length ? 0 : (bytes.length - at) * 8 - (Math.clz32(bytes[at] as number) - 24);
}

const RSA_PSS = '1.2.840.113549.1.1.10';

/** Reads the outer signature algorithm of a certificate. @throws CertificateDecodeError */
export function readSignatureAlgorithm(outline: CertificateOutline, names: OidNames): SignatureAlgorithm {
  const { bytes, strict, signatureAlgorithm, whole } = outline;
  const cursor = new DerCursor(bytes, { strict, start: signatureAlgorithm.start, end: whole.end });
  cursor.enter(SEQUENCE);
  const oid = readOidText(cursor);
  const name = names.longName(oid) ?? oid;
  if (oid === RSA_PSS) return { name, oid, hash: readPssHash(cursor, names) };
  const hash = /md[245]|sha-?\d+(?:-\d+)?|ripemd160|sm3/i.exec(name);
  return { name, oid, hash: hash === null ? null : hash[0].toLowerCase() };
}

/** RSASSA-PSS-params: the digest is under [0], SHA-1 where it is absent. RFC 4055 §3.1. */
function readPssHash(cursor: DerCursor, names: OidNames): string {
  if (cursor.peekTag() !== SEQUENCE) return 'sha1';
  cursor.enter(SEQUENCE);
  if (cursor.peekTag() !== contextTag(0)) return 'sha1';
  cursor.enter(contextTag(0));
  cursor.enter(SEQUENCE);
  const oid = readOidText(cursor);
  return names.longName(oid) ?? oid;
}
