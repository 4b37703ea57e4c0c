import { Certificate, type CertificateExtension } from './certificate.ts';
import { canonicalName } from './chain-link.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import { DerCursor } from './der/reader.ts';
import { contextTag, SEQUENCE } from './der/tags.ts';
import type { DistinguishedName } from './distinguished-name.ts';
import type { BasicConstraints, KeyUsage } from './extension-values.ts';
import type { GeneralNameEntry } from './general-name.ts';
import type { PublicKeyInfo, SignatureAlgorithm } from './key-algorithm.ts';

/** What the rules look at, read once. A part that is absent, twice there or malformed is null. */
export interface LintFacts {
  readonly isDer: boolean;
  readonly version: number;
  /** Upper-case hexadecimal, with a sign where it is negative. */
  readonly serialNumber: string;
  readonly subject: DistinguishedName;
  readonly isSelfIssued: boolean;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly publicKey: PublicKeyInfo | null;
  readonly signatureAlgorithm: SignatureAlgorithm | null;
  /** Whether the algorithm inside of what is signed is another than the one outside. */
  readonly hasSignatureMismatch: boolean;
  readonly extensions: readonly CertificateExtension[];
  /** The identifiers of extensions that stand there twice. */
  readonly duplicates: readonly string[];
  /** What of the certificate cannot be read. */
  readonly malformed: readonly string[];
  readonly names: readonly GeneralNameEntry[] | null;
  readonly basicConstraints: BasicConstraints | null;
  readonly keyUsage: readonly KeyUsage[] | null;
  /** The dotted identifiers. */
  readonly extendedKeyUsage: readonly string[] | null;
}

/** Reads what the rules look at. @throws CertificateDecodeError where OpenSSL would refuse the certificate */
export function readLintFacts(certificate: Certificate): LintFacts {
  const { subject, extensions } = certificate;
  const duplicates = findDuplicates(extensions.map(({ oid }) => oid));
  const malformed: string[] = [];
  const read = <T>(part: string, oid: string | null, take: () => T | null): T | null => {
    if (oid !== null && duplicates.includes(oid)) return null;
    try {
      return take();
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      malformed.push(part);
      return null;
    }
  };
  return {
    isDer: isDer(certificate.der),
    version: certificate.version,
    serialNumber: certificate.serialNumber,
    subject,
    isSelfIssued: canonicalName(subject) === canonicalName(certificate.issuer),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    publicKey: read('public key', null, () => certificate.publicKey),
    signatureAlgorithm: read('signature algorithm', null, () => certificate.signatureAlgorithm),
    hasSignatureMismatch: hasSignatureMismatch(certificate),
    extensions,
    duplicates,
    names: read('subject alternative name', '2.5.29.17', () => certificate.subjectAltName),
    basicConstraints: read('basic constraints', '2.5.29.19', () => certificate.basicConstraints),
    keyUsage: read('key usage', '2.5.29.15', () => certificate.keyUsage),
    extendedKeyUsage: read(
      'extended key usage',
      '2.5.29.37',
      () => certificate.extendedKeyUsage?.map(({ oid }) => oid) ?? null,
    ),
    malformed,
  };
}

function findDuplicates(oids: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const oid of oids) (seen.has(oid) ? twice : seen).add(oid);
  return [...twice];
}

function isDer(der: Uint8Array): boolean {
  try {
    const certificate = new Certificate(der, { strict: true });
    // Each of them is decoded when it is asked for.
    void [certificate.subject, certificate.issuer, certificate.extensions];
    return true;
  } catch (error) {
    if (error instanceof CertificateDecodeError) return false;
    throw error;
  }
}

/** Compares the two AlgorithmIdentifiers of a certificate byte for byte. */
function hasSignatureMismatch({ der, signedPart }: Certificate): boolean {
  const inner = new DerCursor(signedPart);
  inner.enter(SEQUENCE);
  if (inner.peekTag() === contextTag(0)) inner.skip();
  inner.skip(); // the serial number
  const outer = new DerCursor(der);
  outer.enter(SEQUENCE);
  outer.skip(); // what is signed
  return takeElement(inner).join() !== takeElement(outer).join();
}

function takeElement(cursor: DerCursor): Uint8Array {
  cursor.skip();
  return cursor.bytes.subarray(cursor.headerStart, cursor.offset);
}
