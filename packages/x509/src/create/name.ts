import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import {
  DerTag,
  encodeAscii,
  encodeElement,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUtf8String,
} from '../der/writer.ts';
import { toAsciiHost } from './ascii-host.ts';

/** A value of a name's attribute: text, or one whole DER element for a value of any other type. */
export type AttributeValue = string | Uint8Array;

/**
 * A distinguished name to write, in any of four forms:
 *
 * - text: the common name alone; the empty text is the empty name
 * - an object from attributes to values, or to several values, in the order to be written:
 *   `{countryName: 'NL', organizationName: 'Example', commonName: 'example.org'}`
 * - an array of relative names, each an array of `[attribute, value]`, as the certificate dictionary has them; more than
 *   one pair makes a multi-valued relative name
 * - the DER of a whole Name
 *
 * Attributes go by OpenSSL's long or short name (`commonName`, `CN`) or by their dotted object identifier.
 */
export type NameInput =
  | string
  | Uint8Array
  | { readonly [attribute: string]: AttributeValue | readonly AttributeValue[] }
  | readonly (readonly (readonly [attribute: string, value: AttributeValue])[])[];

interface AttributeKind {
  readonly oid: string;
  readonly encoding: 'utf8' | 'printable' | 'ia5';
  /** The upper bound of RFC 5280, appendix A.1, in characters. */
  readonly limit: number;
}

function kind(oid: string, limit: number, encoding: AttributeKind['encoding'] = 'utf8'): AttributeKind {
  return { oid, encoding, limit };
}

const UNBOUNDED = 32768; // ub-name, RFC 5280, appendix A.1

/** The kinds of attributes by their long name and by their identifier. */
const KINDS = /* @__PURE__ */ indexKinds();

function indexKinds(): ReadonlyMap<string, AttributeKind> {
  const kinds = new Map([
    ['commonName', kind('2.5.4.3', 64)],
    ['surname', kind('2.5.4.4', UNBOUNDED)],
    ['serialNumber', kind('2.5.4.5', 64, 'printable')],
    ['countryName', kind('2.5.4.6', 2, 'printable')],
    ['localityName', kind('2.5.4.7', 128)],
    ['stateOrProvinceName', kind('2.5.4.8', 128)],
    ['streetAddress', kind('2.5.4.9', 128)],
    ['organizationName', kind('2.5.4.10', 64)],
    ['organizationalUnitName', kind('2.5.4.11', 64)],
    ['title', kind('2.5.4.12', 64)],
    ['description', kind('2.5.4.13', 1024)],
    ['businessCategory', kind('2.5.4.15', 128)],
    ['postalCode', kind('2.5.4.17', 40)],
    ['name', kind('2.5.4.41', UNBOUNDED)],
    ['givenName', kind('2.5.4.42', UNBOUNDED)],
    ['initials', kind('2.5.4.43', UNBOUNDED)],
    ['generationQualifier', kind('2.5.4.44', UNBOUNDED)],
    ['dnQualifier', kind('2.5.4.46', UNBOUNDED, 'printable')],
    ['pseudonym', kind('2.5.4.65', 128)],
    ['organizationIdentifier', kind('2.5.4.97', UNBOUNDED)],
    ['userId', kind('0.9.2342.19200300.100.1.1', 256)],
    ['domainComponent', kind('0.9.2342.19200300.100.1.25', UNBOUNDED, 'ia5')],
    ['emailAddress', kind('1.2.840.113549.1.9.1', 255, 'ia5')],
    ['jurisdictionLocalityName', kind('1.3.6.1.4.1.311.60.2.1.1', 128)],
    ['jurisdictionStateOrProvinceName', kind('1.3.6.1.4.1.311.60.2.1.2', 128)],
    ['jurisdictionCountryName', kind('1.3.6.1.4.1.311.60.2.1.3', 2, 'printable')],
  ]);
  for (const attribute of [...kinds.values()]) kinds.set(attribute.oid, attribute);
  return kinds;
}

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['CN', 'commonName'],
  ['SN', 'surname'],
  ['C', 'countryName'],
  ['L', 'localityName'],
  ['ST', 'stateOrProvinceName'],
  ['street', 'streetAddress'],
  ['O', 'organizationName'],
  ['OU', 'organizationalUnitName'],
  ['GN', 'givenName'],
  ['UID', 'userId'],
  ['DC', 'domainComponent'],
  ['jurisdictionL', 'jurisdictionLocalityName'],
  ['jurisdictionST', 'jurisdictionStateOrProvinceName'],
  ['jurisdictionC', 'jurisdictionCountryName'],
]);

