import { type Bytes, invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';
import { CertificateDecodeError } from '../der/decode-error.ts';
import { DerCursor } from '../der/reader.ts';
import { INTEGER, OCTET_STRING, SEQUENCE } from '../der/tags.ts';
import { readInteger, readOid, readSmallInteger } from '../der/values.ts';
import { encodeInteger, encodeNull, encodeOctetString, encodeOid, encodeSequence } from '../der/writer.ts';
import { encodePem } from '../pem.ts';
import { readDerOrPem } from './der-or-pem.ts';
import { toHex } from './public-key-info.ts';

/** A private key in both of its forms. */
export interface EncodedPrivateKey {
  /** DER: PKCS#8, or its EncryptedPrivateKeyInfo. */
  readonly privateKey: Uint8Array;
  /** PEM with the label `PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`. */
  readonly privateKeyPem: string;
}

/** Options of {@link encryptPrivateKey}. */
export interface EncryptPrivateKeyOptions {
  /** Rounds of PBKDF2, which make guessing slow: 1 to 5,000,000. Default: 600,000, about 0.2 s. */
  readonly iterations?: number | undefined;
}

const DEFAULT_ITERATIONS = 600_000; // what OWASP advises for PBKDF2 with HMAC-SHA-256
const LARGEST_ITERATIONS = 5_000_000; // about a second: a foreign key must not be able to ask for hours
const SALT_LENGTH = 16; // octets; RFC 8018 §4.1 asks for at least 8
const BLOCK_LENGTH = 16; // octets of an AES block, FIPS 197

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const HMAC_SHA256 = '1.2.840.113549.2.9';
const AES_256_CBC = '2.16.840.1.101.3.4.1.42';

// The contents of the identifiers that are understood, in hexadecimal digits.
const PBES2_CONTENT = '2a864886f70d01050d';
const PBKDF2_CONTENT = '2a864886f70d01050c';
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d0207', 'SHA-1'],
  ['2a864886f70d0209', 'SHA-256'],
  ['2a864886f70d020a', 'SHA-384'],
  ['2a864886f70d020b', 'SHA-512'],
]);
const CIPHER_BITS: ReadonlyMap<string, number> = new Map([
  ['608648016503040102', 128],
  ['608648016503040116', 192],
  ['60864801650304012a', 256],
]);

/** What turns a password into the key of the cipher, and the cipher's first block. */
interface Pbes2Parameters {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** WebCrypto's name of the digest under the HMAC. */
  readonly hash: string;
  /** Of the AES key. */
  readonly bits: number;
  readonly iv: Uint8Array;
}

/**
 * Encrypts a private key with a password: PKCS#8 under PBES2, PBKDF2 with HMAC-SHA-256 and AES-256-CBC (RFC 8018).
 *
 * OpenSSL, CPython and Node read the result.
 *
 * @param privateKey - PKCS#8 as DER, or a PEM text with the label `PRIVATE KEY`.
 * @param password - text is taken as UTF-8.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for arguments of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for an empty password, `ERR_OUT_OF_RANGE` for `iterations`.
 * @throws CertificateDecodeError for what is no PKCS#8.
 */
export async function encryptPrivateKey(
  privateKey: Bytes | string,
  password: string | Uint8Array,
  options: EncryptPrivateKeyOptions = {},
): Promise<EncodedPrivateKey> {
  const der = readDerOrPem('privateKey', privateKey, ['PRIVATE KEY']);
  checkPrivateKeyInfo(der);
  const { iterations = DEFAULT_ITERATIONS } = options;
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > LARGEST_ITERATIONS) {
    throw outOfRange(`iterations must be a whole number from 1 to ${LARGEST_ITERATIONS}, got ${iterations}`);
  }
  if (encodePassword(password).length === 0) throw invalidArgumentValue('password must not be empty');
  const salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH));
  const iv = crypto.getRandomValues(new Uint8Array(BLOCK_LENGTH));
  const key = await deriveKey(password, { salt, iterations, hash: 'SHA-256', bits: 256, iv }, 'encrypt');
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, der));
  const derivation = encodeSequence([
    encodeOctetString(salt),
    encodeInteger(iterations),
    encodeSequence([encodeOid(HMAC_SHA256), encodeNull()]),
  ]);
  const algorithm = encodeSequence([
    encodeOid(PBES2),
    encodeSequence([
      encodeSequence([encodeOid(PBKDF2), derivation]),
      encodeSequence([encodeOid(AES_256_CBC), encodeOctetString(iv)]),
    ]),
  ]);
  const encrypted = encodeSequence([algorithm, encodeOctetString(ciphertext)]);
  return { privateKey: encrypted, privateKeyPem: encodePem('ENCRYPTED PRIVATE KEY', encrypted) };
}

/**
 * Opens an encrypted PKCS#8: PBES2 with PBKDF2 over HMAC of SHA-1 or SHA-2 and AES-CBC of any key size, which is what
 * OpenSSL has written since 1.1.
 *
 * @param privateKey - DER, or a PEM text with the label `ENCRYPTED PRIVATE KEY`.
 * @param password - text is taken as UTF-8.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for arguments of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for a wrong password; a damaged key looks the same.
 * @throws CertificateDecodeError for what is no encrypted key; `ERR_X509_UNSUPPORTED` for another scheme, such as scrypt
 *   or triple DES, and for more than 5,000,000 iterations.
 */
