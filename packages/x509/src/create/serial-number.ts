import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';
import { DerTag, encodeElement, encodeIntegerContent } from '../der/writer.ts';

/**
 * Encodes a serial number.
 *
 * RFC 5280 §4.1.2.2: "The serial number MUST be a positive integer assigned by the CA to each certificate. … Conforming
 * CAs MUST NOT use serialNumber values longer than 20 octets."
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for another type, RangeError `ERR_OUT_OF_RANGE` outside that range.
 */
export function encodeSerialNumber(serialNumber: bigint | number | string | undefined): Uint8Array {
  if (serialNumber === undefined) return encodeRandomSerialNumber();
  const value = parseSerialNumber(serialNumber);
  const content = value > 0n ? encodeIntegerContent(value) : new Uint8Array();
  if (content.length < 1 || content.length > 20) {
    throw outOfRange('serialNumber must be positive and have at most 20 bytes');
  }
  return encodeElement(DerTag.INTEGER, content);
}

function parseSerialNumber(serialNumber: bigint | number | string): bigint {
  if (typeof serialNumber === 'bigint') return serialNumber;
  if (typeof serialNumber === 'number') {
    if (Number.isSafeInteger(serialNumber)) return BigInt(serialNumber);
    throw outOfRange('serialNumber must be a safe integer, a bigint, or hexadecimal text');
  }
  if (typeof serialNumber !== 'string') {
    throw invalidArgumentType('serialNumber', 'a bigint, a number, or hexadecimal text', serialNumber);
  }
  if (/^[0-9a-f]{1,100}$/i.test(serialNumber)) return BigInt(`0x${serialNumber}`);
  throw invalidArgumentValue('serialNumber as text must be hexadecimal digits');
}

function encodeRandomSerialNumber(): Uint8Array {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  // A clear top bit keeps it positive, the set one below keeps it at 16 octets.
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return encodeElement(DerTag.INTEGER, octets);
}
