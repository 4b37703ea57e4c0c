import { createHash } from 'node:crypto';
import { Certificate, CertificateDecodeError, type DistinguishedName } from '@sslkit/x509';
import { inputError } from '../failure.ts';

// OpenSSL refuses a list of certificates that is larger than 100 KiB, its SSL_MAX_CERT_LIST_DEFAULT; this leaves room for
// the framing.
const LARGEST_LIST = 98_304;

/**
 * Leaves out of a large bundle what cannot stand in the chain of its first certificate. A small one stays as it is, so that
 * OpenSSL alone decides what belongs together.
 *
 * @param certificates - DER, the one to be judged first.
 * @throws Failure with the exit code for input where too many remain.
 */
export function selectCandidates(certificates: readonly Uint8Array[]): readonly Uint8Array[] {
  if (sizeOf(certificates) <= LARGEST_LIST) return certificates;
  const distinct = [...new Map(certificates.map((der) => [hash(der), der])).values()];
  if (sizeOf(distinct) <= LARGEST_LIST) return distinct;
  const related = selectRelated(distinct);
  if (sizeOf(related) <= LARGEST_LIST) return related;
  throw inputError(
    `${related.length} certificates may stand above the first one: that is more than OpenSSL takes`,
    'Give those of its own chain alone.',
  );
}

function sizeOf(certificates: readonly Uint8Array[]): number {
  return certificates.reduce((size, { length }) => size + 3 + length, 0);
}

function hash(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64');
}

/** The first certificate, those that bear the name of its issuer, those that bear the names of theirs, and so on. */
function selectRelated([first, ...others]: readonly Uint8Array[]): Uint8Array[] {
  const bySubject = new Map<string, Uint8Array[]>();
  for (const der of others) {
    const subject = readName(der, 'subject');
    const namesakes = bySubject.get(subject);
    if (namesakes === undefined) bySubject.set(subject, [der]);
    else namesakes.push(der);
  }
  const related = first === undefined ? [] : [first];
  const seen = new Set<string>();
  for (const der of related) {
    const issuer = readName(der, 'issuer');
    if (issuer === '' || seen.has(issuer)) continue;
    seen.add(issuer);
    related.push(...(bySubject.get(issuer) ?? []));
  }
  return related;
}

/** A name as X509_NAME_cmp(3) compares it: without regard to case and to the number of spaces. */
function readName(der: Uint8Array, which: 'subject' | 'issuer'): string {
  try {
    const name: DistinguishedName = new Certificate(der)[which];
    return JSON.stringify(name).toLowerCase().replaceAll(/\s+/g, ' ');
  } catch (error) {
    if (error instanceof CertificateDecodeError) return '';
    throw error;
  }
}
