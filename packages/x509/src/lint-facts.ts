import { type CertificateOutline, ExtensionWalk, outlineCertificate, type Range } from './certificate-outline.ts';
import { canonicalName } from './chain-link.ts';
import {
  BIT_STRING,
  BOOLEAN,
  CertificateDecodeError,
  contextTag,
  DerCursor,
  INTEGER,
  OBJECT_IDENTIFIER,
  SEQUENCE,
} from './der/reader.ts';
import { timeToDate } from './der/time.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import { readGeneralNames } from './extensions.ts';
import { type GeneralNameEntry, printGeneralName } from './general-name.ts';
import { decodeOid } from './oid.ts';
import { allNames } from './oid-names.ts';

/** An extension as the rules see it. */
export interface LintExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** What the rules look at, read once. An extension that is absent, twice there or malformed is null. */
export interface LintFacts {
  readonly isDer: boolean;
  /** 0 for version 1. */
  readonly version: number;
  /** The contents of the serial number. */
  readonly serial: Uint8Array;
  readonly subject: DistinguishedName;
  readonly isSelfIssued: boolean;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly keyAlgorithm: string;
  /** The curve of an elliptic key. */
  readonly curve: string | null;
  readonly rsa: { readonly bits: number; readonly exponent: bigint } | null;
  readonly signatureAlgorithm: string;
  /** The digest of an RSASSA-PSS signature. */
  readonly pssDigest: string | null;
  readonly hasSignatureMismatch: boolean;
  readonly extensions: readonly LintExtension[];
  readonly duplicates: readonly string[];
  readonly malformed: readonly string[];
  readonly names: readonly GeneralNameEntry[] | null;
  readonly basicConstraints: { readonly isAuthority: boolean; readonly hasPathLength: boolean } | null;
  /** The bits of the key usage; bit 0 is digitalSignature. */
  readonly keyUsage: number | null;
  readonly extendedKeyUsage: readonly string[] | null;
}

/** Reads what the rules look at. @throws CertificateDecodeError where OpenSSL would refuse the certificate */
export function readLintFacts(der: Uint8Array): LintFacts {
  const outline = outlineCertificate(der, false);
  const { bytes } = outline;
  const at = ({ start, end }: Range) => new DerCursor(bytes, { start, end });
  const subject = readPrintableName(at(outline.subject), allNames);
  const issuer = readPrintableName(at(outline.issuer), allNames);
  const extensions = readAll(outline);
  const duplicates = findDuplicates(extensions.map(({ oid }) => oid));
  const malformed: string[] = [];
  const read = <T>(oid: string, decode: (cursor: DerCursor) => T): T | null => {
    const extension = extensions.find((candidate) => candidate.oid === oid);
    if (extension === undefined || duplicates.includes(oid)) return null;
    try {
      return decode(new DerCursor(extension.value));
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      malformed.push(oid);
      return null;
    }
  };
  return {
    isDer: isDer(der.subarray(outline.whole.start, outline.whole.end)),
    version: outline.version === null ? 0 : (bytes[outline.version.start] ?? 0),
    serial: bytes.subarray(outline.serial.start, outline.serial.end),
    subject,
    isSelfIssued: canonicalName(subject) === canonicalName(issuer),
    notBefore: timeToDate(outline.notBefore),
    notAfter: timeToDate(outline.notAfter),
    ...readKey(at(outline.publicKey)),
    ...readSignature(at(outline.signatureAlgorithm)),
    hasSignatureMismatch: !isSame(innerAlgorithm(outline), slice(bytes, outline.signatureAlgorithm)),
    extensions,
    duplicates,
    names: read('2.5.29.17', (cursor) =>
      readGeneralNames(cursor, allNames).map((name) => printGeneralName(name, allNames)),
    ),
    basicConstraints: read('2.5.29.19', readBasicConstraints),
    keyUsage: read('2.5.29.15', readKeyUsage),
    extendedKeyUsage: read('2.5.29.37', readOids),
    malformed,
  };
}

function findDuplicates(oids: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const oid of oids) (seen.has(oid) ? twice : seen).add(oid);
  return [...twice];
}

