import { DerCursor } from './der/reader.ts';
import { BOOLEAN, contextTag, ENUMERATED, GENERALIZED_TIME, OCTET_STRING, SEQUENCE } from './der/tags.ts';
import { readTime, timeToDate } from './der/time.ts';
import { readBoolean, readInteger, readOid, readSmallInteger } from './der/values.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import { decodeOid, type OidNames } from './oid.ts';
import { printSerial } from './serial-number.ts';

/** Why a certificate was revoked: RFC 5280 §5.3.1. */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise';

/** One revoked certificate of a CRL. */
export interface RevokedCertificate {
  /** Upper-case hexadecimal, as in the dictionary of a certificate. */
  readonly serialNumber: string;
  /** Null for a malformed time. */
  readonly revocationDate: Date | null;
  /** Null where the CRL gives none, or a number without a name. */
  readonly reason: RevocationReason | null;
  /** When the key became bad, where the CRL says so. */
  readonly invalidityDate: Date | null;
  /** Whose certificate this is, where this entry of an indirect CRL says so; it holds for the entries below too. */
  readonly certificateIssuer: DistinguishedName | null;
  /** Whether the entry has a critical extension that is not read here: the CRL must not be relied on then. */
  readonly hasUnknownCriticalExtension: boolean;
}

/** An extension as it stands: identifier, flag, and where its value is. */
export interface RawExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Takes a SEQUENCE of extensions. @throws CertificateDecodeError */
export function readExtensions(cursor: DerCursor): RawExtension[] {
  const extensions: RawExtension[] = [];
  cursor.enter(SEQUENCE);
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    readOid(cursor);
    const oid = decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
    const critical = cursor.peekTag() === BOOLEAN && readBoolean(cursor);
    cursor.readString(OCTET_STRING);
    extensions.push({ oid, critical, value: cursor.contents() });
    cursor.leave();
  }
  cursor.leave();
  return extensions;
}

/** Takes one entry of revokedCertificates. @throws CertificateDecodeError */
export function readRevokedCertificate(cursor: DerCursor, names: OidNames): RevokedCertificate {
  cursor.enter(SEQUENCE);
  readInteger(cursor);
  const serialNumber = printSerial(cursor.bytes, cursor.contentStart, cursor.contentEnd);
  const revocationDate = timeToDate(readTime(cursor));
  const extensions = cursor.more() ? readExtensions(cursor) : [];
  cursor.leave();
  let reason: RevocationReason | null = null;
  let invalidityDate: Date | null = null;
  let certificateIssuer: DistinguishedName | null = null;
  let hasUnknownCriticalExtension = false;
  for (const { oid, critical, value } of extensions) {
    const inner = new DerCursor(value, { strict: cursor.strict });
    if (oid === '2.5.29.21') reason = reasons[readSmallInteger(inner, ENUMERATED)] ?? null;
    else if (oid === '2.5.29.24') {
      if (inner.peekTag() === GENERALIZED_TIME) invalidityDate = timeToDate(readTime(inner));
    } else if (oid === '2.5.29.29') certificateIssuer = readCertificateIssuer(inner, names);
    else if (critical) hasUnknownCriticalExtension = true;
  }
  return { serialNumber, revocationDate, reason, invalidityDate, certificateIssuer, hasUnknownCriticalExtension };
}

// 7 is not used: RFC 5280 §5.3.1.
const reasons: readonly (RevocationReason | null)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

/** The first directory name among the general names: RFC 5280 §5.3.3 asks for one. */
function readCertificateIssuer(cursor: DerCursor, names: OidNames): DistinguishedName | null {
  const directoryName = contextTag(4);
  let issuer: DistinguishedName | null = null;
  cursor.enterRepeated(SEQUENCE);
  while (cursor.more()) {
    if (issuer === null && cursor.peekTag() === directoryName) {
      cursor.enter(directoryName);
      issuer = readPrintableName(cursor, names);
      cursor.leave();
    } else cursor.skip();
  }
  cursor.leave();
  return issuer;
}
