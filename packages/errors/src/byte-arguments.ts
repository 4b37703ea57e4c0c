import { invalidArgumentType } from './argument-errors.ts';

/** What every function that takes bytes accepts: any view, such as a `Buffer`, or the memory itself. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/**
 * The memory behind `value`, not a copy. A string is refused: whoever has text decides how it is encoded.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` - `value` is not made of bytes; the message starts with `name`.
 */
export function viewBytes(name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isMemory(value)) return new Uint8Array(value);
  throw invalidArgumentType(name, 'a Uint8Array, another view or an ArrayBuffer', value);
}

function isMemory(value: unknown): value is ArrayBufferLike {
  // By tag, so that memory of another realm (a vm context, a test runner) counts too.
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
}
