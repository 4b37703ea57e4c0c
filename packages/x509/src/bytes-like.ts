import { invalidArgumentType } from '@sslkit/errors';

/** Bytes as callers have them: a `Uint8Array` (a `Buffer` is one), another view, or an `ArrayBuffer`. */
export type BytesLike = ArrayBufferView | ArrayBufferLike;

/**
 * Sees bytes as a plain `Uint8Array` without copying them. A `Buffer` is not passed on as it is: its `slice` shares memory
 * where that of a `Uint8Array` copies.
 *
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `value` is something else, such as a string
 */
export function asBytes(name: string, value: BytesLike): Uint8Array {
  if (value instanceof Uint8Array && value.constructor === Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object ArrayBuffer]' || kind === '[object SharedArrayBuffer]') return new Uint8Array(value);
  throw invalidArgumentType(name, 'a Uint8Array, another view or an ArrayBuffer', value);
}