function slice(bytes: Uint8Array, { start, end }: Range): Uint8Array {
  return bytes.subarray(start, end);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

function isDer(der: Uint8Array): boolean {
  try {
    const outline = outlineCertificate(der, true);
    readAll(outline);
    for (const { start, end } of [outline.issuer, outline.subject]) {
      readPrintableName(new DerCursor(der, { start, end, strict: true }), allNames);
    }
    return true;
  } catch (error) {
    if (error instanceof CertificateDecodeError) return false;
    throw error;
  }
}

function readAll(outline: CertificateOutline): LintExtension[] {
  const extensions: LintExtension[] = [];
  if (outline.extensions === null) return extensions;
  const walk = new ExtensionWalk(outline, outline.extensions);
  while (walk.next()) {
    extensions.push({
      oid: decodeOid(outline.bytes, walk.oidStart, walk.oidEnd),
      critical: walk.critical,
      value: walk.valueBytes.subarray(walk.valueStart, walk.valueEnd),
    });
  }
  return extensions;
}

/** The AlgorithmIdentifier inside of what is signed. */
function innerAlgorithm({ bytes, signed, strict }: CertificateOutline): Uint8Array {
  const cursor = new DerCursor(bytes, { ...signed, strict });
  cursor.enter(SEQUENCE);
  if (cursor.peekTag() === contextTag(0)) cursor.skip();
  cursor.skip();
  cursor.skip();
  return bytes.subarray(cursor.headerStart, cursor.offset);
}

function takeOid(cursor: DerCursor): string {
  cursor.readOid();
  return decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
}

type KeyFacts = Pick<LintFacts, 'keyAlgorithm' | 'curve' | 'rsa'>;

function readKey(cursor: DerCursor): KeyFacts {
  cursor.enter(SEQUENCE);
  cursor.enter(SEQUENCE);
  const keyAlgorithm = takeOid(cursor);
  let curve: string | null = null;
  if (cursor.peekTag() === OBJECT_IDENTIFIER) curve = takeOid(cursor);
  else if (cursor.more()) cursor.skip();
  cursor.leave();
  cursor.readBitString(BIT_STRING);
  const key = cursor.contents();
  const isRsa = keyAlgorithm === '1.2.840.113549.1.1.1' || keyAlgorithm === '1.2.840.113549.1.1.10';
  return { keyAlgorithm, curve, rsa: isRsa ? readRsaKey(key) : null };
}

/** RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }: RFC 8017 §A.1.1. */
function readRsaKey(key: Uint8Array): LintFacts['rsa'] {
  try {
    const cursor = new DerCursor(key);
    cursor.enter(SEQUENCE);
    cursor.readInteger();
    const modulus = cursor.contents();
    cursor.readInteger();
    const exponent = cursor.contents();
    const leading = modulus.findIndex((octet) => octet !== 0);
    const bits = leading < 0 ? 0 : (modulus.length - leading) * 8 - Math.clz32(modulus[leading] ?? 0) + 24;
    // A longer exponent is no better than one of 32 bytes, and BigInt of it is slow.
    return { bits, exponent: exponent.subarray(-32).reduce((number, octet) => number * 256n + BigInt(octet), 0n) };
  } catch (error) {
    if (error instanceof CertificateDecodeError) return { bits: 0, exponent: 0n };
    throw error;
  }
}

function readSignature(cursor: DerCursor): Pick<LintFacts, 'signatureAlgorithm' | 'pssDigest'> {
  cursor.enter(SEQUENCE);
  const signatureAlgorithm = takeOid(cursor);
  let pssDigest: string | null = null;
  if (signatureAlgorithm === '1.2.840.113549.1.1.10' && cursor.peekTag() === SEQUENCE) {
    cursor.enter(SEQUENCE);
    // "hashAlgorithm [0] … DEFAULT sha1": RFC 4055 §3.1.
    pssDigest = '1.3.14.3.2.26';
    if (cursor.peekTag() === contextTag(0)) {
      cursor.enter(contextTag(0));
      cursor.enter(SEQUENCE);
      pssDigest = takeOid(cursor);
    }
  }
  return { signatureAlgorithm, pssDigest };
}

function readBasicConstraints(cursor: DerCursor): LintFacts['basicConstraints'] {
  cursor.enter(SEQUENCE);
  const isAuthority = cursor.peekTag() === BOOLEAN && cursor.readBoolean();
  const hasPathLength = cursor.peekTag() === INTEGER;
  if (hasPathLength) cursor.readInteger();
  cursor.leave();
  return { isAuthority, hasPathLength };
}

function readKeyUsage(cursor: DerCursor): number {
  const unused = cursor.readBitString();
  const contents = cursor.contents();
  const octets = [contents[0] ?? 0, contents[1] ?? 0];
  if (contents.length > 0 && contents.length <= 2) {
    const last = contents.length - 1;
    octets[last] = (octets[last] ?? 0) & (0xff << unused);
  }
  let usage = 0;
  // Bit 0 of a BIT STRING is the highest of the first octet: X.680 §22.2.
  for (let bit = 0; bit < 9; bit++) if ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) usage |= 1 << bit;
  return usage;
}

function readOids(cursor: DerCursor): string[] {
  const oids: string[] = [];
  cursor.enterRepeated(SEQUENCE);
  while (cursor.more()) oids.push(takeOid(cursor));
  cursor.leave();
  return oids;
}
