import type { Bytes } from '@sslkit/errors';
import { type CertificateDictionary, decodeCertificateWithNames } from './decode-certificate.ts';
import type { DecodeOptions } from './der/reader.ts';
import { allNames } from './oid-names.ts';

/**
 * Decodes a DER certificate to the dictionary of Python's `getpeercert()`: the same keys in the same order, the same
 * spelling, the same refusals.
 *
 * Bytes after the certificate are ignored, and BER is taken where OpenSSL takes it, unless `strict` is set. A malformed
 * subjectAltName, or one that is there twice, is absent from the result, as in Python.
 *
 * Python: `ssl.SSLSocket.getpeercert()`, `ssl._ssl._test_decode_cert`.
 *
 * @throws CertificateDecodeError when OpenSSL or Python would refuse the certificate
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `der` is not bytes
 */
export function decodeCertificate(der: Bytes, options: DecodeOptions = {}): CertificateDictionary {
  return decodeCertificateWithNames(der, allNames, options);
}
