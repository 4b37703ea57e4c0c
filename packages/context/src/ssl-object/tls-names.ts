/** TLS's names of groups by OpenSSL's short names, for OpenSSL before 3.2: IANA TLS Supported Groups, RFC 8446 §4.2.7. */
const GROUP_NAMES: Readonly<Record<string, string>> = {
  prime256v1: 'secp256r1',
  X25519: 'x25519',
  X448: 'x448',
};

/** The name in TLS of what OpenSSL calls `shortName`; most have one name. */
export function nameGroup(shortName: string | null): string | null {
  return shortName === null ? null : (GROUP_NAMES[shortName] ?? shortName);
}

/** The curve that TLS 1.3 ties to a digest: RFC 8446 §4.2.3. TLS 1.2 has the same numbers without the curve. */
const ECDSA_NAMES: Readonly<Record<string, string>> = {
  SHA1: 'ecdsa_sha1',
  SHA224: 'ecdsa_sha224',
  SHA256: 'ecdsa_secp256r1_sha256',
  SHA384: 'ecdsa_secp384r1_sha384',
  SHA512: 'ecdsa_secp521r1_sha512',
};

/**
 * The name in TLS of a signature, for OpenSSL that has none to give: RFC 8446 §4.2.3.
 *
 * @param key - OpenSSL's short name of the kind of key: `rsaEncryption`, `RSASSA-PSS`, `id-ecPublicKey`, `ED25519`, …
 * @param digest - such as `SHA256`; null for those that have none of their own.
 */
export function nameSignature(key: string | null, digest: string | null): string | null {
  const hash = (digest ?? '').toLowerCase();
  switch (key) {
    case 'id-ecPublicKey':
      return ECDSA_NAMES[digest ?? ''] ?? null;
    case 'rsaEncryption':
      return `rsa_pkcs1_${hash}`;
    case 'RSASSA-PSS':
      // OpenSSL does not tell a key that is good for PSS alone (rsa_pss_pss) from the common kind.
      return `rsa_pss_rsae_${hash}`;
    case 'dsaEncryption':
    case 'DSA':
      return `dsa_${hash}`;
    default:
      return key === null ? null : key.toLowerCase();
  }
}
