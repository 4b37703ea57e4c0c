import { createDecipheriv, createHmac, createPrivateKey, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { CertificateDecodeError } from '@sslkit/x509';
import { type Failure, inputError } from '../failure.ts';
import { contentOf, type DerElement, DerError, DerTag, enter, readElement } from '../material/der-element.ts';
import type { Item, ItemKind } from '../material/material.ts';
import { deriveKey, KeyPurpose } from './key-derivation.ts';
import { CIPHERS, HASHES, Oid, readOid } from './object-identifiers.ts';

/** What a PKCS#12 file holds: keys as plain PKCS#8, certificates, revocation lists. */
export interface Pkcs12Contents {
  readonly items: readonly Item[];
}

const MOST_ITERATIONS = 10_000_000; // more than anybody writes; a file must not keep us busy for hours

/**
 * Opens a PKCS#12 file, RFC 7292.
 *
 * @param password - undefined is the empty one.
 * @throws Failure with the exit code for input: wrong password, damaged, or a scheme that is not known.
 */
export function openPkcs12(der: Uint8Array, password: string | undefined, name: string): Pkcs12Contents {
  try {
    const [, authSafe, macData] = enter(readElement(der));
    const [type, content] = enter(authSafe);
    if (readOid(type) !== Oid.data)
      throw inputError(`${name} is signed with a key instead of a password, which is not supported`);
    const safe = contentOf(enter(content, EXPLICIT_0)[0], DerTag.OCTET_STRING);
    if (macData !== undefined) checkMac(macData, safe, { password, name });
    const items = enter(readElement(safe)).flatMap((part) => readSafe(part, { password, name }));
    return { items };
  } catch (error) {
    if (!(error instanceof DerError) && !(error instanceof CertificateDecodeError)) throw error;
    throw inputError(`${name} is a damaged PKCS#12 file: ${error.message}`);
  }
}

const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;

interface Opening {
  readonly password: string | undefined;
  readonly name: string;
}

function checkMac(macData: DerElement, safe: Uint8Array, opening: Opening): void {
  const [digestInfo, saltElement, iterationsElement] = enter(macData);
  const [algorithm, digest] = enter(digestInfo);
  const hash = HASHES.get(readOid(enter(algorithm)[0]));
  // PBMAC1 of RFC 9579: the password is tried on the contents instead.
  if (hash === undefined) return;
  const expected = contentOf(digest, DerTag.OCTET_STRING);
  const derivation = {
    hash,
    salt: contentOf(saltElement, DerTag.OCTET_STRING),
    iterations: iterationsElement === undefined ? 1 : readCount(iterationsElement),
    purpose: KeyPurpose.MAC,
    length: expected.length,
  };
  const key = deriveKey(opening.password ?? '', derivation);
  const actual = createHmac(hash, key).update(safe).digest();
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw wrongPassword(opening);
}

function wrongPassword({ password, name }: Opening): Failure {
  return password === undefined
    ? inputError(`${name} is encrypted`, 'Give its password with --password-file FILE.')
    : inputError(`${name}: the password is wrong, or the file is damaged`);
}

function readCount(element: DerElement): number {
  const octets = contentOf(element, DerTag.INTEGER);
  const count = octets.length > 6 ? Number.NaN : octets.reduce((number, octet) => number * 256 + octet, 0);
  if (!(count >= 1 && count <= MOST_ITERATIONS)) throw new DerError('The number of iterations is out of range');
  return count;
}

/** Reads one ContentInfo of the safe: bags in the open, or encrypted. */
function readSafe(part: DerElement, opening: Opening): Item[] {
  const [type, content] = enter(part);
  const kind = readOid(type);
  const [inner] = enter(content, EXPLICIT_0);
  if (kind === Oid.data) return readBags(contentOf(inner, DerTag.OCTET_STRING), opening);
  if (kind !== Oid.encryptedData) {
    throw inputError(`${opening.name} is encrypted for a key instead of with a password, which is not supported`);
  }
  const [, info] = enter(inner);
  const [, algorithm, ciphertext] = enter(info);
  return readBags(decrypt(algorithm, contentOf(ciphertext, IMPLICIT_0), opening), opening);
}

function readBags(bags: Uint8Array, opening: Opening): Item[] {
  return enter(readElement(bags)).flatMap((bag) => {
    const [type, value] = enter(bag);
    const [inner] = enter(value, EXPLICIT_0);
    if (inner === undefined) throw new DerError('A bag is empty');
    switch (readOid(type)) {
      case Oid.keyBag:
        return [item('privateKey', inner.whole)];
      case Oid.shroudedKeyBag:
        return [item('privateKey', openShroudedKey(inner.whole, opening))];
      case Oid.certificateBag:
        return readCertificateBag(inner);
      case Oid.crlBag:
        return [item('crl', contentOf(enter(enter(inner)[1], EXPLICIT_0)[0], DerTag.OCTET_STRING))];
      default:
        return [];
    }
  });
}

function readCertificateBag(bag: DerElement): Item[] {
  const [type, value] = enter(bag);
  if (readOid(type) !== Oid.x509Certificate) return [];
  return [item('certificate', contentOf(enter(value, EXPLICIT_0)[0], DerTag.OCTET_STRING))];
}

function item(kind: ItemKind, der: Uint8Array): Item {
  return { kind, der, label: kind === 'privateKey' ? 'PRIVATE KEY' : null, line: null, encrypted: false };
}

function openShroudedKey(der: Uint8Array, opening: Opening): Uint8Array {
  const [algorithm, ciphertext] = enter(readElement(der));
  const key = decrypt(algorithm, contentOf(ciphertext, DerTag.OCTET_STRING), opening);
  try {
    return createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }).export({
      type: 'pkcs8',
      format: 'der',
    });
  } catch {
    throw wrongPassword(opening);
  }
}

