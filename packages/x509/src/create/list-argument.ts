import { invalidArgumentType } from '@sslkit/errors';

/**
 * Takes an option that is a list; a missing one is empty.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything but an array.
 */
export function asList<Item>(name: string, value: readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidArgumentType(name, 'an array', value);
  return value;
}
