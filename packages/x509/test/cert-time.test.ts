import { certTimeToSeconds } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { processorTime } from './support/processor-time.ts';

// The seconds are what CPython 3.11 gives.
describe('certTimeToSeconds', () => {
  test.each([
    ['Jan  5 09:34:43 2018 GMT', 1515144883],
    ['May  9 00:00:00 2007 GMT', 1178668800],
    ['Jan  1 00:00:00 1970 GMT', 0],
    ['Dec 31 23:59:59 1969 GMT', -1],
    ['Jan  1 00:00:00 0001 GMT', -62135596800],
    ['Jan  1 00:00:00 0050 GMT', -60589296000],
    ['Dec 31 23:59:59 9999 GMT', 253402300799],
  ])('%s is %i seconds after 1970', (time, seconds) => {
    expect(certTimeToSeconds(time)).toBe(seconds);
  });

  test.each([
    ['a month in capitals', 'JAN  5 09:34:43 2018 GMT', 1515144883],
    ['a month and a zone in small letters', 'jan  5 09:34:43 2018 gmt', 1515144883],
    ['a day of two digits', 'Jan 05 09:34:43 2018 GMT', 1515144883],
    ['tabs, newlines and U+0085 as blanks', 'Jan\t5\n09:34:43\x852018 \t GMT', 1515144883],
    ['fields of one digit', 'Jan 5 9:4:3 2018 GMT', 1515143043],
    ['second 60', 'Jan  5 09:34:60 2018 GMT', 1515144900],
    ['second 61', 'Jan  5 09:34:61 2018 GMT', 1515144901],
    ['February 30', 'Feb 30 00:00:00 2018 GMT', 1519948800],
    ['February 31', 'Feb 31 00:00:00 2018 GMT', 1520035200],
  ])('%s is read', (_, time, seconds) => {
    expect(certTimeToSeconds(time)).toBe(seconds);
  });

  test.each([
    ['another zone', 'Jan  5 09:34:43 2018 UTC'],
    ['no zone', 'Jan  5 09:34:43 2018'],
    ['an unknown month', 'Foo  5 09:34:43 2018 GMT'],
    ['a month of four letters', 'June 5 09:34:43 2018 GMT'],
    ['a leading blank', ' Jan  5 09:34:43 2018 GMT'],
    ['a trailing blank', 'Jan  5 09:34:43 2018 GMT '],
    ['fractions', 'Jan  5 09:34:43.5 2018 GMT'],
    ['no blank after the month', 'Jan5 09:34:43 2018 GMT'],
    ['a year of two digits', 'Jan  5 09:34:43 18 GMT'],
    ['a year of one digit, as the dictionary has it', 'Jan  1 00:00:00 1 GMT'],
    ['a year of five digits', 'Jan  5 09:34:43 20181 GMT'],
    ['the year 0', 'Jan  5 09:34:43 0000 GMT'],
    ['day 0', 'Jan  0 09:34:43 2018 GMT'],
    ['day 32', 'Jan 32 09:34:43 2018 GMT'],
    ['hour 24', 'Jan  5 24:00:00 2018 GMT'],
    ['minute 60', 'Jan  5 09:60:43 2018 GMT'],
    ['second 62', 'Jan  5 09:34:62 2018 GMT'],
    ['U+FEFF as a blank', 'Jan \ufeff5 09:34:43 2018 GMT'],
    ['the text for a malformed time', 'Bad time value'],
    ['nothing', ''],
  ])('%s is a RangeError', (_, time) => {
    expect(() => certTimeToSeconds(time)).toThrow(RangeError);
    expect(() => certTimeToSeconds(time)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });

  test('a number is a TypeError', () => {
    expect(() => certTimeToSeconds(0 as unknown as string)).toThrow(TypeError);
  });

  test('a megabyte of blanks is refused in linear time', () => {
    const refuse = () => expect(() => certTimeToSeconds(`Jan${' '.repeat(1 << 20)}x`)).toThrow(RangeError);
    expect(processorTime(refuse)).toBeLessThan(500);
  });
});
