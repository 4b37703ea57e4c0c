import { createHash, X509Certificate } from 'node:crypto';
import { certTimeToSeconds, type DistinguishedName, decodeCertificate, fromName } from '@sslkit/x509';
import { describeKey } from './material/private-key.ts';
import { printable } from './output.ts';

/** A certificate in the words of the reports, and as it is in JSON. */
export interface CertificateSummary {
  /** Such as `CN=example.org, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** The subject alternative names, such as `example.org`, `127.0.0.1` or `URI:spiffe://…`. */
  readonly names: readonly string[];
  /** ISO 8601, UTC. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** Whole days until it expires, rounded down; below 0 where it has expired. Null where the date cannot be read. */
  readonly daysLeft: number | null;
  /** Upper-case hexadecimal. */
  readonly serialNumber: string;
  /** Such as `EC P-256` or `RSA 2048`. */
  readonly key: string;
  /** Whether it may sign other certificates. */
  readonly isAuthority: boolean;
  readonly isSelfIssued: boolean;
  /** SHA-256 of the whole certificate, hexadecimal with colons. */
  readonly fingerprint256: string;
}

const DAY = 86_400; // seconds

/**
 * Sums a certificate up.
 *
 * @param der - of a certificate that OpenSSL has accepted, or that `decodeCertificate` reads.
 * @throws CertificateDecodeError
 */
export function summarizeCertificate(der: Uint8Array, now = new Date()): CertificateSummary {
  const { subject, issuer, subjectAltName = [], notBefore, notAfter, serialNumber } = decodeCertificate(der);
  const end = secondsOf(notAfter);
  const subjectText = formatName(subject);
  const issuerText = formatName(issuer);
  return {
    subject: subjectText,
    issuer: issuerText,
    names: subjectAltName.map(([kind, value]) => formatGeneralName(kind, value)),
    notBefore: toIso(secondsOf(notBefore)),
    notAfter: toIso(end),
    daysLeft: end === null ? null : Math.floor((end - now.getTime() / 1000) / DAY),
    serialNumber,
    ...readWithNode(der),
    isSelfIssued: subjectText === issuerText,
  };
}

/** A distinguished name in the order of the certificate: `CN=example.org, O=Example`; `(empty)` for the empty one. */
export function formatName(name: DistinguishedName): string {
  if (name.length === 0) return '(empty)';
  return name
    .map((relative) => relative.map(([attribute, value]) => `${shorten(attribute)}=${formatValue(value)}`).join(' + '))
    .join(', ');
}

function shorten(attribute: string): string {
  try {
    return fromName(attribute).shortName;
  } catch {
    return attribute;
  }
}

function formatValue(value: unknown): string {
  const text = value instanceof Uint8Array ? `#${Buffer.from(value).toString('hex')}` : String(value);
  return /[,+="\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text;
}

/** A subject alternative name: host names and addresses bare, other kinds with their kind before them. */
export function formatGeneralName(kind: string, value: unknown): string {
  if (kind === 'DNS' || kind === 'IP Address') return String(value);
  return `${kind}:${Array.isArray(value) ? formatName(value as DistinguishedName) : String(value)}`;
}

function secondsOf(time: string): number | null {
  try {
    return certTimeToSeconds(time);
  } catch {
    return null;
  }
}

function toIso(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function readWithNode(der: Uint8Array): Pick<CertificateSummary, 'key' | 'isAuthority' | 'fingerprint256'> {
  const digest = createHash('sha256').update(der).digest('hex').toUpperCase();
  const fingerprint256 = digest.replaceAll(/..(?=.)/g, '$&:');
  let isAuthority = false;
  try {
    const certificate = new X509Certificate(der);
    isAuthority = certificate.ca;
    return { key: describeKey(certificate.publicKey), isAuthority, fingerprint256 };
  } catch {
    // A key of a kind that OpenSSL does not have, or something damaged: the rest of the certificate can be told.
    return { key: 'of an unknown kind', isAuthority, fingerprint256 };
  }
}

/** `2026-11-21 to 2027-02-19, 89 days left`. */
export function describeValidity({ notBefore, notAfter, daysLeft }: CertificateSummary, now = new Date()): string {
  const dates = `${notBefore?.slice(0, 10) ?? '?'} to ${notAfter?.slice(0, 10) ?? '?'}`;
  if (daysLeft === null) return dates;
  if (notBefore !== null && new Date(notBefore) > now) return `${dates}, not valid yet`;
  return `${dates}, ${describeDays(daysLeft)}`;
}

/** `89 days left`, `expired 3 days ago`. */
export function describeDays(daysLeft: number): string {
  if (daysLeft >= 0) return `${countDays(daysLeft)} left`;
  // Rounded down, so that -1 is any time within the last day.
  return daysLeft === -1 ? 'expired within the last day' : `expired ${countDays(-daysLeft - 1)} ago`;
}

function countDays(count: number): string {
  return `${count} day${count === 1 ? '' : 's'}`;
}

/** The name that people know a certificate by: its common name, else its first name, else its subject. */
export function shortName(summary: CertificateSummary): string {
  const common = /(?:^|[,+] )CN=("(?:[^"\\]|\\.)*"|[^,+]*)/.exec(summary.subject)?.[1];
  return printable(common ?? summary.names[0] ?? summary.subject);
}
