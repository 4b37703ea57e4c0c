import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';
import { Options } from '../enums/options.ts';

/** What every new context starts with, as in Python. */
export const DEFAULT_OPTIONS =
  Options.OP_ALL |
  Options.OP_NO_SSLv3 |
  Options.OP_NO_COMPRESSION |
  Options.OP_CIPHER_SERVER_PREFERENCE |
  Options.OP_ENABLE_MIDDLEBOX_COMPAT;

const LARGEST_OPTIONS = 2n ** 64n - 1n;

/**
 * Accepts what `options` can be set to: a `bigint`, or a whole `number` that is not negative.
 *
 * `~` on a `bigint` gives a negative number, so `options & ~OP_NO_SSLv3` is positive again and only `~` alone is refused.
 */
export function checkOptions(value: unknown): bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) throw invalidArgumentType('options', 'an integer', value);
  if (typeof value !== 'bigint' && typeof value !== 'number') throw invalidArgumentType('options', 'a bigint', value);
  const options = BigInt(value);
  if (options < 0n) throw invalidArgumentValue('options must not be negative');
  if (options > LARGEST_OPTIONS) throw outOfRange('options must fit 64 bits');
  return options;
}
