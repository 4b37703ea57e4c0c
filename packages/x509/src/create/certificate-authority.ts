import { type CertificateOptions, type CreatedCertificate, createCertificate } from './certificate.ts';

/** Options of {@link createCertificateAuthority}. */
export type CertificateAuthorityOptions = Omit<CertificateOptions, 'role'>;

/**
 * Creates a certificate authority: a self-signed root, or below another `authority` an intermediate.
 *
 * The result goes into `authority` of {@link createCertificate}, {@link signRequest} and {@link createCrl}, and its
 * `certificatePem` to whoever is to trust it. Defaults: a P-256 key, ten years, a name that no other has.
 *
 * @throws what {@link createCertificate} throws.
 */
export async function createCertificateAuthority(
  options: CertificateAuthorityOptions = {},
): Promise<CreatedCertificate> {
  return createCertificate({ ...options, role: 'authority' });
}
