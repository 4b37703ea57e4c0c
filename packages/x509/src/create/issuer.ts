import { type Bytes, invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { compareBytes } from '../der/writer.ts';
import { readExistingCertificate } from './existing-certificate.ts';
import { importSigningKey } from './existing-key.ts';
import { digestKeyIdentifier } from './public-key-info.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * A certificate with its key, in the role of a certificate authority: what {@link createCertificateAuthority} gives, or
 * the two read from files.
 */
export interface CertificateIssuer {
  /** DER, or a PEM text whose first certificate is taken. */
  readonly certificate: Bytes | string;
  /** PKCS#8 as DER, or a PEM text with a key. */
  readonly privateKey: Bytes | string;
  /** Opens `privateKey` where it is encrypted. */
  readonly password?: string | Uint8Array | undefined;
  /** The certificate and those above it without the root, DER. Default: the certificate alone, unless it is self-signed. */
  readonly chain?: readonly Uint8Array[] | undefined;
}

/** An issuer with all that signing needs. */
export interface ResolvedIssuer {
  readonly key: SigningKey;
  /** The DER of its Name. */
  readonly subject: Uint8Array;
  /** Its SubjectKeyIdentifier, computed where its certificate has none. */
  readonly keyIdentifier: Uint8Array;
  /** What a certificate of this issuer is sent with. */
  readonly chain: readonly Uint8Array[];
}

// Importing a key costs more than signing with it. Only frozen objects are in here, so that their keys cannot change.
const importedKeys = new WeakMap<CertificateIssuer, SigningKey>();

/** Keeps the imported key of a certificate that was just created, for when it issues others. */
export function rememberKey(issuer: Readonly<CertificateIssuer>, key: SigningKey): void {
  importedKeys.set(issuer, key);
}

/**
 * Reads the certificate and the key of an issuer, and checks that they belong together.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything but an issuer.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where the key is not the certificate's.
 * @throws CertificateDecodeError for malformed DER.
 */
export async function resolveIssuer(issuer: CertificateIssuer): Promise<ResolvedIssuer> {
  if (typeof issuer !== 'object' || issuer === null) {
    throw invalidArgumentType('authority', 'an object with certificate and privateKey', issuer);
  }
  const { der, subject, isSelfIssued, publicKeyInfo, keyIdentifier } = readExistingCertificate(
    'authority.certificate',
    issuer.certificate,
  );
  const key = importedKeys.get(issuer) ?? (await importSigningKey(issuer.privateKey, issuer.password));
  if (compareBytes(publicKeyInfo, key.publicKeyInfo) !== 0) {
    throw invalidArgumentValue('authority.privateKey does not belong to authority.certificate');
  }
  return {
    key,
    subject,
    keyIdentifier: keyIdentifier ?? (await digestKeyIdentifier(publicKeyInfo)),
    chain: isSelfIssued ? [] : (issuer.chain ?? [der]),
  };
}
