// IDNA 2003, RFC 3490, as Python's `idna` codec applies it: UseSTD3ASCIIRules off, AllowUnassigned on. Not UTS 46 and not
// IDNA 2008: `ß` becomes `ss`, and the case of an ASCII label stays.
import { invalidArgumentValue } from '@sslkit/errors';
import { nameprep } from './nameprep.ts';
import { decodePunycode, encodePunycode } from './punycode.ts';

const ACE_PREFIX = 'xn--';
const LONGEST_LABEL = 63; // RFC 1034 §3.1
/** RFC 3490 §3.1: "Whenever dots are used as label separators, the following characters MUST be recognized as dots". */
const DOTS = /[.\u3002\uff0e\uff61]/;

/**
 * Turns a domain name into ASCII. A last dot stays; an empty name stays empty.
 *
 * Python: `name.encode('idna')`.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - a label is empty, longer than 63 characters, or holds what RFC 3491 forbids.
 */
export function toAscii(name: string): string {
  if (name === '') return name;
  const labels = name.split(DOTS);
  const isRooted = labels[labels.length - 1] === '';
  if (isRooted) labels.pop();
  return labels.map((label) => labelToAscii(label, name)).join('.') + (isRooted ? '.' : '');
}

/**
 * Turns the A-labels of an ASCII name back into what they stand for; other labels stay as they are.
 *
 * Python: `name.decode('idna')`, but for `XN--`, which RFC 3490 §5 takes as `xn--` and Python before 3.13 does not.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - the name is not ASCII, or a label begins with `xn--` and stands for nothing
 * that {@link toAscii} would give it for.
 */
export function toUnicode(name: string): string {
  if (!isAscii(name)) throw invalidArgumentValue(`The name '${name}' is not ASCII`);
  return name
    .split('.')
    .map((label) => labelToUnicode(label, name))
    .join('.');
}

/** RFC 3490 §4.1. */
function labelToAscii(label: string, name: string): string {
  const ascii = isAscii(label) ? label : encodeLabel(label, name);
  if (ascii === '' || ascii.length > LONGEST_LABEL) throw emptyOrTooLong(name);
  return ascii;
}

function encodeLabel(label: string, name: string): string {
  const prepared = nameprep(label);
  if (prepared === undefined)
    throw invalidArgumentValue(`The label '${label}' of '${name}' holds a forbidden character`);
  if (isAscii(prepared)) return prepared;
  if (prepared.startsWith(ACE_PREFIX)) throw invalidArgumentValue(`The label '${label}' of '${name}' starts with xn--`);
  const codePoints = Array.from(prepared, (character) => character.codePointAt(0) ?? 0);
  // More can only get longer, and the time it takes grows with the square.
  if (codePoints.length > LONGEST_LABEL) throw emptyOrTooLong(name);
  return ACE_PREFIX + encodePunycode(codePoints);
}

/** RFC 3490 §4.2. */
function labelToUnicode(label: string, name: string): string {
  const lowered = label.toLowerCase();
  if (!lowered.startsWith(ACE_PREFIX)) return label;
  // No longer label is one that toAscii gives.
  const codePoints = label.length > LONGEST_LABEL ? undefined : decodePunycode(label.slice(ACE_PREFIX.length));
  const isText = codePoints?.every((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff);
  if (codePoints !== undefined && isText) {
    const decoded = String.fromCodePoint(...codePoints);
    if (labelToAscii(decoded, name) === lowered) return decoded;
  }
  throw invalidArgumentValue(`The label '${label}' of '${name}' is not what IDNA 2003 gives`);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function emptyOrTooLong(name: string): Error {
  return invalidArgumentValue(`Label empty or too long in '${name}'`);
}
