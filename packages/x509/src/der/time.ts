import type { DerCursor } from './reader.ts';
import { decodeLatin1 } from './strings.ts';
import { GENERALIZED_TIME, UTC_TIME } from './tags.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What Python prints for a time that is none; the certificate is accepted all the same. */
export const BAD_TIME = 'Bad time value';

/** A UTCTime or GeneralizedTime as it is encoded. */
export interface EncodedTime {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Takes one UTCTime or GeneralizedTime without looking at what it says. @throws CertificateDecodeError */
export function readTime(cursor: DerCursor): EncodedTime {
  const tag = cursor.peekTag();
  cursor.readString(tag === GENERALIZED_TIME ? GENERALIZED_TIME : UTC_TIME);
  return { tag, bytes: cursor.content, start: cursor.contentStart, end: cursor.contentEnd };
}

/** A point in time in the calendar of the encoding, moved to UTC. */
interface Moment {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** The digits of a fraction with their point, or empty. */
  fraction: string;
}

/**
 * Writes a time as Python's `notBefore` has it, `Jan  1 00:00:00 2025 GMT`, or {@link BAD_TIME}.
 *
 * As OpenSSL's `ASN1_TIME_print(3)`: the year is not padded, a fraction is kept, and a time written with an offset is
 * moved to UTC.
 */
export function printTime(time: EncodedTime): string {
  const moment = parseTime(time);
  if (moment === undefined) return BAD_TIME;
  const { year, month, day, hour, minute, second, fraction } = moment;
  const date = `${MONTHS[month - 1]} ${day < 10 ? ' ' : ''}${day}`;
  return `${date} ${pad(hour)}:${pad(minute)}:${pad(second)}${fraction} ${year} GMT`;
}

/** The time as a `Date`, with milliseconds where it has a fraction; null for what is no time. */
export function timeToDate(time: EncodedTime): Date | null {
  const moment = parseTime(time);
  if (moment === undefined) return null;
  const { year, month, day, hour, minute, second, fraction } = moment;
  return new Date(utc(year, month, day, hour, minute, second) + Math.floor(Number(`0${fraction}`) * 1000));
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999: 2000 years are 730,485 days.
  const days = Date.UTC(year + 2000, month - 1, day) / 86_400_000 - 730_485;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

/** Reads a time as leniently as OpenSSL: seconds may be absent, a fraction and an offset are taken. */
function parseTime({ tag, bytes, start, end }: EncodedTime): Moment | undefined {
  let at = start;
  /** Two digits from `smallest` to `largest`, or NaN: every comparison with it is false. */
  const pair = (smallest: number, largest: number): number => {
    const tens = (bytes[at] as number) - 0x30;
    const ones = (bytes[at + 1] as number) - 0x30;
    if (at + 2 > end || !(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return Number.NaN;
    at += 2;
    const value = tens * 10 + ones;
    return value < smallest || value > largest ? Number.NaN : value;
  };
  let year: number;
  if (tag === GENERALIZED_TIME) year = pair(0, 99) * 100 + pair(0, 99);
  else {
    const short = pair(0, 99);
    year = short < 50 ? short + 2000 : short + 1900;
  }
  const month = pair(1, 12);
  const day = pair(1, 31);
  const hour = pair(0, 23);
  const minute = pair(0, 59);
  // NaN too fails this comparison.
  if (!(year >= 0 && month > 0 && day <= daysOf(year, month) && hour >= 0 && minute >= 0)) return undefined;
  const separator = at < end ? bytes[at] : undefined;
  const second = separator === Z || separator === PLUS || separator === MINUS ? 0 : pair(0, 59);
  if (!(second >= 0)) return undefined;
  let fraction = '';
  if (tag === GENERALIZED_TIME && at < end && bytes[at] === POINT) {
    const point = at++;
    while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
    if (at === point + 1) return undefined;
    fraction = decodeLatin1(bytes, point, at);
  }
  const zone = at < end ? bytes[at++] : undefined;
  const moment = { year, month, day, hour, minute, second, fraction };
  if (zone === Z) return at === end ? moment : undefined;
  if ((zone !== PLUS && zone !== MINUS) || at + 4 !== end) return undefined;
  const minutes = pair(0, 12) * 60 + pair(0, 59);
  return minutes >= 0 ? moveToUtc(moment, zone === PLUS ? -minutes : minutes) : undefined;
}

const Z = 0x5a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

function moveToUtc(moment: Moment, minutes: number): Moment | undefined {
  if (minutes === 0) return moment;
  const { year, month, day, hour, minute, second } = moment;
  const moved = new Date(utc(year, month, day, hour, minute + minutes, second));
  moment.year = moved.getUTCFullYear();
  // OpenSSL's calendar for this begins in 1900.
  if (moment.year < 1900 || moment.year > 9999) return undefined;
  moment.month = moved.getUTCMonth() + 1;
  moment.day = moved.getUTCDate();
  moment.hour = moved.getUTCHours();
  moment.minute = moved.getUTCMinutes();
  return moment;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
