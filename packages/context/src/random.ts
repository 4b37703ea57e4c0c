import { type Bytes, invalidArgumentType, invalidArgumentValue, notImplemented, viewBytes } from '@sslkit/errors';
import { addon } from './addon.ts';
import { throwIfFailed } from './openssl-error.ts';

/**
 * Strong random bytes from OpenSSL's generator. Python: `RAND_bytes`.
 *
 * @param count - how many; 0 gives none.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - `count` is negative.
 */
export function randBytes(count: number): Buffer {
  if (!Number.isInteger(count)) throw invalidArgumentType('The count', 'an integer', count);
  if (count < 0) throw invalidArgumentValue('num must be positive');
  const bytes = Buffer.alloc(count);
  throwIfFailed(addon.randBytes(bytes));
  return bytes;
}

/** `[bytes, true]`: all that OpenSSL gives is strong. Python < 3.12: `RAND_pseudo_bytes`. @deprecated Use {@link randBytes}. */
export function randPseudoBytes(count: number): [bytes: Buffer, isCryptographic: true] {
  return [randBytes(count), true];
}

/** Whether the generator is seeded. Python: `RAND_status`. */
export function randStatus(): boolean {
  return addon.randStatus();
}

/**
 * Mixes `bytes` into the generator, which needs no help. Python: `RAND_add`.
 *
 * @param entropy - a lower bound of the entropy in them, in bytes; 0 is always safe.
 */
export function randAdd(bytes: string | Bytes, entropy: number): void {
  if (typeof entropy !== 'number') throw invalidArgumentType('The entropy', 'a number', entropy);
  addon.randAdd(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : viewBytes('The bytes', bytes), entropy);
}

/** False: no OpenSSL that Node carries can ask an entropy-gathering daemon. */
export const HAS_EGD = false;

/** Python: `RAND_egd`. @deprecated Always throws `ERR_METHOD_NOT_IMPLEMENTED`; the generator seeds itself. */
export function randEgd(_path: string): never {
  throw notImplemented('RAND_egd is not available: OpenSSL is built without it and seeds itself from the system');
}
