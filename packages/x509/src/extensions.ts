import { CertificateDecodeError } from './der/decode-error.ts';
import { DerCursor } from './der/reader.ts';
import { contextTag, SEQUENCE } from './der/tags.ts';
import { readBitString, readOid } from './der/values.ts';
import { readAttributeValue } from './distinguished-name.ts';
import { type GeneralName, printText, readGeneralName, URI_NAME } from './general-name.ts';
import type { OidNames } from './oid.ts';

/** Where the value of an extension stands: the contents of its OCTET STRING. */
export interface ExtensionValue {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** What reading an extension needs beside its value. */
export interface ExtensionContext {
  readonly names: OidNames;
  readonly strict: boolean;
}

/**
 * Reads an extension's value; null where it is malformed, which for OpenSSL is the same as an extension that is absent.
 */
function readExtension<T>(value: ExtensionValue, strict: boolean, read: (cursor: DerCursor) => T): T | null {
  const { bytes, start, end } = value;
  try {
    const cursor = new DerCursor(bytes, { start, end, strict });
    const result = read(cursor);
    cursor.finish();
    return result;
  } catch (error) {
    if (error instanceof CertificateDecodeError) return null;
    throw error;
  }
}

/** Takes a SEQUENCE OF (or under another tag an implicit one) of GeneralNames. @throws CertificateDecodeError */
export function readGeneralNames(cursor: DerCursor, names: OidNames, tag: number = SEQUENCE): GeneralName[] {
  const found: GeneralName[] = [];
  cursor.enterRepeated(tag);
  while (cursor.more()) found.push(readGeneralName(cursor, names));
  cursor.leave();
  return found;
}

/** The names of a subjectAltName or issuerAltName; null where it is malformed. RFC 5280 §4.2.1.6. */
export function decodeAltNames(value: ExtensionValue, { names, strict }: ExtensionContext): GeneralName[] | null {
  return readExtension(value, strict, (cursor) => readGeneralNames(cursor, names));
}

/** One entry of an authorityInfoAccess. */
export interface AccessDescription {
  /** Holds the identifier of the method. */
  readonly bytes: Uint8Array;
  readonly methodStart: number;
  readonly methodEnd: number;
  readonly location: GeneralName;
}

/** The entries of an authorityInfoAccess; null where it is malformed. RFC 5280 §4.2.2.1. */
export function decodeInfoAccess(value: ExtensionValue, context: ExtensionContext): AccessDescription[] | null {
  return readExtension(value, context.strict, (cursor) => {
    const found: AccessDescription[] = [];
    cursor.enterRepeated(SEQUENCE);
    while (cursor.more()) {
      cursor.enter(SEQUENCE);
      readOid(cursor);
      const { bytes, contentStart: methodStart, contentEnd: methodEnd } = cursor;
      found.push({ bytes, methodStart, methodEnd, location: readGeneralName(cursor, context.names) });
      cursor.leave();
    }
    cursor.leave();
    return found;
  });
}

/** id-ad, 1.3.6.1.5.5.7.48, as it is encoded; the last byte is the method. */
const ACCESS_METHODS = [0x2b, 6, 1, 5, 5, 7, 0x30];
export const OCSP = 1;
export const CA_ISSUERS = 2;

/** The URIs of one method of an authorityInfoAccess, in order. @throws CertificateDecodeError when one is not UTF-8 */
export function accessUris(descriptions: readonly AccessDescription[], method: number): string[] {
  return descriptions.filter((entry) => isMethod(entry, method)).map(({ location }) => printText(location));
}

function isMethod({ bytes, methodStart, methodEnd, location }: AccessDescription, method: number): boolean {
  return (
    location.kind === URI_NAME &&
    methodEnd - methodStart === ACCESS_METHODS.length + 1 &&
    bytes[methodEnd - 1] === method &&
    ACCESS_METHODS.every((octet, index) => bytes[methodStart + index] === octet)
  );
}

/**
 * The names of all points of a cRLDistributionPoints that give full names; null where it is malformed. RFC 5280
 * §4.2.1.13. A point with a relative name, or with reasons or an issuer alone, gives none.
 */
export function decodeDistributionPoints(value: ExtensionValue, context: ExtensionContext): GeneralName[] | null {
  return readExtension(value, context.strict, (cursor) => {
    const found: GeneralName[] = [];
    cursor.enterRepeated(SEQUENCE);
    while (cursor.more()) {
      cursor.enter(SEQUENCE);
      if (cursor.peekTag() === contextTag(0)) readPointName(cursor, context.names, found);
      if (cursor.peekTag() === contextTag(1)) readBitString(cursor, contextTag(1));
      if (cursor.peekTag() === contextTag(2)) readGeneralNames(cursor, context.names, contextTag(2));
      cursor.leave();
    }
    cursor.leave();
    return found;
  });
}

/** DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName } */
function readPointName(cursor: DerCursor, names: OidNames, found: GeneralName[]): void {
  cursor.enter(contextTag(0));
  if (cursor.peekTag() === contextTag(0)) {
    // One by one: a spread of many thousand would overflow the stack.
    for (const name of readGeneralNames(cursor, names, contextTag(0))) found.push(name);
  } else {
    cursor.enterRepeated(contextTag(1));
    while (cursor.more()) {
      cursor.enter(SEQUENCE);
      readOid(cursor);
      readAttributeValue(cursor);
      cursor.leave();
    }
    cursor.leave();
  }
  cursor.leave();
}

/** The URIs among names, in order. @throws CertificateDecodeError when one is not UTF-8 */
export function nameUris(names: readonly GeneralName[]): string[] {
  return names.filter(({ kind }) => kind === URI_NAME).map(printText);
}
