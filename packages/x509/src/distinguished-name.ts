import { CertificateDecodeError } from './der/decode-error.ts';
import type { DerCursor } from './der/reader.ts';
import { decodeString } from './der/strings.ts';
import { BIT_STRING, SEQUENCE, SET } from './der/tags.ts';
import { readAny, readOid } from './der/values.ts';
import type { OidNames } from './oid.ts';

/** One attribute: OpenSSL's long name (or the dotted identifier), and the text, or the bytes of a BIT STRING. */
export type NameAttribute = [name: string, value: string | Uint8Array];

/**
 * A name as Python has it: relative names in their order, each a list of attributes in the order of the encoding.
 * Nearly every relative name has one attribute. An empty relative name leaves no trace.
 */
export type DistinguishedName = NameAttribute[][];

/** What reading a name gives: the name, and what cannot be said in text although the encoding is correct. */
export interface NameReading {
  readonly name: DistinguishedName;
  /** Not thrown at once: inside a subjectAltName it matters only when the whole extension is well formed. */
  readonly problem: CertificateDecodeError | null;
}

const LARGEST_NAME = 0x10_0000; // 1 MiB, as OpenSSL's X509_NAME_MAX

// Bit n is set where OpenSSL takes the universal tag n as an attribute value (its B_ASN1_PRINTABLE): 3, 7 to 9,
// 11 to 16, 18 to 20, 22, 28 to 30.
const VALUE_TAGS = 0x705dfb88;

/** Takes one Name. @throws CertificateDecodeError when it is malformed, or its text is not of its own encoding */
export function readName(cursor: DerCursor, names: OidNames): NameReading {
  const name: DistinguishedName = [];
  const start = cursor.offset;
  let problem: CertificateDecodeError | null = null;
  cursor.enterRepeated(SEQUENCE);
  while (cursor.more()) {
    const attributes: NameAttribute[] = [];
    cursor.enterRepeated(SET);
    while (cursor.more()) {
      cursor.enter(SEQUENCE);
      readOid(cursor);
      const { contentStart, contentEnd } = cursor;
      readAttributeValue(cursor);
      const value = attributeText(cursor);
      let label = '';
      try {
        label = names.describe(cursor.bytes, contentStart, contentEnd);
      } catch (error) {
        if (!(error instanceof CertificateDecodeError)) throw error;
        problem ??= error;
      }
      if (value === null) {
        const message = 'Attribute of a name has a type that is no text';
        problem ??= new CertificateDecodeError('ERR_ASN1_BAD_STRING', message, cursor.headerStart);
      } else attributes.push([label, value]);
      cursor.leave();
    }
    cursor.leave();
    if (attributes.length > 0) name.push(attributes);
  }
  cursor.leave();
  if (cursor.offset - start > LARGEST_NAME) {
    cursor.fail('ERR_ASN1_BAD_LENGTH', 'Name is longer than 1 MiB', start);
  }
  return { name, problem };
}

/** As {@link readName}, where all of it must be text. @throws CertificateDecodeError */
export function readPrintableName(cursor: DerCursor, names: OidNames): DistinguishedName {
  const { name, problem } = readName(cursor, names);
  if (problem !== null) throw problem;
  return name;
}

/** Takes the value of an attribute, of any type that OpenSSL takes there. @throws CertificateDecodeError */
export function readAttributeValue(cursor: DerCursor): void {
  const start = cursor.offset;
  if (start === cursor.end) cursor.fail('ERR_ASN1_MISSING_FIELD', 'Attribute has no value', start);
  readAny(cursor);
  if (cursor.tag > 30 || ((VALUE_TAGS >>> cursor.tag) & 1) === 0) {
    cursor.fail('ERR_ASN1_WRONG_TAG', 'Attribute has a value of a type that names do not have', start);
  }
}

/** The text, or the bytes of a BIT STRING, of the value taken last; null where the type is neither. */
function attributeText(cursor: DerCursor): string | Uint8Array | null {
  const { tag, content, contentStart, contentEnd } = cursor;
  if (tag === BIT_STRING) return bitStringBytes(cursor);
  const text = decodeString(tag, content, contentStart, contentEnd);
  // OpenSSL compares names in a canonical form, which it makes on reading: text that is none fails there.
  if (text === undefined) cursor.fail('ERR_ASN1_BAD_STRING', 'Text is not of its own encoding', cursor.headerStart);
  return text;
}

/** A copy of the BIT STRING taken last, its unused bits cleared, as OpenSSL holds it. */
function bitStringBytes(cursor: DerCursor): Uint8Array {
  const bytes = cursor.contents().slice();
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] as number) & (0xff << cursor.unusedBits);
  return bytes;
}
