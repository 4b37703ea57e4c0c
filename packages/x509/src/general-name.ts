import { CertificateDecodeError } from './der/decode-error.ts';
import type { DerCursor } from './der/reader.ts';
import { decodeUtf8 } from './der/strings.ts';
import {
  BMP_STRING,
  contextTag,
  IA5_STRING,
  PRINTABLE_STRING,
  T61_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
} from './der/tags.ts';
import { readAny, readOid } from './der/values.ts';
import { type DistinguishedName, type NameReading, readName } from './distinguished-name.ts';
import { decodeOid, type OidNames } from './oid.ts';

/** One name of a subjectAltName as Python has it: a label and its text, or under `DirName` a whole name. */
export type GeneralNameEntry =
  | [label: 'DirName', name: DistinguishedName]
  | [
      label: 'DNS' | 'email' | 'URI' | 'IP Address' | 'Registered ID' | 'othername' | 'X400Name' | 'EdiPartyName',
      text: string,
    ];

/** The context tags of GeneralName: RFC 5280 §4.2.1.6. */
export const OTHER_NAME = 0;
export const RFC822_NAME = 1;
export const DNS_NAME = 2;
const X400_ADDRESS = 3;
const DIRECTORY_NAME = 4;
const EDI_PARTY_NAME = 5;
export const URI_NAME = 6;
export const IP_ADDRESS = 7;
const REGISTERED_ID = 8;

/** A GeneralName whose encoding is correct; what its bytes say has not been asked yet. */
export interface GeneralName {
  /** 0 to 8: the context tag. */
  readonly kind: number;
  /** Holds the value: the text, the address, the identifier, or the value of an other name. */
  readonly content: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The name, for kind 4. */
  readonly directory: NameReading | null;
  /** The type, for kind 0: where its identifier stands in `bytes`, and the tag of the value. */
  readonly otherType: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly tag: number;
  } | null;
}

/** Takes one GeneralName. @throws CertificateDecodeError */
export function readGeneralName(cursor: DerCursor, names: OidNames): GeneralName {
  const tag = cursor.peekTag();
  const kind = tag - contextTag(0);
  let directory: NameReading | null = null;
  let otherType: GeneralName['otherType'] = null;
  switch (kind) {
    case RFC822_NAME:
    case DNS_NAME:
    case URI_NAME:
    case IP_ADDRESS:
      cursor.readString(tag);
      break;
    case REGISTERED_ID:
      readOid(cursor, tag);
      break;
    case DIRECTORY_NAME:
      cursor.enter(tag);
      directory = readName(cursor, names);
      cursor.leave();
      break;
    case OTHER_NAME:
      otherType = readOtherName(cursor);
      break;
    case X400_ADDRESS:
      cursor.expect(tag);
      if (!cursor.constructed) cursor.fail('ERR_ASN1_WRONG_TAG', 'X.400 address is a value', cursor.headerStart);
      cursor.skipContents();
      break;
    case EDI_PARTY_NAME:
      readEdiPartyName(cursor);
      break;
    default:
      cursor.fail('ERR_ASN1_WRONG_TAG', 'GeneralName is of no known kind', cursor.offset);
  }
  const { content, contentStart: start, contentEnd: end } = cursor;
  return { kind, content, start, end, directory, otherType };
}

/** Leaves the contents at the value. */
function readOtherName(cursor: DerCursor): NonNullable<GeneralName['otherType']> {
  cursor.enter(contextTag(OTHER_NAME));
  readOid(cursor);
  const { bytes, contentStart: start, contentEnd: end } = cursor;
  cursor.enter(contextTag(0));
  readAny(cursor);
  const { tag } = cursor;
  cursor.leave();
  cursor.leave();
  return { bytes, start, end, tag };
}

/** EDIPartyName ::= SEQUENCE { nameAssigner [0] DirectoryString OPTIONAL, partyName [1] DirectoryString } */
function readEdiPartyName(cursor: DerCursor): void {
  cursor.enter(contextTag(EDI_PARTY_NAME));
  if (cursor.peekTag() === contextTag(0)) readDirectoryString(cursor, contextTag(0));
  readDirectoryString(cursor, contextTag(1));
  cursor.leave();
}

