import { type CertificateDictionary, decodeCertificateWithNames } from './decode-certificate.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import type { DecodeOptions } from './der/reader.ts';
import { allNames } from './oid-names.ts';
import { readPemBundle } from './pem-bundle.ts';

/**
 * Decodes the first certificate of a PEM text to the dictionary of Python's `getpeercert()`. Text, keys and other blocks
 * before it are passed over, as OpenSSL does; a block that is broken before it is an error.
 *
 * @throws CertificateDecodeError with `ERR_PEM_NO_BLOCK` when there is no readable certificate block, and as
 * `decodeCertificate` does
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `pem` is no string
 */
export function decodePem(pem: string, options: DecodeOptions = {}): CertificateDictionary {
  const { certificates, problems } = readPemBundle(pem);
  // A block with OpenSSL's trust settings is for CA files; where one certificate is read, OpenSSL passes over it.
  const first = certificates.find(({ label }) => label !== 'TRUSTED CERTIFICATE');
  const broken = problems.find(({ severity, line }) => severity === 'error' && line < (first?.line ?? Infinity));
  if (first === undefined || broken !== undefined) {
    const reason = broken === undefined ? 'No certificate in the text' : `Line ${broken.line}: ${broken.explanation}`;
    throw new CertificateDecodeError('ERR_PEM_NO_BLOCK', reason, 0);
  }
  return decodeCertificateWithNames(first.der, allNames, options);
}
