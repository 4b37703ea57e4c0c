import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { encryptPrivateKey } from '@sslkit/x509';
import { DerTag, encode } from '../material/der-element.ts';
import { deriveKey, KeyPurpose } from './key-derivation.ts';
import { Oid, oid } from './object-identifiers.ts';

/** What goes into a PKCS#12 file. */
export interface Pkcs12Input {
  /** DER, the certificate of the key first. */
  readonly certificates: readonly Uint8Array[];
  /** PKCS#8, DER, not encrypted; null for a file of certificates alone. */
  readonly privateKey: Uint8Array | null;
  readonly password: string;
  /** What programs show as the name of the entry. */
  readonly friendlyName?: string | undefined;
}

const ITERATIONS = 100_000;
const SALT_LENGTH = 16; // octets

const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;

/**
 * Makes a PKCS#12 file: AES-256 under PBKDF2 with HMAC-SHA-256 for the key and the certificates, HMAC-SHA-256 over all.
 * OpenSSL ≥ 1.1, Java ≥ 8u301, Windows ≥ 10 1709 and macOS ≥ 15 read it.
 */
export async function createPkcs12(input: Pkcs12Input): Promise<Buffer> {
  const { certificates, privateKey, password, friendlyName } = input;
  const [leaf] = certificates;
  const attributes = encodeAttributes(leaf, friendlyName);
  const safes = [
    encryptedContent(
      encode(DerTag.SEQUENCE, ...certificates.map((der) => certificateBag(der, der === leaf ? attributes : []))),
      password,
    ),
  ];
  if (privateKey !== null) {
    const { privateKey: shrouded } = await encryptPrivateKey(privateKey, password, { iterations: ITERATIONS });
    safes.push(content(encode(DerTag.SEQUENCE, bag(Oid.shroudedKeyBag, shrouded, attributes))));
  }
  const safe = encode(DerTag.SEQUENCE, ...safes);
  return Buffer.from(encode(DerTag.SEQUENCE, integer(3), content(safe), macOver(safe, password)));
}

function encodeAttributes(leaf: Uint8Array | undefined, friendlyName: string | undefined): Uint8Array[] {
  const attributes: Uint8Array[] = [];
  if (leaf !== undefined) {
    // Ties the key to its certificate; every program takes the SHA-1 of the certificate for that.
    const id = createHash('sha1').update(leaf).digest();
    attributes.push(attribute(Oid.localKeyId, encode(DerTag.OCTET_STRING, id)));
  }
  if (friendlyName !== undefined) {
    const text = Buffer.from(friendlyName, 'utf16le').swap16();
    attributes.push(attribute(Oid.friendlyName, encode(DerTag.BMP_STRING, text)));
  }
  return attributes;
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return encode(DerTag.SEQUENCE, oid(type), encode(DerTag.SET, value));
}

function certificateBag(der: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const value = encode(DerTag.SEQUENCE, oid(Oid.x509Certificate), encode(EXPLICIT_0, encode(DerTag.OCTET_STRING, der)));
  return bag(Oid.certificateBag, value, attributes);
}

function bag(type: string, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const tail = attributes.length === 0 ? [] : [encode(DerTag.SET, ...attributes)];
  return encode(DerTag.SEQUENCE, oid(type), encode(EXPLICIT_0, value), ...tail);
}

function content(bytes: Uint8Array): Uint8Array {
  return encode(DerTag.SEQUENCE, oid(Oid.data), encode(EXPLICIT_0, encode(DerTag.OCTET_STRING, bytes)));
}

function encryptedContent(plaintext: Uint8Array, password: string): Uint8Array {
  const salt = randomBytes(SALT_LENGTH);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const prf = encode(DerTag.SEQUENCE, oid(Oid.hmacSha256), encode(DerTag.NULL));
  const derivation = encode(DerTag.SEQUENCE, encode(DerTag.OCTET_STRING, salt), integer(ITERATIONS), prf);
  const parameters = encode(
    DerTag.SEQUENCE,
    encode(DerTag.SEQUENCE, oid(Oid.pbkdf2), derivation),
    encode(DerTag.SEQUENCE, oid(Oid.aes256Cbc), encode(DerTag.OCTET_STRING, iv)),
  );
  const algorithm = encode(DerTag.SEQUENCE, oid(Oid.pbes2), parameters);
  const info = encode(DerTag.SEQUENCE, oid(Oid.data), algorithm, encode(IMPLICIT_0, ciphertext));
  const data = encode(DerTag.SEQUENCE, integer(0), info);
  return encode(DerTag.SEQUENCE, oid(Oid.encryptedData), encode(EXPLICIT_0, data));
}

function macOver(safe: Uint8Array, password: string): Uint8Array {
  const salt = randomBytes(SALT_LENGTH);
  const derivation = { hash: 'sha256', salt, iterations: ITERATIONS, purpose: KeyPurpose.MAC, length: 32 };
  const digest = createHmac('sha256', deriveKey(password, derivation)).update(safe).digest();
  const algorithm = encode(DerTag.SEQUENCE, oid(Oid.sha256), encode(DerTag.NULL));
  const digestInfo = encode(DerTag.SEQUENCE, algorithm, encode(DerTag.OCTET_STRING, digest));
  return encode(DerTag.SEQUENCE, digestInfo, encode(DerTag.OCTET_STRING, salt), integer(ITERATIONS));
}

function integer(value: number): Uint8Array {
  const octets: number[] = [value & 0xff];
  for (let rest = value >>> 8; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  if ((octets[0] ?? 0) & 0x80) octets.unshift(0);
  return encode(DerTag.INTEGER, Uint8Array.from(octets));
}
