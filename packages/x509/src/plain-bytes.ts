import { type Bytes, viewBytes } from '@sslkit/errors';

/**
 * Sees bytes as a plain `Uint8Array` without copying them. A `Buffer` is not passed on as it is: its `slice` shares memory
 * where that of a `Uint8Array` copies.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` when `value` is something else, such as a string
 */
export function viewPlainBytes(name: string, value: Bytes): Uint8Array {
  const bytes = viewBytes(name, value);
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
