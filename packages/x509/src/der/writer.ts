import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';

/** The identifier octets that this package writes: X.690 §8.1.2, universal class. */
export const DerTag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

const textEncoder = /* @__PURE__ */ new TextEncoder();

/** Joins byte strings. */
function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Orders byte strings as X.690 §11.6 orders the elements of a SET OF: the shorter padded with zeros at its end. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function encodeHeader(tag: number, length: number): Uint8Array {
  // X.690 §10.1: "The definite form of length encoding shall be used, encoded in the minimum number of octets."
  if (length < 0x80) return Uint8Array.of(tag, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length);
  if (length < 0x10000) return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
  if (length < 0x1000000) return Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  return Uint8Array.of(tag, 0x84, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

/** Encodes one element from its identifier octet and its content. */
export function encodeElement(tag: number, content: Uint8Array): Uint8Array {
  const header = encodeHeader(tag, content.length);
  const element = new Uint8Array(header.length + content.length);
  element.set(header);
  element.set(content, header.length);
  return element;
}

/** Encodes a SEQUENCE, or a SEQUENCE OF, of elements that are encoded already. */
export function encodeSequence(elements: readonly Uint8Array[]): Uint8Array {
  return encodeElement(DerTag.SEQUENCE, concatBytes(elements));
}

/** Encodes a SET OF; the elements are put into the order that DER asks for. */
export function encodeSetOf(elements: readonly Uint8Array[]): Uint8Array {
  return encodeElement(DerTag.SET, concatBytes([...elements].sort(compareBytes)));
}

/** Wraps an element into the constructed context tag `[number] EXPLICIT`. */
export function encodeExplicit(number: number, element: Uint8Array): Uint8Array {
  return encodeElement(0xa0 | number, element);
}

/** Encodes primitive content under the context tag `[number] IMPLICIT`. */
export function encodeImplicit(number: number, content: Uint8Array): Uint8Array {
  return encodeElement(0x80 | number, content);
}

/** Encodes elements under the context tag `[number] IMPLICIT` of a SEQUENCE, a SEQUENCE OF or a SET OF. */
export function encodeImplicitSequence(number: number, elements: readonly Uint8Array[]): Uint8Array {
  return encodeElement(0xa0 | number, concatBytes(elements));
}

/** Encodes a BOOLEAN; true is FF, X.690 §11.1. */
export function encodeBoolean(value: boolean): Uint8Array {
  return Uint8Array.of(DerTag.BOOLEAN, 1, value ? 0xff : 0x00);
}

/** Encodes NULL. */
export function encodeNull(): Uint8Array {
  return Uint8Array.of(DerTag.NULL, 0);
}

/** The fewest octets of two's complement that hold a number that is not negative. */
export function encodeIntegerContent(value: number | bigint): Uint8Array {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  const content = new Uint8Array(hex.length / 2);
  for (let index = 0; index < content.length; index += 1) {
    content[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return content;
}

/**
 * Encodes an INTEGER that is not negative.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for a negative number, a fraction, or a `number` beyond 2^53 - 1.
 */
export function encodeInteger(value: number | bigint): Uint8Array {
  if (value < 0 || (typeof value === 'number' && !Number.isSafeInteger(value))) {
    throw outOfRange(`An INTEGER must be a whole number from 0 on, got ${value}`);
  }
  return encodeElement(DerTag.INTEGER, encodeIntegerContent(value));
}

/** Encodes the big-endian octets of a number that is not negative as an INTEGER of the fewest octets. */
export function encodeUnsignedBytes(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const signed = digits.length === 0 || (digits[0] ?? 0) >= 0x80;
  return encodeElement(DerTag.INTEGER, signed ? concatBytes([Uint8Array.of(0), digits]) : digits);
}

/** Encodes an ENUMERATED from 0 to 127. */
export function encodeEnumerated(value: number): Uint8Array {
  return Uint8Array.of(DerTag.ENUMERATED, 1, value);
}

/** Encodes a BIT STRING of whole octets. */
export function encodeBitString(bytes: Uint8Array): Uint8Array {
  return encodeElement(DerTag.BIT_STRING, concatBytes([Uint8Array.of(0), bytes]));
}

/**
 * Encodes the content of a BIT STRING with named bits, such as KeyUsage: bit 0 is the top bit of the first octet.
 *
 * X.690 §11.2.2: "the bitstring shall have all trailing 0 bits removed before it is encoded".
 */
function encodeNamedBitsContent(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return Uint8Array.of(0);
  const last = Math.max(...bits);
  const content = new Uint8Array(2 + (last >> 3));
  content[0] = 7 - (last & 7);
  for (const bit of bits) content[1 + (bit >> 3)] = (content[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7));
  return content;
}

/** Encodes a BIT STRING with named bits; see {@link encodeNamedBitsContent}. */
export function encodeNamedBits(bits: readonly number[]): Uint8Array {
  return encodeElement(DerTag.BIT_STRING, encodeNamedBitsContent(bits));
}

/** Encodes an OCTET STRING. */
export function encodeOctetString(bytes: Uint8Array): Uint8Array {
  return encodeElement(DerTag.OCTET_STRING, bytes);
}

function encodeBase128(value: bigint): number[] {
  const octets = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) octets.unshift(0x80 | Number(rest & 0x7fn));
  return octets;
}

/**
 * Encodes the content of an OBJECT IDENTIFIER from its dotted form.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything but text.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for anything but dotted decimal with a first arc of 0 to 2 and, below 2, a
 *   second arc of 0 to 39.
 */
export function encodeOidContent(dotted: string): Uint8Array {
  if (typeof dotted !== 'string') throw invalidArgumentType('oid', 'an object identifier in dotted form', dotted);
  if (!/^[0-2](\.(0|[1-9]\d{0,99}))+$/.test(dotted)) {
    throw invalidArgumentValue(`Not an object identifier in dotted form: ${JSON.stringify(dotted)}`);
  }
  const [first = 0n, second = 0n, ...arcs] = dotted.split('.').map(BigInt);
  if (first < 2n && second > 39n) {
    throw invalidArgumentValue(`The second arc of an object identifier under ${first} is at most 39: ${dotted}`);
  }
  return Uint8Array.from([first * 40n + second, ...arcs].flatMap(encodeBase128));
}

/** Encodes an OBJECT IDENTIFIER; see {@link encodeOidContent}. */
export function encodeOid(dotted: string): Uint8Array {
  return encodeElement(DerTag.OBJECT_IDENTIFIER, encodeOidContent(dotted));
}

/** Encodes a UTF8String. */
export function encodeUtf8String(text: string): Uint8Array {
  return encodeElement(DerTag.UTF8_STRING, textEncoder.encode(text));
}

/**
 * The octets of a text of ASCII characters.
 *
 * @param what - names the text in the message of the error.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for any other character.
 */
export function encodeAscii(text: string, what: string): Uint8Array {
  const octets = textEncoder.encode(text);
  if (octets.some((octet) => octet > 0x7f)) {
    throw invalidArgumentValue(`${what} must be ASCII, got ${JSON.stringify(text)}`);
  }
  return octets;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/**
 * Encodes a GeneralizedTime to the second, in GMT; fractions of a second are cut off.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for an invalid date or a year outside 0 to 9999.
 */
export function encodeGeneralizedTime(date: Date): Uint8Array {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) {
    throw outOfRange('A date in a certificate must be valid and in the years 0 to 9999');
  }
  const text =
    digits(year, 4) +
    digits(date.getUTCMonth() + 1, 2) +
    digits(date.getUTCDate(), 2) +
    digits(date.getUTCHours(), 2) +
    digits(date.getUTCMinutes(), 2) +
    digits(date.getUTCSeconds(), 2);
  return encodeElement(DerTag.GENERALIZED_TIME, textEncoder.encode(`${text}Z`));
}

/**
 * Encodes a Time as certificates and CRLs have it, to the second.
 *
 * RFC 5280 §4.1.2.5: "CAs conforming to this profile MUST always encode certificate validity dates through the year
 * 2049 as UTCTime; certificate validity dates in 2050 or later MUST be encoded as GeneralizedTime." A UTCTime cannot
 * say a year before 1950, so that those too are GeneralizedTime.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for an invalid date or a year outside 0 to 9999.
 */
export function encodeTime(date: Date): Uint8Array {
  const generalized = encodeGeneralizedTime(date);
  const year = date.getUTCFullYear();
  if (year < 1950 || year > 2049) return generalized;
  // Two octets of header and two of the century come off.
  return encodeElement(DerTag.UTC_TIME, generalized.subarray(4));
}
