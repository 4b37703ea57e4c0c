import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { pythonRepr } from './python-repr.ts';

/**
 * Converts the time of a certificate, as the dictionary has it in `notBefore` and `notAfter`, to seconds since 1970 UTC.
 *
 * The form is `Jan  5 09:34:43 2018 GMT`: the month in any case, blanks of any number and kind, one or two digits in each
 * field, four in the year. As in Python, the seconds 60 and 61 are carried over and a day that the month does not have
 * rolls into the next month. Years before 1970 give negative numbers.
 *
 * Python: `ssl.cert_time_to_seconds`.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the argument is not a string.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for any other form, another zone, or a year of fewer digits, which is what the
 *   dictionary has for years below 1000.
 */
export function certTimeToSeconds(certTime: string): number {
  if (typeof certTime !== 'string') throw invalidArgumentType('certTime', 'a string', certTime);
  const month = months.indexOf(certTime.slice(0, 3).toUpperCase());
  if (month < 0) {
    throw invalidArgumentValue(`time data ${pythonRepr(certTime)} does not match format "%b${format}"`);
  }
  const rest = certTime.slice(3);
  const found = pattern.exec(rest);
  if (found === null) {
    throw invalidArgumentValue(`time data ${pythonRepr(rest)} does not match format '${format}'`);
  }
  if (found[0].length !== rest.length) {
    throw invalidArgumentValue(`unconverted data remains: ${rest.slice(found[0].length)}`);
  }
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = found.slice(1).map(Number);
  if (year === 0) throw invalidArgumentValue('year 0 is out of range');
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month, day) / 1000 + hour * 3600 + minute * 60 + second;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const format = ' %d %H:%M:%S %Y GMT';

// What Python's `\s` matches in a string, which is not what JavaScript's matches.
const blanks = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const pattern = /* @__PURE__ */ compilePattern();

function compilePattern(): RegExp {
  // The alternatives are tried in Python's order: a day of "31" is never the day 3. `%d` itself may begin with a blank.
  const day = '(3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9])';
  const time = '(2[0-3]|[01][0-9]|[0-9]):([0-5][0-9]|[0-9]):(6[01]|[0-5][0-9]|[0-9])';
  return new RegExp(`^${blanks}${day}${blanks}${time}${blanks}([0-9]{4})${blanks}GMT`, 'i');
}
