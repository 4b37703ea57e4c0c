import { invalidArgumentType } from '@sslkit/errors';
import { CertificateDecodeError } from '../der/reader.ts';
import { decodeBase64Strictly } from '../pem-base64.ts';

/** The bytes that an argument holds, and the label of the PEM block they came from. */
export interface LabelledDer {
  readonly der: Uint8Array;
  /** null where the argument was DER. */
  readonly label: string | null;
}

/**
 * Takes an argument that may be DER or PEM text; of the text, the first block with one of the labels.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything else.
 * @throws CertificateDecodeError `ERR_PEM_NO_BLOCK` where the text has no such block, or a damaged one.
 */
export function readDerOrPem(name: string, value: Uint8Array | string, labels: readonly string[]): LabelledDer {
  if (value instanceof Uint8Array) return { der: value, label: null };
  if (typeof value !== 'string') throw invalidArgumentType(name, 'a Uint8Array of DER or PEM text', value);
  const block = new RegExp(`^-----BEGIN (${labels.join('|')})-----[ \\t]*\\r?\\n([^-]*)\\r?\\n-----END \\1-----`, 'm');
  const [, label = '', body = ''] = block.exec(value) ?? [];
  const der = decodeBase64Strictly(body);
  if (label === '' || !(der instanceof Uint8Array)) {
    throw new CertificateDecodeError('ERR_PEM_NO_BLOCK', `${name} has no sound PEM block ${labels.join(' or ')}`, 0);
  }
  return { der, label };
}
