import { createCertificate, type KeyType } from '@sslkit/x509';

const made = new Map<string, Promise<Uint8Array>>();

/**
 * Gives a private key of a kind, made once in a test file: generating an RSA key takes a fraction of a second. Authorities
 * have another than leaves, so that a certificate signed with the wrong key does not pass.
 */
export function takeKey(keyType: KeyType, owner: 'authority' | 'leaf'): Promise<Uint8Array> {
  const name = `${owner} ${keyType}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const fresh = createCertificate({ keyType }).then(({ privateKey }) => privateKey);
  made.set(name, fresh);
  return fresh;
}
