import type { Bytes } from '@sslkit/errors';
import { CertificateDecodeError } from '../der/decode-error.ts';
import { readPemBundle } from '../pem-bundle.ts';
import { viewPlainBytes } from '../plain-bytes.ts';

/**
 * Takes an argument that may be DER or PEM text; of the text, the first block with one of the labels.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything else.
 * @throws CertificateDecodeError `ERR_PEM_NO_BLOCK` where the text has no such block, or a damaged one;
 *   `ERR_X509_UNSUPPORTED` for a key that is encrypted as RFC 1421 has it, by headers in the block.
 */
export function readDerOrPem(name: string, value: Bytes | string, labels: readonly string[]): Uint8Array {
  if (typeof value !== 'string') return viewPlainBytes(name, value);
  const block = readPemBundle(value).blocks.find(({ label }) => labels.includes(label));
  if (block === undefined) {
    throw new CertificateDecodeError('ERR_PEM_NO_BLOCK', `${name} has no sound PEM block ${labels.join(' or ')}`, 0);
  }
  if (block.headers.length > 0) {
    throw new CertificateDecodeError(
      'ERR_X509_UNSUPPORTED',
      `${name} is encrypted in the form before PKCS#8; "openssl pkcs8 -topk8" converts it`,
      0,
    );
  }
  return block.der;
}
