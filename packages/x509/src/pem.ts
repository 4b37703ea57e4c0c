import { type Bytes, invalidArgumentType, invalidArgumentValue, viewBytes } from '@sslkit/errors';
import { decodeBase64Leniently, encodeBase64Lines } from './pem-base64.ts';
import { stripPythonWhitespace } from './python-whitespace.ts';

/** The line that begins a certificate. Python: `ssl.PEM_HEADER`. */
export const PEM_HEADER = '-----BEGIN CERTIFICATE-----';
/** The line that ends a certificate. Python: `ssl.PEM_FOOTER`. */
export const PEM_FOOTER = '-----END CERTIFICATE-----';

/**
 * Encodes a certificate as PEM: the header, base64 in lines of 64 characters, the footer, and a final newline.
 *
 * The bytes are not looked at: no bytes give the two marker lines alone.
 *
 * Python: `ssl.DER_cert_to_PEM_cert`.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the argument is neither a view nor an `ArrayBuffer`.
 */
export function derCertToPemCert(derCert: Bytes): string {
  return encodePem('CERTIFICATE', derCert);
}

/**
 * Decodes one PEM certificate to its bytes, exactly as strictly as Python.
 *
 * The text must start with the header (no text, newline or byte order mark before it) and end with the footer, blanks
 * after it allowed. Between them the base64 is read leniently: foreign characters are skipped, and of two certificates
 * the second is ignored where the first ends in padding. {@link readPemBundle} is the reader for files.
 *
 * Python: `ssl.PEM_cert_to_DER_cert`.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the argument is not a string.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where a marker is missing, padding is missing, or the text is not ASCII.
 */
export function pemCertToDerCert(pemCert: string): Uint8Array {
  if (typeof pemCert !== 'string') throw invalidArgumentType('pemCert', 'a string', pemCert);
  if (!pemCert.startsWith(PEM_HEADER)) {
    throw invalidArgumentValue(`Invalid PEM encoding; must start with ${PEM_HEADER}`);
  }
  const stripped = stripPythonWhitespace(pemCert);
  if (!stripped.endsWith(PEM_FOOTER)) {
    throw invalidArgumentValue(`Invalid PEM encoding; must end with ${PEM_FOOTER}`);
  }
  const body = stripped.slice(PEM_HEADER.length, -PEM_FOOTER.length);
  for (let index = 0; index < body.length; index++) {
    if (body.charCodeAt(index) > 0x7f) {
      throw invalidArgumentValue(
        `Invalid PEM encoding; the character at ${PEM_HEADER.length + index} is not ASCII, base64 expected`,
      );
    }
  }
  return decodeBase64Leniently(body);
}

/**
 * Encodes bytes as a PEM block with the given label, such as `PRIVATE KEY` or `X509 CRL`: RFC 7468 §2.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the second argument is neither a view nor an `ArrayBuffer`.
 */
export function encodePem(label: string, der: Bytes): string {
  return `-----BEGIN ${label}-----\n${encodeBase64Lines(viewBytes('der', der))}-----END ${label}-----\n`;
}
