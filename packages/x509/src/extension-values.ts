// What the extensions beside those of Python's dictionary say. Each function takes the cursor at the extension's value.

import type { DerCursor } from './der/reader.ts';
import { decodeUtf8 } from './der/strings.ts';
import { BIT_STRING, contextTag, IA5_STRING, OCTET_STRING, SEQUENCE } from './der/tags.ts';
import { readAny, readBitString, readBoolean, readInteger, readOid, readSmallInteger } from './der/values.ts';
import { readGeneralNames } from './extensions.ts';
import { type GeneralNameEntry, IP_ADDRESS, printAddress, printGeneralName, readGeneralName } from './general-name.ts';
import { decodeOid, type OidNames } from './oid.ts';

/** The bits of KeyUsage by their names in RFC 5280 §4.2.1.3, bit 0 first. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** What a key may be used for. */
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Reads a KeyUsage. @throws CertificateDecodeError */
export function readKeyUsage(cursor: DerCursor): KeyUsage[] {
  readBitString(cursor, BIT_STRING);
  const bits = cursor.contents();
  return KEY_USAGES.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** An identifier, and its long name where the table has one. */
export interface NamedIdentifier {
  readonly oid: string;
  /** Such as `TLS Web Server Authentication`; the identifier where it has no name. */
  readonly name: string;
}

function readIdentifier(cursor: DerCursor, names: OidNames): NamedIdentifier {
  readOid(cursor);
  const oid = decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
  return { oid, name: names.longName(oid) ?? oid };
}

/** Reads an ExtKeyUsage: RFC 5280 §4.2.1.12. @throws CertificateDecodeError */
export function readExtendedKeyUsage(cursor: DerCursor, names: OidNames): NamedIdentifier[] {
  const found: NamedIdentifier[] = [];
  cursor.enter(SEQUENCE);
  while (cursor.more()) found.push(readIdentifier(cursor, names));
  cursor.leave();
  return found;
}

/** Whether a certificate may issue others, and how many may follow below. RFC 5280 §4.2.1.9. */
export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediate certificates may stand between this one and the last; null for no limit. */
  readonly pathLength: number | null;
}

/** Reads a BasicConstraints. @throws CertificateDecodeError */
export function readBasicConstraints(cursor: DerCursor): BasicConstraints {
  cursor.enter(SEQUENCE);
  const ca = cursor.peekTag() === 0x01 && readBoolean(cursor);
  const pathLength = cursor.more() ? readSmallInteger(cursor) : null;
  cursor.leave();
  return { ca, pathLength };
}

/** Writes bytes in upper-case hexadecimal. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0'))
    .join(separator)
    .toUpperCase();
}

/** Reads a SubjectKeyIdentifier as hexadecimal. @throws CertificateDecodeError */
export function readKeyIdentifier(cursor: DerCursor): string {
  cursor.readString(OCTET_STRING);
  return toHex(cursor.contents());
}

/** Which key issued a certificate. RFC 5280 §4.2.1.1. */
export interface AuthorityKeyIdentifier {
  /** Upper-case hexadecimal. */
  readonly keyIdentifier: string | null;
  readonly issuer: readonly GeneralNameEntry[] | null;
  /** Upper-case hexadecimal, as it is encoded. */
  readonly serialNumber: string | null;
}

/** Reads an AuthorityKeyIdentifier. @throws CertificateDecodeError */
export function readAuthorityKeyIdentifier(cursor: DerCursor, names: OidNames): AuthorityKeyIdentifier {
  let keyIdentifier: string | null = null;
  let issuer: GeneralNameEntry[] | null = null;
  let serialNumber: string | null = null;
  cursor.enter(SEQUENCE);
  if (cursor.peekTag() === contextTag(0)) {
    cursor.readString(contextTag(0));
    keyIdentifier = toHex(cursor.contents());
  }
  if (cursor.peekTag() === contextTag(1)) {
    issuer = readGeneralNames(cursor, names, contextTag(1)).map((name) => printGeneralName(name, names));
  }
  if (cursor.peekTag() === contextTag(2)) {
    readInteger(cursor, contextTag(2));
    serialNumber = toHex(cursor.contents());
  }
  cursor.leave();
  return { keyIdentifier, issuer, serialNumber };
}

/** A policy under which a certificate was issued. RFC 5280 §4.2.1.4. */
export interface CertificatePolicy extends NamedIdentifier {
  /** URIs of the practice statements. */
  readonly practiceStatements: readonly string[];
}

const PRACTICE_STATEMENT = '1.3.6.1.5.5.7.2.1';

/** Reads a CertificatePolicies. @throws CertificateDecodeError */
export function readPolicies(cursor: DerCursor, names: OidNames): CertificatePolicy[] {
  const found: CertificatePolicy[] = [];
  cursor.enter(SEQUENCE);
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    const identifier = readIdentifier(cursor, names);
    const practiceStatements: string[] = [];
    if (cursor.more()) readQualifiers(cursor, practiceStatements);
    cursor.leave();
    found.push({ ...identifier, practiceStatements });
  }
  cursor.leave();
  return found;
}

function readQualifiers(cursor: DerCursor, practiceStatements: string[]): void {
  cursor.enter(SEQUENCE);
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    readOid(cursor);
    const kind = decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
    readAny(cursor);
    if (kind === PRACTICE_STATEMENT && cursor.tag === IA5_STRING) {
      practiceStatements.push(decodeUtf8(cursor.content, cursor.contentStart, cursor.contentEnd) ?? '');
    }
    cursor.leave();
  }
  cursor.leave();
}

/** Names below which an authority may, or may not, issue. RFC 5280 §4.2.1.10. An address is `192.0.2.0/255.255.255.0`. */
export interface NameConstraints {
  readonly permitted: readonly GeneralNameEntry[];
  readonly excluded: readonly GeneralNameEntry[];
}

/** Reads a NameConstraints. @throws CertificateDecodeError */
export function readNameConstraints(cursor: DerCursor, names: OidNames): NameConstraints {
  cursor.enter(SEQUENCE);
  const permitted = cursor.peekTag() === contextTag(0) ? readSubtrees(cursor, names, 0) : [];
  const excluded = cursor.peekTag() === contextTag(1) ? readSubtrees(cursor, names, 1) : [];
  cursor.leave();
  return { permitted, excluded };
}

function readSubtrees(cursor: DerCursor, names: OidNames, number: number): GeneralNameEntry[] {
  const found: GeneralNameEntry[] = [];
  cursor.enter(contextTag(number));
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    const base = readGeneralName(cursor, names);
    // The distances are never used: minimum is 0 and maximum absent.
    if (cursor.peekTag() === contextTag(0)) readInteger(cursor, contextTag(0));
    if (cursor.peekTag() === contextTag(1)) readInteger(cursor, contextTag(1));
    cursor.leave();
    const { kind, content, start, end } = base;
    if (kind !== IP_ADDRESS) found.push(printGeneralName(base, names));
    else {
      const middle = (start + end) >> 1;
      const range = `${printAddress(content, start, middle)}/${printAddress(content, middle, end)}`;
      found.push(['IP Address', range]);
    }
  }
  cursor.leave();
  return found;
}
