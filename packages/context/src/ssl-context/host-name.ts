import { isIP } from 'node:net';
import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { toAscii } from '../idna/domain-name.ts';

/** A `serverHostname` as it goes on the wire and into the certificate's check. */
export interface HostName {
  /** ASCII: an A-label name or an IP address. */
  readonly name: string;
  /** Whether it is an IP address, which no server name indication carries. */
  readonly isAddress: boolean;
}

/**
 * Prepares the name of the server that a client means: text by IDNA 2003, as Python does; bytes as they are.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - the name is empty or starts with a dot; a label of text is empty, longer
 * than 63 characters or forbidden; bytes are not ASCII.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` - it is neither text nor bytes, or holds a NUL.
 */
export function prepareHostName(value: unknown): HostName {
  const name = encodeHostName(value as string);
  if (name === '' || name.startsWith('.')) {
    throw invalidArgumentValue('serverHostname cannot be an empty string or start with a leading dot.');
  }
  if (name.includes('\0')) throw invalidArgumentType('serverHostname', 'a string without a NUL character', value);
  // OpenSSL knows no address with a zone (`fe80::1%eth0`): that is a name.
  return { name, isAddress: isIP(name) !== 0 && !name.includes('%') };
}

/**
 * Brings the name of a server into the ASCII form that goes on the wire: text by IDNA 2003, bytes as they are.
 *
 * Python: `SSLContext._encode_hostname`.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - a label of text is empty, longer than 63 characters or forbidden; bytes
 * are not ASCII.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` - it is neither text nor bytes.
 */
export function encodeHostName(value: string | Uint8Array): string {
  if (typeof value === 'string') return toAscii(value);
  if (!(value instanceof Uint8Array)) throw invalidArgumentType('serverHostname', 'a string', value);
  if (value.some((byte) => byte > 0x7f)) throw invalidArgumentValue('serverHostname holds bytes that are not ASCII');
  return Buffer.from(value).toString('latin1');
}