export async function decryptPrivateKey(
  privateKey: Bytes | string,
  password: string | Uint8Array,
): Promise<EncodedPrivateKey> {
  const der = readDerOrPem('privateKey', privateKey, ['ENCRYPTED PRIVATE KEY']);
  const { parameters, ciphertext } = readEncryptedKey(der);
  const key = await deriveKey(password, parameters, 'decrypt');
  try {
    const plaintext = await crypto.subtle.decrypt({ name: 'AES-CBC', iv: parameters.iv }, key, ciphertext);
    const opened = new Uint8Array(plaintext);
    // The padding of a wrong key is right once in 256 times: only what is inside tells.
    checkPrivateKeyInfo(opened);
    return { privateKey: opened, privateKeyPem: encodePem('PRIVATE KEY', opened) };
  } catch (cause) {
    throw Object.assign(invalidArgumentValue('password is wrong, or the encrypted key is damaged'), { cause });
  }
}

/** Whether DER is an EncryptedPrivateKeyInfo: unlike every plain key it does not begin with a version. */
export function isEncryptedKey(der: Uint8Array): boolean {
  const cursor = new DerCursor(der);
  cursor.enter(SEQUENCE);
  return cursor.peekTag() === SEQUENCE;
}

/** Checks the outline of a PrivateKeyInfo, RFC 5208 §5. @throws CertificateDecodeError */
function checkPrivateKeyInfo(der: Uint8Array): void {
  const cursor = new DerCursor(der, { strict: true });
  cursor.enter(SEQUENCE);
  readInteger(cursor, INTEGER);
  cursor.enter(SEQUENCE);
  readOid(cursor);
  while (cursor.more()) cursor.skip();
  cursor.leave();
  cursor.readString(OCTET_STRING);
  while (cursor.more()) cursor.skip();
  cursor.leave();
  cursor.finish();
}

function encodePassword(password: string | Uint8Array): Uint8Array {
  if (typeof password === 'string') return new TextEncoder().encode(password);
  if (password instanceof Uint8Array) return password;
  throw invalidArgumentType('password', 'a string or a Uint8Array', password);
}

async function deriveKey(
  password: string | Uint8Array,
  { salt, iterations, hash, bits }: Pbes2Parameters,
  usage: 'encrypt' | 'decrypt',
) {
  const base = await crypto.subtle.importKey('raw', encodePassword(password), 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', salt, iterations, hash };
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-CBC', length: bits }, false, [usage]);
}

function failUnsupported(what: string): never {
  throw new CertificateDecodeError('ERR_X509_UNSUPPORTED', `Key is encrypted with ${what}, which is not supported`, 0);
}

function readOidHex(cursor: DerCursor): string {
  readOid(cursor);
  return toHex(cursor.contents());
}

function readEncryptedKey(der: Uint8Array): { parameters: Pbes2Parameters; ciphertext: Uint8Array } {
  const cursor = new DerCursor(der);
  cursor.enter(SEQUENCE);
  cursor.enter(SEQUENCE);
  if (readOidHex(cursor) !== PBES2_CONTENT) failUnsupported('a scheme other than PBES2');
  cursor.enter(SEQUENCE);
  const derivation = readDerivation(cursor);
  cursor.enter(SEQUENCE);
  const bits = CIPHER_BITS.get(readOidHex(cursor)) ?? failUnsupported('a cipher other than AES-CBC');
  cursor.readString(OCTET_STRING);
  const iv = cursor.contents();
  if (iv.length !== BLOCK_LENGTH) cursor.fail('ERR_ASN1_BAD_VALUE', 'AES needs a first block of 16 bytes', 0);
  cursor.leave();
  cursor.leave();
  cursor.leave();
  cursor.readString(OCTET_STRING);
  return { parameters: { ...derivation, bits, iv }, ciphertext: cursor.contents() };
}

function readDerivation(cursor: DerCursor): { salt: Uint8Array; iterations: number; hash: string } {
  cursor.enter(SEQUENCE);
  if (readOidHex(cursor) !== PBKDF2_CONTENT) failUnsupported('a key derivation other than PBKDF2');
  cursor.enter(SEQUENCE);
  cursor.readString(OCTET_STRING);
  const salt = cursor.contents();
  const iterations = readSmallInteger(cursor);
  if (iterations < 1 || iterations > LARGEST_ITERATIONS) failUnsupported(`${iterations} iterations`);
  // The length of the key follows from the cipher.
  if (cursor.peekTag() === INTEGER) cursor.skip();
  // RFC 8018 appendix A.2: "prf AlgorithmIdentifier {{PBKDF2-PRFs}} DEFAULT algid-hmacWithSHA1".
  let hash: string | undefined = 'SHA-1';
  if (cursor.more()) {
    cursor.enter(SEQUENCE);
    hash = DIGESTS.get(readOidHex(cursor)) ?? failUnsupported('an unknown digest');
    while (cursor.more()) cursor.skip();
    cursor.leave();
  }
  cursor.leave();
  cursor.leave();
  return { salt, iterations, hash };
}
