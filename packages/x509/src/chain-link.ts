import type { Bytes } from '@sslkit/errors';
import type { Certificate } from './certificate.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import type { DistinguishedName } from './distinguished-name.ts';
import { toHex } from './extension-values.ts';
import { viewPlainBytes } from './plain-bytes.ts';

/** A certificate as functions over several take it: its DER, or anything that has it, such as a `Certificate` or a block of a PEM bundle. */
export type CertificateInput = Bytes | { readonly der: Uint8Array };

/** What the place of a certificate in a chain depends on. */
export interface ChainLink {
  readonly der: Uint8Array;
  /** The subject in a form in which equal names are equal texts. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  readonly issuer: DistinguishedName;
  /** The SubjectKeyIdentifier in upper-case hexadecimal, or null. */
  readonly keyIdentifier: string | null;
  /** The key identifier of the AuthorityKeyIdentifier in upper-case hexadecimal, or null. */
  readonly authorityKeyIdentifier: string | null;
  /** Whether the certificate may issue others; one of version 1 says nothing against it. */
  readonly mayIssue: boolean;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
}

/** Finds the bytes of a certificate. @throws TypeError `ERR_INVALID_ARG_TYPE` */
export function derOf(name: string, certificate: CertificateInput): Uint8Array {
  if (typeof certificate === 'object' && certificate !== null && 'der' in certificate)
    return viewPlainBytes(name, certificate.der);
  return viewPlainBytes(name, certificate as Bytes);
}

/** Reads what the place of a certificate in a chain depends on. @throws CertificateDecodeError */
export function readChainLink(certificate: Certificate): ChainLink {
  const { der, subject, issuer, notBefore, notAfter, version } = certificate;
  // Frames of extensions are checked here, once, so that what is malformed below is a value.
  const hasExtensions = certificate.extensions.length > 0;
  const constraints = hasExtensions ? orNull(() => certificate.basicConstraints ?? undefined) : undefined;
  return {
    der,
    subjectKey: canonicalName(subject),
    issuerKey: canonicalName(issuer),
    issuer,
    notBefore,
    notAfter,
    keyIdentifier: orNull(() => certificate.subjectKeyIdentifier),
    authorityKeyIdentifier: orNull(() => certificate.authorityKeyIdentifier?.keyIdentifier ?? null),
    mayIssue: constraints === undefined ? version === 1 : (constraints?.ca ?? false),
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

/** A malformed extension says nothing about the place in a chain; that it is malformed, decoding and lint say. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CertificateDecodeError) return null;
    throw error;
  }
}
