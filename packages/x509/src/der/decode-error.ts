import { SSLError } from '@sslkit/errors';

/** What can be wrong with an encoding; the `code` of a {@link CertificateDecodeError}. */
export type CertificateDecodeErrorCode =
  /** An element or a header runs past the end of what holds it. */
  | 'ERR_ASN1_TRUNCATED'
  /** A length that is reserved, too large, or indefinite where that has no meaning. */
  | 'ERR_ASN1_BAD_LENGTH'
  /** Another element than the structure has at this place. */
  | 'ERR_ASN1_WRONG_TAG'
  /** A required element is absent. */
  | 'ERR_ASN1_MISSING_FIELD'
  /** Bytes left over after the last element of a structure. */
  | 'ERR_ASN1_EXTRA_DATA'
  /** The end of an indefinite length is absent, or stands where none is open. */
  | 'ERR_ASN1_END_OF_CONTENTS'
  /** A string in pieces that nests deeper than OpenSSL's limit of five. */
  | 'ERR_ASN1_NESTED_TOO_DEEP'
  /** An INTEGER, OBJECT IDENTIFIER, BOOLEAN, NULL, BIT STRING or time whose contents are malformed. */
  | 'ERR_ASN1_BAD_VALUE'
  /** Text whose bytes are not of its own encoding, or of a type that is no text. */
  | 'ERR_ASN1_BAD_STRING'
  /** Correct BER that is not DER; only where `strict` is asked for. */
  | 'ERR_ASN1_NOT_DER'
  /** An algorithm, a version or a structure that this package does not read. */
  | 'ERR_X509_UNSUPPORTED'
  /** A PEM text without the block that was looked for, or with a damaged one. */
  | 'ERR_PEM_NO_BLOCK';

/**
 * Input that is no certificate, CRL, key or request: the only error that decoding throws, whatever the input.
 *
 * Python: `ssl.SSLError`, of which this is a subclass.
 */
export class CertificateDecodeError extends SSLError {
  declare readonly code: CertificateDecodeErrorCode;
  /** Where the trouble is: bytes from the start of the DER. */
  readonly offset: number;

  constructor(code: CertificateDecodeErrorCode, message: string, offset: number) {
    super(`${message} at byte ${offset}`, { code });
    this.offset = offset;
  }

  protected override get className(): string {
    return 'CertificateDecodeError';
  }
}
