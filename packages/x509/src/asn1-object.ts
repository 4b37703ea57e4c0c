import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { unpackLongNames } from './oid-names.ts';
import { numberTable } from './oid-tables/numbers.ts';

/** What OpenSSL knows of one object. Python: `ssl._ASN1Object`, a tuple in the same order. */
export interface ASN1Object {
  /** OpenSSL's number for it. */
  readonly nid: number;
  /** Such as `CN`. */
  readonly shortName: string;
  /** Such as `commonName`. */
  readonly longName: string;
  /** Dotted, such as `2.5.4.3`; null for the objects that have no identifier. */
  readonly oid: string | null;
}

interface Objects {
  readonly byNid: Map<number, ASN1Object>;
  readonly byOid: Map<string, ASN1Object>;
  readonly byShortName: Map<string, ASN1Object>;
  readonly byLongName: Map<string, ASN1Object>;
}

let unpacked: Objects | undefined;

function objects(): Objects {
  if (unpacked !== undefined) return unpacked;
  const [byNid, byOid, byShortName, byLongName] = [new Map(), new Map(), new Map(), new Map()];
  const identified = unpackLongNames();
  numberTable.split(/[;\n]/).forEach((entry, index) => {
    const [number, shortName, ...longWords] = entry.split(' ');
    const longName = identified[index]?.longName ?? longWords.join(' ');
    const oid = identified[index]?.oid ?? null;
    const object: ASN1Object = { nid: Number(number), shortName: shortName ?? longName, longName, oid };
    byNid.set(object.nid, object);
    // Of two objects with one identifier or one name, OpenSSL finds the first.
    if (oid !== null && !byOid.has(oid)) byOid.set(oid, object);
    if (!byShortName.has(object.shortName)) byShortName.set(object.shortName, object);
    if (!byLongName.has(longName)) byLongName.set(longName, object);
  });
  unpacked = { byNid, byOid, byShortName, byLongName };
  return unpacked;
}

/**
 * Looks up an object by its dotted identifier; names are not taken.
 *
 * Python: `ssl._ASN1Object(oid)`.
 *
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `oid` is no string
 * @throws RangeError with `ERR_INVALID_ARG_VALUE` when it is malformed or OpenSSL has no name for it
 */
export function asn1Object(oid: string): ASN1Object {
  if (typeof oid !== 'string') throw invalidArgumentType('oid', 'a string', oid);
  return findByOid(oid) ?? unknownObject(oid);
}

/** As {@link asn1Object}, under the name that pairs with {@link fromName} and {@link fromNid}. */
export const fromOid: (oid: string) => ASN1Object = asn1Object;

/**
 * Looks up an object by its short name, its long name or its dotted identifier. Case matters.
 *
 * Python: `ssl._ASN1Object.fromname(name)`.
 *
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `name` is no string
 * @throws RangeError with `ERR_INVALID_ARG_VALUE` when OpenSSL has no such object
 */
export function fromName(name: string): ASN1Object {
  if (typeof name !== 'string') throw invalidArgumentType('name', 'a string', name);
  const { byShortName, byLongName } = objects();
  return byShortName.get(name) ?? byLongName.get(name) ?? findByOid(name) ?? unknownObject(name);
}

/**
 * Looks up an object by OpenSSL's number.
 *
 * Python: `ssl._ASN1Object.fromnid(nid)`.
 *
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `nid` is no integer
 * @throws RangeError with `ERR_INVALID_ARG_VALUE` when it is below 1 or no object has it
 */
export function fromNid(nid: number): ASN1Object {
  if (!Number.isInteger(nid)) throw invalidArgumentType('nid', 'an integer', nid);
  if (nid < 1) throw invalidArgumentValue('NID must be positive');
  const object = objects().byNid.get(nid);
  if (object === undefined) throw invalidArgumentValue(`unknown NID ${nid}`);
  return object;
}

function findByOid(text: string): ASN1Object | undefined {
  // OpenSSL takes blanks for dots, a dot at the end and leading zeros in all arcs but the first.
  const plain = text
    .replace(/[. ]$/, '')
    .replaceAll(' ', '.')
    .replace(/\.0+(?=\d)/g, '.');
  return objects().byOid.get(plain);
}

function unknownObject(text: string): never {
  throw invalidArgumentValue(`unknown object '${text}'`);
}
