import { asBytes, type BytesLike } from './bytes-like.ts';
import { type CertificateOutline, ExtensionWalk, outlineCertificate, type Range } from './certificate-outline.ts';
import { BOOLEAN, CertificateDecodeError, contextTag, DerCursor, OCTET_STRING, SEQUENCE } from './der/reader.ts';
import { timeToDate } from './der/time.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import { decodeOid } from './oid.ts';
import { allNames } from './oid-names.ts';

/** A certificate as functions over several take it: its DER, or anything that has it, such as a block of a PEM bundle. */
export type CertificateInput = BytesLike | { readonly der: Uint8Array };

/** What the place of a certificate in a chain depends on. */
export interface ChainLink {
  readonly der: Uint8Array;
  /** The subject in a form in which equal names are equal texts. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  readonly issuer: DistinguishedName;
  /** The SubjectKeyIdentifier in hexadecimal, or null. */
  readonly keyIdentifier: string | null;
  /** The key identifier of the AuthorityKeyIdentifier in hexadecimal, or null. */
  readonly authorityKeyIdentifier: string | null;
  /** Whether the certificate may issue others; one of version 1 says nothing against it. */
  readonly mayIssue: boolean;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
}

/** Finds the bytes of a certificate. @throws TypeError `ERR_INVALID_ARG_TYPE` */
export function derOf(name: string, certificate: CertificateInput): Uint8Array {
  if (typeof certificate === 'object' && certificate !== null && 'der' in certificate)
    return asBytes(name, certificate.der);
  return asBytes(name, certificate as BytesLike);
}

/** Reads what the place of a certificate in a chain depends on. @throws CertificateDecodeError */
export function readChainLink(der: Uint8Array): ChainLink {
  const outline = outlineCertificate(der, false);
  const subject = readNameAt(outline, outline.subject);
  const issuer = readNameAt(outline, outline.issuer);
  return {
    der: der.subarray(outline.whole.start, outline.whole.end),
    subjectKey: canonicalName(subject),
    issuerKey: canonicalName(issuer),
    issuer,
    notBefore: timeToDate(outline.notBefore),
    notAfter: timeToDate(outline.notAfter),
    ...readLinkExtensions(outline),
  };
}

/** Whether subject and issuer are one, and so is the key as far as the certificate says. */
export function isRoot(link: ChainLink): boolean {
  if (link.subjectKey !== link.issuerKey) return false;
  return (
    link.authorityKeyIdentifier === null ||
    link.keyIdentifier === null ||
    link.authorityKeyIdentifier === link.keyIdentifier
  );
}

function readNameAt({ bytes, strict }: CertificateOutline, { start, end }: Range): DistinguishedName {
  return readPrintableName(new DerCursor(bytes, { strict, start, end }), allNames);
}

/**
 * Writes a name so that two are the same text where they are the same name: RFC 5280 §7.1, as OpenSSL compares them.
 * Case, runs of blanks, and the type of the string do not matter; the order of the relative names does.
 */
export function canonicalName(name: DistinguishedName): string {
  const relativeNames = name.map((attributes) =>
    attributes
      .map(([type, value]) => [type, typeof value === 'string' ? foldText(value) : toHex(value)].join('='))
      .sort(),
  );
  return JSON.stringify(relativeNames);
}

function foldText(text: string): string {
  return text
    .split(/[\t-\r ]+/)
    .filter((word) => word !== '')
    .join(' ')
    .replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

type LinkExtensions = Pick<ChainLink, 'keyIdentifier' | 'authorityKeyIdentifier' | 'mayIssue'>;

function readLinkExtensions(outline: CertificateOutline): LinkExtensions {
  const found = { keyIdentifier: null, authorityKeyIdentifier: null, mayIssue: outline.version === null } as {
    -readonly [key in keyof LinkExtensions]: LinkExtensions[key];
  };
  if (outline.extensions === null) return found;
  const walk = new ExtensionWalk(outline, outline.extensions);
  while (walk.next()) {
    const { valueBytes: bytes, valueStart: start, valueEnd: end } = walk;
    const cursor = new DerCursor(bytes, { start, end });
    switch (decodeOid(outline.bytes, walk.oidStart, walk.oidEnd)) {
      case '2.5.29.14':
        found.keyIdentifier = orNull(() => readKeyIdentifier(cursor));
        break;
      case '2.5.29.35':
        found.authorityKeyIdentifier = orNull(() => readAuthorityKeyIdentifier(cursor));
        break;
      case '2.5.29.19':
        found.mayIssue = orNull(() => readIsAuthority(cursor)) ?? false;
        break;
    }
  }
  return found;
}

/** A malformed extension says nothing about the place in a chain; that it is malformed, decoding and lint say. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CertificateDecodeError) return null;
    throw error;
  }
}

function readKeyIdentifier(cursor: DerCursor): string {
  cursor.readString(OCTET_STRING);
  return toHex(cursor.contents());
}

function readAuthorityKeyIdentifier(cursor: DerCursor): string | null {
  cursor.enter(SEQUENCE);
  if (cursor.peekTag() !== contextTag(0)) return null;
  cursor.readString(contextTag(0));
  return toHex(cursor.contents());
}

function readIsAuthority(cursor: DerCursor): boolean {
  cursor.enter(SEQUENCE);
  return cursor.peekTag() === BOOLEAN && cursor.readBoolean();
}
