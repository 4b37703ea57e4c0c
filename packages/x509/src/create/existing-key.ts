import { type Bytes, invalidArgumentValue } from '@sslkit/errors';
import { CertificateDecodeError } from '../der/decode-error.ts';
import { DerCursor } from '../der/reader.ts';
import { contextTag, INTEGER, OCTET_STRING, SEQUENCE } from '../der/tags.ts';
import { readInteger } from '../der/values.ts';
import { encodeInteger, encodeNull, encodeOctetString, encodeOid, encodeSequence } from '../der/writer.ts';
import { readDerOrPem } from './der-or-pem.ts';
import { decryptPrivateKey, isEncryptedKey } from './encrypted-key.ts';
import { importParameters, readKeyAlgorithm } from './public-key-info.ts';
import type { SigningKey } from './signing-key.ts';

const KEY_LABELS = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY'];

/**
 * Makes an existing private key ready to sign.
 *
 * @param privateKey - DER or a PEM text: PKCS#8, plain or encrypted, or the older forms of RSA and EC keys (RFC 8017
 *   appendix A.1.2, RFC 5915).
 * @param password - opens an encrypted key; not looked at for a plain one.
 * @throws CertificateDecodeError for what is no key, or a key of no supported kind.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for a key that is damaged, and for a wrong or missing password.
 */
export async function importSigningKey(
  privateKey: Bytes | string,
  password: string | Uint8Array | undefined,
): Promise<SigningKey> {
  const given = readDerOrPem('privateKey', privateKey, KEY_LABELS);
  const plain = isEncryptedKey(given) ? await openKey(given, password) : given;
  const { der, parameters } = readPrivateKeyInfo(plain);
  const { family, algorithm } = parameters;
  try {
    const cryptoKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
    // WebCrypto gives the public half of a private key through its JSON form alone.
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', cryptoKey);
    const publicHalf = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
    const publicKey = await crypto.subtle.importKey('jwk', publicHalf, algorithm, true, ['verify']);
    const publicKeyInfo = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
    const curve = parameters.family === 'ECDSA' ? { curve: parameters.curve } : {};
    return { family, ...curve, cryptoKey, privateKey: der, publicKeyInfo };
  } catch (cause) {
    throw Object.assign(invalidArgumentValue('privateKey is damaged: it cannot be imported'), { cause });
  }
}

async function openKey(der: Uint8Array, password: string | Uint8Array | undefined): Promise<Uint8Array> {
  if (password === undefined) throw invalidArgumentValue('privateKey is encrypted: a password is needed');
  return (await decryptPrivateKey(der, password)).privateKey;
}

/**
 * Reads the algorithm of a key, and puts a key of an older form into PKCS#8 (RFC 5208 §5).
 *
 * @returns bytes of its own: the caller may wipe what it gave.
 */
function readPrivateKeyInfo(given: Uint8Array) {
  const cursor = new DerCursor(given);
  cursor.enter(SEQUENCE);
  readInteger(cursor);
  const der = given.slice(0, cursor.end);
  switch (cursor.peekTag()) {
    case SEQUENCE:
      return { der, parameters: importParameters(readKeyAlgorithm(cursor)) };
    case INTEGER: {
      const algorithm = encodeSequence([encodeOid('1.2.840.113549.1.1.1'), encodeNull()]);
      return wrapKey(algorithm, der);
    }
    case OCTET_STRING: {
      cursor.skip();
      if (cursor.peekTag() !== contextTag(0)) {
        throw new CertificateDecodeError('ERR_X509_UNSUPPORTED', 'EC key does not name its curve', cursor.offset);
      }
      cursor.enter(contextTag(0));
      cursor.skip();
      const curve = given.subarray(cursor.headerStart, cursor.offset);
      return wrapKey(encodeSequence([encodeOid('1.2.840.10045.2.1'), curve]), der);
    }
    default:
      return cursor.fail('ERR_ASN1_WRONG_TAG', 'Not a private key', cursor.offset);
  }
}

function wrapKey(algorithm: Uint8Array, inner: Uint8Array) {
  const parameters = importParameters(readKeyAlgorithm(new DerCursor(algorithm)));
  return { der: encodeSequence([encodeInteger(0), algorithm, encodeOctetString(inner)]), parameters };
}
