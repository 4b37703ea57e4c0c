import { isIP } from 'node:net';
import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';

/** A `serverHostname` as it goes on the wire and into the certificate's check. */
export interface HostName {
  /** ASCII: an A-label name or an IP address. */
  readonly name: string;
  /** Whether it is an IP address, which no server name indication carries. */
  readonly isAddress: boolean;
}

/**
 * Prepares the name of the server that a client means.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - a label is empty or longer than 63 bytes, the name is empty, starts with
 * a dot, or holds a NUL.
 */
export function prepareHostName(value: unknown): HostName {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
  if (typeof text !== 'string') throw invalidArgumentType('serverHostname', 'a string', value);
  if (text === '' || text.startsWith('.')) {
    throw invalidArgumentValue('serverHostname cannot be an empty string or start with a leading dot.');
  }
  if (text.includes('\0')) throw invalidArgumentType('serverHostname', 'a string without a NUL character', value);
  if (isIP(text) !== 0) return { name: text, isAddress: true };
  return { name: encodeIdna(text), isAddress: false };
}

/** Python's `idna` codec: IDNA 2003. */
function encodeIdna(name: string): string {
  const labels = name.split('.');
  for (const [index, label] of labels.entries()) {
    const isRoot = index === labels.length - 1 && label === '' && index > 0;
    if (!isRoot && (label === '' || label.length > 63)) {
      throw invalidArgumentValue(`serverHostname '${name}': label empty or too long`);
    }
  }
  return name;
}
