import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';

/** From when to when something is to be valid. */
export interface ValidityOptions {
  /** Default: an hour ago, for clocks that are slow; for a `notAfter` in the past, `days` before that. */
  readonly notBefore?: Date | undefined;
  /** Default: `days` after `notBefore`. In the past for what is to be expired. */
  readonly notAfter?: Date | undefined;
  /** Used where one of the dates is not given; may be a fraction. */
  readonly days?: number | undefined;
}

const HOUR = 3_600_000; // milliseconds
const DAY = 86_400_000;

/**
 * Takes an option that is a date.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything but a `Date`, RangeError `ERR_OUT_OF_RANGE` for an invalid one.
 */
export function checkDate(name: string, date: Date | undefined): Date | undefined {
  if (date === undefined) return undefined;
  if (!(date instanceof Date)) throw invalidArgumentType(name, 'a Date', date);
  if (Number.isNaN(date.getTime())) throw outOfRange(`${name} must be a valid Date`);
  return date;
}

/**
 * Settles the two dates.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for what is no `Date` or number.
 * @throws RangeError `ERR_OUT_OF_RANGE` for an invalid `Date` or `days` of 0 or less, `ERR_INVALID_ARG_VALUE` where the
 *   end comes before the beginning.
 */
export function resolveValidity(options: ValidityOptions, defaultDays: number): { notBefore: Date; notAfter: Date } {
  const days: unknown = options.days ?? defaultDays;
  if (typeof days !== 'number') throw invalidArgumentType('days', 'a number', days);
  if (!(days > 0 && days < 4_000_000)) throw outOfRange(`days must be more than 0, got ${days}`);
  const givenEnd = checkDate('notAfter', options.notAfter);
  const anHourAgo = Date.now() - HOUR;
  const isPast = givenEnd !== undefined && givenEnd.getTime() <= anHourAgo;
  const notBefore =
    checkDate('notBefore', options.notBefore) ?? new Date(isPast ? givenEnd.getTime() - days * DAY : anHourAgo);
  const notAfter = givenEnd ?? new Date(notBefore.getTime() + days * DAY);
  if (notAfter < notBefore) throw invalidArgumentValue('notAfter must not be before notBefore');
  return { notBefore, notAfter };
}
