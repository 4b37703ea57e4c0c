import type { Bytes } from '@sslkit/errors';
import { DerCursor } from '../der/reader.ts';
import { contextTag, OCTET_STRING, SEQUENCE } from '../der/tags.ts';
import { compareBytes } from '../der/writer.ts';
import { readDerOrPem } from './der-or-pem.ts';
import { takeExtension } from './extension-reader.ts';
import { ExtensionOid } from './extensions.ts';

/** What signing and revoking need of an existing certificate. */
export interface ExistingCertificate {
  readonly der: Uint8Array;
  /** The DER of its serial number. */
  readonly serialNumber: Uint8Array;
  /** The DER of its subject. */
  readonly subject: Uint8Array;
  /** Whether subject and issuer are the same. */
  readonly isSelfIssued: boolean;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  /** What its SubjectKeyIdentifier says, if it has one. */
  readonly keyIdentifier: Uint8Array | undefined;
}

/** Takes one element and returns all of it, header included. */
export function takeElement(cursor: DerCursor): Uint8Array {
  cursor.skip();
  return cursor.bytes.subarray(cursor.headerStart, cursor.offset);
}

/**
 * Reads what signing and revoking need of a certificate.
 *
 * @param name - of the argument, for the message of an error.
 * @param certificate - DER, or a PEM text whose first certificate is taken.
 * @throws CertificateDecodeError
 */
export function readExistingCertificate(name: string, certificate: Bytes | string): ExistingCertificate {
  const der = readDerOrPem(name, certificate, ['CERTIFICATE', 'X509 CERTIFICATE']);
  const cursor = new DerCursor(der);
  cursor.enter(SEQUENCE);
  cursor.enter(SEQUENCE);
  if (cursor.peekTag() === contextTag(0)) cursor.skip();
  const serialNumber = takeElement(cursor);
  cursor.skip(); // signature
  const issuer = takeElement(cursor);
  cursor.skip(); // validity
  const subject = takeElement(cursor);
  const publicKeyInfo = takeElement(cursor);
  let keyIdentifier: Uint8Array | undefined;
  while (cursor.more()) {
    if (cursor.peekTag() === contextTag(3)) keyIdentifier = readKeyIdentifier(cursor);
    else cursor.skip();
  }
  return {
    der,
    serialNumber,
    subject,
    isSelfIssued: compareBytes(issuer, subject) === 0,
    publicKeyInfo,
    keyIdentifier,
  };
}

function readKeyIdentifier(cursor: DerCursor): Uint8Array | undefined {
  cursor.enter(contextTag(3));
  const value = takeExtension(cursor, ExtensionOid.subjectKeyIdentifier);
  cursor.leave();
  if (value === undefined) return undefined;
  const inner = new DerCursor(value);
  inner.readString(OCTET_STRING);
  return inner.contents();
}
