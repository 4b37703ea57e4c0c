import { decodeLatin1 } from './der/strings.ts';

/** Prints the contents of an INTEGER in upper-case hexadecimal, whole bytes; a negative one is `-` and its magnitude. */
export function printSerial(bytes: Uint8Array, start: number, end: number): string {
  if ((bytes[start] as number) > 0x7f) {
    const magnitude = negate(bytes.subarray(start, end));
    return `-${printSerial(magnitude, 0, magnitude.length)}`;
  }
  // The first byte of a positive number may be there for the sign alone.
  let at = end - start > 1 && bytes[start] === 0 ? start + 1 : start;
  const digits = new Uint8Array((end - at) * 2);
  for (let to = 0; at < end; at++) {
    const octet = bytes[at] as number;
    digits[to++] = hexDigit(octet >> 4);
    digits[to++] = hexDigit(octet & 15);
  }
  return decodeLatin1(digits, 0, digits.length);
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

/** Two's complement, with a byte in front where the sign of the result would be another. */
export function negate(contents: Uint8Array): Uint8Array {
  const negated = new Uint8Array(contents.length + 1);
  let carry = 1;
  for (let at = contents.length - 1; at >= 0; at--) {
    const sum = ((contents[at] as number) ^ 0xff) + carry;
    negated[at + 1] = sum;
    carry = sum >> 8;
  }
  const sign = (contents[0] ?? 0) > 0x7f ? 0 : 0xff;
  negated[0] = sign;
  return ((negated[1] ?? 0) & 0x80) === (sign & 0x80) ? negated.subarray(1) : negated;
}