function readDirectoryString(cursor: DerCursor, tag: number): void {
  cursor.enter(tag);
  readAny(cursor);
  if (![UTF8_STRING, PRINTABLE_STRING, T61_STRING, BMP_STRING, UNIVERSAL_STRING].includes(cursor.tag)) {
    cursor.fail('ERR_ASN1_WRONG_TAG', 'Party name is no text', cursor.headerStart);
  }
  cursor.leave();
}

/**
 * Says a GeneralName as Python's `subjectAltName` does.
 *
 * @throws CertificateDecodeError when its text is not UTF-8 (in Python a `UnicodeDecodeError`, for the whole certificate)
 */
export function printGeneralName(name: GeneralName, names: OidNames): GeneralNameEntry {
  const { kind, content, start, end, directory } = name;
  switch (kind) {
    case RFC822_NAME:
      return ['email', printText(name)];
    case DNS_NAME:
      return ['DNS', printText(name)];
    case URI_NAME:
      return ['URI', printText(name)];
    case IP_ADDRESS:
      return ['IP Address', printAddress(content, start, end)];
    case REGISTERED_ID:
      return ['Registered ID', names.describe(content, start, end)];
    case OTHER_NAME:
      return ['othername', printOtherName(name)];
    case X400_ADDRESS:
      return ['X400Name', '<unsupported>'];
    case EDI_PARTY_NAME:
      return ['EdiPartyName', '<unsupported>'];
    default:
      if (directory?.problem) throw directory.problem;
      return ['DirName', directory?.name ?? []];
  }
}

/** The text of a kind that is text: NULs are kept (CVE-2013-4238). @throws CertificateDecodeError when it is not UTF-8 */
export function printText({ content, start, end }: GeneralName): string {
  const text = decodeUtf8(content, start, end);
  if (text === undefined) throw new CertificateDecodeError('ERR_ASN1_BAD_STRING', 'Name is not UTF-8', start);
  return text;
}

/** Writes an address as OpenSSL does: IPv6 in upper case, with every zero; `<invalid>` for any other length than 4 and 16. */
export function printAddress(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 4) return bytes.subarray(start, end).join('.');
  if (end - start !== 16) return '<invalid>';
  const groups: string[] = [];
  for (let at = start; at < end; at += 2) {
    groups.push((((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16).toUpperCase());
  }
  return groups.join(':');
}

/** What OpenSSL prints of an other name, by its type, and the string type that it expects there. */
const OTHER_NAMES: Record<string, readonly [prefix: string, tag: number]> = {
  '1.3.6.1.4.1.311.20.2.3': ['UPN', UTF8_STRING],
  '1.3.6.1.5.5.7.8.5': ['XmppAddr', UTF8_STRING],
  '1.3.6.1.5.5.7.8.7': ['SRVName', IA5_STRING],
  '1.3.6.1.5.5.7.8.8': ['NAIRealm', UTF8_STRING],
  '1.3.6.1.5.5.7.8.9': ['SmtpUTF8Mailbox', UTF8_STRING],
};
const LARGEST_KNOWN_TYPE = 10; // bytes of the longest identifier above

/** How much of `othername:…` reaches Python: its buffer of 2,048 bytes, less two for the ends, less the label. */
const LARGEST_OTHER_NAME = 2036;

function printOtherName({ content, start, end, otherType }: GeneralName): string {
  if (otherType === null || otherType.end - otherType.start > LARGEST_KNOWN_TYPE) return '<unsupported>';
  const known = OTHER_NAMES[decodeOid(otherType.bytes, otherType.start, otherType.end)];
  if (known === undefined || known[1] !== otherType.tag) return '<unsupported>';
  // OpenSSL prints into a line, which Python reads: it ends at a NUL, or after a newline, or where the buffer is full.
  const prefix = `${known[0]}:`;
  let stop = start;
  while (stop < end && content[stop] !== 0 && stop - start + prefix.length < LARGEST_OTHER_NAME) {
    if (content[stop++] === 0x0a) break;
  }
  const text = decodeUtf8(content, start, stop);
  if (text === undefined) throw new CertificateDecodeError('ERR_ASN1_BAD_STRING', 'Other name is not UTF-8', start);
  return prefix + text;
}
