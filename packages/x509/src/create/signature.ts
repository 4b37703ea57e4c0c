import { invalidArgumentValue } from '@sslkit/errors';
import { encodeBitString, encodeNull, encodeOid, encodeSequence, encodeUnsignedBytes } from '../der/writer.ts';
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
  // WebCrypto ties an RSA key to one digest: another digest needs the key imported again.
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  const cryptoKey = await crypto.subtle.importKey('pkcs8', key.privateKey, algorithm, false, ['sign']);
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
