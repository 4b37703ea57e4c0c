import { readFileSync } from 'node:fs';
// By name, not by path: this entry is built apart, and its classes must be those of the main one.
import { type CertificateDictionary, type DecodeOptions, decodePem } from '@sslkit/x509';

/**
 * Decodes the first certificate of a PEM file to the dictionary of Python's `getpeercert()`.
 *
 * Python: `ssl._ssl._test_decode_cert(path)`. A file that cannot be read gives Node's own error, with its `code`.
 *
 * @throws CertificateDecodeError when the file holds no certificate that can be read
 */
export function decodeCertificateFile(path: string | URL, options: DecodeOptions = {}): CertificateDictionary {
  // ISO 8859-1: text between the blocks may be of any encoding, and the blocks are ASCII.
  return decodePem(readFileSync(path, 'latin1'), options);
}
