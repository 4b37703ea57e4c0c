import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { CertificateDecodeError } from './der/decode-error.ts';

/** Longer identifiers OpenSSL does not write as text: 128 arcs of 32 bits, RFC 2578 §3.5. */
const LARGEST_ENCODED_OID = 586;

/**
 * Names for object identifiers: what decoding asks when it meets an attribute type or a registered ID.
 *
 * There are two: {@link commonNames}, which is small, and `allNames`, which knows what OpenSSL knows.
 */
export class OidNames {
  readonly #load: () => Map<string, string>;
  #byOid: Map<string, string> | undefined;
  /** Known names by encoding, so that a name met again needs no dotted text; it never outgrows the table. */
  readonly #byEncoding = new Map<string | number, string>();

  /** @param load - makes the table, from dotted identifiers to long names, when the first name is asked for. */
  constructor(load: () => Map<string, string>) {
    this.#load = load;
  }

  /** The long name of a dotted identifier, such as `commonName` for `2.5.4.3`; undefined where the table has none. */
  longName(oid: string): string | undefined {
    this.#byOid ??= this.#load();
    return this.#byOid.get(oid);
  }

  /**
   * The long name of an encoded identifier, or its dotted text where the table has none.
   *
   * @throws CertificateDecodeError when it has no name and more than 586 bytes
   */
  describe(bytes: Uint8Array, start: number, end: number): string {
    const key = encodingKey(bytes, start, end);
    const known = this.#byEncoding.get(key);
    if (known !== undefined) return known;
    const oid = decodeOid(bytes, start, end);
    const name = this.longName(oid);
    if (name === undefined) return oid;
    this.#byEncoding.set(key, name);
    return name;
  }
}

/** A number for the identifiers that names are full of (three bytes: `2.5.4.x`), the bytes as text for the others. */
function encodingKey(bytes: Uint8Array, start: number, end: number): string | number {
  if (end - start === 3) {
    return ((bytes[start] as number) << 16) | ((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number);
  }
  let key = '';
  // No identifier with a name is longer than this.
  const stop = Math.min(end, start + 32);
  for (let at = start; at < stop; at++) key += String.fromCharCode(bytes[at] as number);
  return stop < end ? `${key}…` : key;
}

/**
 * Turns the contents of an OBJECT IDENTIFIER into dotted text; arcs may be of any size.
 *
 * @param start - default 0. @param end - default: the end of `bytes`.
 * @throws CertificateDecodeError when it is empty, cut off, or longer than 586 bytes, which OpenSSL refuses too
 */
export function decodeOid(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (end <= start || (bytes[end - 1] as number) & 0x80) {
    throw new CertificateDecodeError('ERR_ASN1_BAD_VALUE', 'OBJECT IDENTIFIER is empty or unfinished', start);
  }
  if (end - start > LARGEST_ENCODED_OID) {
    throw new CertificateDecodeError('ERR_ASN1_BAD_VALUE', 'OBJECT IDENTIFIER is longer than 586 bytes', start);
  }
  let text = '';
  for (let at = start; at < end; ) {
    let low = 0;
    let high = 0n;
    // Seven octets at a time: the arithmetic of an arc of hundreds of octets would otherwise be felt.
    for (let count = 0; ; ) {
      const octet = bytes[at++] as number;
      low = low * 128 + (octet & 0x7f);
      count++;
      if (octet < 0x80) {
        high <<= BigInt(7 * count);
        break;
      }
      if (count < 7) continue;
      high = (high << 49n) | BigInt(low);
      low = 0;
      count = 0;
    }
    const arc = high === 0n ? low : high | BigInt(low);
    if (text !== '') text += `.${arc}`;
    else if (arc >= 80) text = `2.${typeof arc === 'number' ? arc - 80 : arc - 80n}`;
    else text = arc >= 40 ? `1.${Number(arc) - 40}` : `0.${arc}`;
  }
  return text;
}

/**
 * Turns dotted text into the contents of an OBJECT IDENTIFIER.
 *
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `oid` is no string
 * @throws RangeError with `ERR_INVALID_ARG_VALUE` when it is not two or more arcs, the first 0 to 2, the second below 40
 * under 0 and 1
 */
export function encodeOid(oid: string): Uint8Array {
  if (typeof oid !== 'string') throw invalidArgumentType('oid', 'a string', oid);
  const arcs = oid.split('.');
  const wellFormed = /^[012](?:\.(?:0|[1-9][0-9]*))+$/.test(oid);
  if (!wellFormed || (arcs[0] !== '2' && Number(arcs[1]) > 39)) {
    throw invalidArgumentValue(`'${oid}' is not an object identifier`);
  }
  const [first = 0n, second = 0n, ...others] = arcs.map(BigInt);
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...others]) {
    const digits = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.push(Number(left & 0x7fn) | 0x80);
    octets.push(...digits.reverse());
  }
  return Uint8Array.from(octets);
}

/** Long names of the attribute types that certificates on the web carry: everything after `2.5.4.`, then the others. */
const COMMON_ATTRIBUTES =
  '3commonName 4surname 5serialNumber 6countryName 7localityName 8stateOrProvinceName 9streetAddress ' +
  '10organizationName 11organizationalUnitName 12title 13description 15businessCategory 16postalAddress 17postalCode ' +
  '18postOfficeBox 20telephoneNumber 41name 42givenName 43initials 44generationQualifier 45x500UniqueIdentifier ' +
  '46dnQualifier 65pseudonym 97organizationIdentifier';
const OTHER_ATTRIBUTES =
  '1.2.840.113549.1.9.1 emailAddress 1.2.840.113549.1.9.2 unstructuredName 1.2.840.113549.1.9.8 unstructuredAddress ' +
  '0.9.2342.19200300.100.1.1 userId 0.9.2342.19200300.100.1.25 domainComponent ' +
  '1.3.6.1.4.1.311.60.2.1.1 jurisdictionLocalityName 1.3.6.1.4.1.311.60.2.1.2 jurisdictionStateOrProvinceName ' +
  '1.3.6.1.4.1.311.60.2.1.3 jurisdictionCountryName';

/** The names of the attribute types that certificates on the web carry, for a bundle without OpenSSL's whole table. */
export const commonNames: OidNames = /* @__PURE__ */ new OidNames(() => {
  const names = new Map<string, string>();
  for (const [, arc, name] of COMMON_ATTRIBUTES.matchAll(/(\d+)(\w+)/g)) names.set(`2.5.4.${arc}`, name as string);
  for (const [, oid, name] of OTHER_ATTRIBUTES.matchAll(/(\S+) (\S+)/g)) names.set(oid as string, name as string);
  return names;
});
