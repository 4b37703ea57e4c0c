// The values of ASN.1's own types, each read by a function so that a bundle has only those it uses.

import type { DerCursor } from './reader.ts';
import {
  BIT_STRING,
  BMP_STRING,
  BOOLEAN,
  ENUMERATED,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  SEQUENCE,
  SET,
  UNIVERSAL_STRING,
} from './tags.ts';

/** Takes an INTEGER, or an element that `tag` says is one; its bytes are then the contents. @throws CertificateDecodeError */
export function readInteger(cursor: DerCursor, tag: number = INTEGER): void {
  cursor.readValue(tag);
  checkInteger(cursor);
}

/** Checks that the contents are an INTEGER in its shortest form, which BER demands too (X.690 §8.3.2). */
export function checkInteger(cursor: DerCursor): void {
  const { bytes, contentStart, contentEnd } = cursor;
  const first = bytes[contentStart] as number;
  const length = contentEnd - contentStart;
  if (length === 0) cursor.fail('ERR_ASN1_BAD_VALUE', 'INTEGER without contents', cursor.headerStart);
  if (length === 1 || (first !== 0 && first !== 0xff)) return;
  const second = bytes[contentStart + 1] as number;
  if ((first & 0x80) === (second & 0x80)) {
    cursor.fail('ERR_ASN1_BAD_VALUE', 'INTEGER is not in its shortest form', cursor.headerStart);
  }
}

/** Takes an INTEGER of up to six bytes as a number; larger ones are refused. @throws CertificateDecodeError */
export function readSmallInteger(cursor: DerCursor, tag: number = INTEGER): number {
  readInteger(cursor, tag);
  const { bytes, contentStart, contentEnd } = cursor;
  if (contentEnd - contentStart > 6) cursor.fail('ERR_ASN1_BAD_VALUE', 'INTEGER is too large', cursor.headerStart);
  let value = ((bytes[contentStart] as number) << 24) >> 24;
  for (let at = contentStart + 1; at < contentEnd; at++) value = value * 256 + (bytes[at] as number);
  return value;
}

/** Takes an OBJECT IDENTIFIER; its bytes are then the contents. @throws CertificateDecodeError */
export function readOid(cursor: DerCursor, tag: number = OBJECT_IDENTIFIER): void {
  cursor.readValue(tag);
  checkOid(cursor);
}

/** Checks that the contents are an OBJECT IDENTIFIER: X.690 §8.19.2. */
export function checkOid(cursor: DerCursor): void {
  const { bytes, contentStart, contentEnd } = cursor;
  if (contentStart === contentEnd || (bytes[contentEnd - 1] as number) & 0x80) {
    cursor.fail('ERR_ASN1_BAD_VALUE', 'OBJECT IDENTIFIER is empty or unfinished', cursor.headerStart);
  }
  for (let at = contentStart, previous = 0; at < contentEnd; at++) {
    const octet = bytes[at] as number;
    if (octet === 0x80 && !(previous & 0x80)) {
      cursor.fail('ERR_ASN1_BAD_VALUE', 'OBJECT IDENTIFIER has a padded part', cursor.headerStart);
    }
    previous = octet;
  }
}

/** Takes a BOOLEAN. @throws CertificateDecodeError */
export function readBoolean(cursor: DerCursor, tag: number = BOOLEAN): boolean {
  cursor.readValue(tag);
  checkBoolean(cursor);
  return cursor.bytes[cursor.contentStart] !== 0;
}

/** Checks that the contents are a BOOLEAN. */
export function checkBoolean(cursor: DerCursor): void {
  if (cursor.contentEnd - cursor.contentStart !== 1) {
    cursor.fail('ERR_ASN1_BAD_VALUE', 'BOOLEAN is not one byte', cursor.headerStart);
  }
  const octet = cursor.bytes[cursor.contentStart];
  if (cursor.strict && octet !== 0 && octet !== 0xff) {
    cursor.fail('ERR_ASN1_NOT_DER', 'BOOLEAN is neither 00 nor FF', cursor.headerStart);
  }
}

/**
 * Takes a BIT STRING; the contents are then its bytes without the leading count.
 *
 * @returns how many bits of the last byte are unused, 0 to 7.
 * @throws CertificateDecodeError
 */
export function readBitString(cursor: DerCursor, tag: number = BIT_STRING): number {
  cursor.readString(tag);
  return takeUnusedBits(cursor);
}

/** Takes the count of unused bits off the contents. */
export function takeUnusedBits(cursor: DerCursor): number {
  const unused = cursor.content[cursor.contentStart];
  if (unused === undefined || cursor.contentStart === cursor.contentEnd || unused > 7) {
    cursor.fail('ERR_ASN1_BAD_VALUE', 'BIT STRING has no valid count of unused bits', cursor.headerStart);
  }
  cursor.contentStart++;
  cursor.unusedBits = unused;
  return unused;
}

/**
 * Takes one element of any kind and checks its contents where their form is known (an `ANY` of the ASN.1 modules).
 * A string in pieces is joined; structures are not looked into. @throws CertificateDecodeError
 */
export function readAny(cursor: DerCursor): void {
  cursor.readHeader();
  const { tag } = cursor;
  if (tag === SEQUENCE || tag === SET) {
    if (!cursor.constructed) cursor.fail('ERR_ASN1_WRONG_TAG', 'Structure is encoded as a value', cursor.headerStart);
    cursor.skipContents();
  } else if ((tag & 0xc0) !== 0) cursor.skipContents();
  else if (tag === NULL || tag === BOOLEAN || tag === OBJECT_IDENTIFIER || tag === INTEGER || tag === ENUMERATED) {
    if (cursor.constructed) cursor.fail('ERR_ASN1_WRONG_TAG', 'Value is encoded as a structure', cursor.headerStart);
    cursor.offset = cursor.contentEnd;
    if (tag === OBJECT_IDENTIFIER) checkOid(cursor);
    else if (tag === BOOLEAN) checkBoolean(cursor);
    else if (tag !== NULL) checkInteger(cursor);
    else if (cursor.contentEnd > cursor.contentStart) {
      cursor.fail('ERR_ASN1_BAD_VALUE', 'NULL has contents', cursor.headerStart);
    }
  } else {
    cursor.takeString();
    const width = tag === BMP_STRING ? 2 : tag === UNIVERSAL_STRING ? 4 : 1;
    if (tag === BIT_STRING) takeUnusedBits(cursor);
    else if ((cursor.contentEnd - cursor.contentStart) % width !== 0) {
      cursor.fail('ERR_ASN1_BAD_STRING', 'Text ends in the middle of a character', cursor.headerStart);
    }
  }
}