function findKind(attribute: string): AttributeKind {
  const known = KINDS.get(SHORT_NAMES.get(attribute) ?? attribute);
  if (known !== undefined) return known;
  if (/^\d+(\.\d+)+$/.test(attribute)) return kind(attribute, UNBOUNDED);
  throw invalidArgumentValue(
    `Unknown attribute of a name ${JSON.stringify(attribute)}: give its dotted object identifier instead`,
  );
}

function encodeText(attribute: string, { encoding, limit }: AttributeKind, text: string): Uint8Array {
  const length = [...text].length;
  if (length === 0 || length > limit) {
    throw invalidArgumentValue(`${attribute} must have 1 to ${limit} characters, got ${length}`);
  }
  if (/\p{Surrogate}/u.test(text)) throw invalidArgumentValue(`${attribute} must not have a lone surrogate`);
  if (encoding === 'utf8') return encodeUtf8String(text);
  if (encoding === 'ia5') return encodeElement(DerTag.IA5_STRING, encodeAscii(text, attribute));
  // X.680 §41.4, the characters of a PrintableString.
  if (!/^[A-Za-z0-9 '()+,\-./:=?]+$/.test(text)) {
    throw invalidArgumentValue(`${attribute} must be a PrintableString, got ${JSON.stringify(text)}`);
  }
  return encodeElement(DerTag.PRINTABLE_STRING, encodeAscii(text, attribute));
}

function encodeAttribute(attribute: string, value: AttributeValue): Uint8Array {
  const attributeKind = findKind(attribute);
  if (value instanceof Uint8Array) return encodeSequence([encodeOid(attributeKind.oid), value]);
  if (typeof value !== 'string') throw invalidArgumentType(`subject.${attribute}`, 'a string or DER', value);
  if (attributeKind.limit === 2 && !/^[A-Z]{2}$/.test(value)) {
    throw invalidArgumentValue(`${attribute} must be two upper-case letters, got ${JSON.stringify(value)}`);
  }
  return encodeSequence([encodeOid(attributeKind.oid), encodeText(attribute, attributeKind, value)]);
}

function encodeRelativeName(pairs: readonly (readonly [string, AttributeValue])[]): Uint8Array {
  if (!Array.isArray(pairs) || pairs.length === 0) {
    throw invalidArgumentValue('A relative distinguished name must have at least one [attribute, value]');
  }
  return encodeSetOf(
    pairs.map((pair) => {
      if (!Array.isArray(pair)) throw invalidArgumentType('subject', 'made of [attribute, value] pairs', pair);
      return encodeAttribute(String(pair[0]), pair[1]);
    }),
  );
}

/**
 * Encodes a Name: countryName as PrintableString, domainComponent and emailAddress as IA5String, the rest as UTF8String
 * (RFC 5280 §4.1.2.4 and appendix A).
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for a value of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for an unknown attribute, and for a value that is too long or has
 *   characters its attribute cannot have.
 */
export function encodeName(name: NameInput): Uint8Array {
  if (name instanceof Uint8Array) return name;
  if (typeof name === 'string') return encodeSequence(name === '' ? [] : [encodeRelativeName([['commonName', name]])]);
  if (Array.isArray(name)) return encodeSequence(name.map(encodeRelativeName));
  if (typeof name !== 'object' || name === null) {
    throw invalidArgumentType('subject', 'a string, an object, an array or the DER of a Name', name);
  }
  const relativeNames: Uint8Array[] = [];
  for (const [attribute, values] of Object.entries(name)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      relativeNames.push(encodeRelativeName([[attribute, value]]));
    }
  }
  return encodeSequence(relativeNames);
}

/**
 * The common name that fits a list of subject alternative names: its first text that is short enough, as it is written
 * there; else none.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for a host name that has no form in ASCII.
 */
export function defaultCommonName(names: readonly unknown[]): string {
  const { limit } = findKind('commonName');
  for (const name of names) {
    if (typeof name !== 'string') continue;
    // Addresses with @ or : are no host names.
    const text = /[@:]/.test(name) ? name : toAsciiHost(name);
    if (text !== '' && text.length <= limit) return text;
  }
  return '';
}