function decrypt(algorithm: DerElement | undefined, ciphertext: Uint8Array, opening: Opening): Uint8Array {
  const [scheme, parameters] = enter(algorithm);
  const oid = readOid(scheme);
  const { cipher, key, iv } =
    oid === Oid.pbes2
      ? derivePbes2(parameters, opening)
      : oid === Oid.tripleDes
        ? deriveTripleDes(parameters, opening)
        : unknownScheme(oid, opening);
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw wrongPassword(opening);
  }
}

interface CipherKey {
  readonly cipher: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

function derivePbes2(parameters: DerElement | undefined, opening: Opening): CipherKey {
  const [derivation, encryption] = enter(parameters);
  const [function_, derivationParameters] = enter(derivation);
  const [cipherOid, iv] = enter(encryption);
  const cipher = CIPHERS.get(readOid(cipherOid));
  if (readOid(function_) !== Oid.pbkdf2) return unknownScheme(readOid(function_), opening);
  if (cipher === undefined) return unknownScheme(readOid(cipherOid), opening);
  const [salt, count, ...rest] = enter(derivationParameters);
  const prf = rest.find(({ tag }) => tag === DerTag.SEQUENCE);
  const hash = prf === undefined ? 'sha1' : HASHES.get(readOid(enter(prf)[0]));
  if (hash === undefined || count === undefined) return unknownScheme('another PBKDF2', opening);
  const saltOctets = contentOf(salt, DerTag.OCTET_STRING);
  const key = pbkdf2Sync(opening.password ?? '', saltOctets, readCount(count), cipher[1], hash);
  return { cipher: cipher[0], key, iv: contentOf(iv, DerTag.OCTET_STRING) };
}

function deriveTripleDes(parameters: DerElement | undefined, { password = '' }: Opening): CipherKey {
  const [salt, count] = enter(parameters);
  if (count === undefined) throw new DerError('The number of iterations is missing');
  const base = { hash: 'sha1', salt: contentOf(salt, DerTag.OCTET_STRING), iterations: readCount(count) };
  const key = deriveKey(password, { ...base, purpose: KeyPurpose.ENCRYPTION, length: 24 });
  const iv = deriveKey(password, { ...base, purpose: KeyPurpose.IV, length: 8 });
  return { cipher: 'des-ede3-cbc', key, iv };
}

function unknownScheme(scheme: string, { name }: Opening): never {
  throw inputError(
    `${name} is encrypted by a scheme that is not supported (${scheme})`,
    'Old files use RC2, which OpenSSL 3 keeps apart: openssl pkcs12 -legacy converts them.',
  );
}
