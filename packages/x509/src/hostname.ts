import { CertificateError, invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { parseIpAddress } from './create/ip-address.ts';
import { pythonRepr } from './python-repr.ts';
import { stripPythonWhitespaceAtEnd } from './python-whitespace.ts';

/** The part of a certificate that names its holder, as the dictionary of `getPeerCert()` has it. */
export interface CertificateNames {
  /** The RDNs in order, each a list of attributes; only `commonName` is looked at. */
  readonly subject?: readonly (readonly (readonly [name: string, value: unknown])[])[] | undefined;
  /** The alternative names in order; only `DNS` and `IP Address` are looked at. */
  readonly subjectAltName?: readonly (readonly [kind: string, value: unknown])[] | null | undefined;
}

/**
 * Checks that a certificate is for a host name or address, by the rules of Python's `match_hostname` (Python 3.7 to 3.11):
 * returns where it is, throws where it is not.
 *
 * An address is compared with the `IP Address` names alone, a host name with the `DNS` names alone. The common names count
 * only where there is neither. A wildcard is the whole left-most label and stands for exactly one label; any other
 * wildcard is an error at once, even where a later name would match. The host name is not encoded to IDNA here.
 *
 * A connection is held to other rules: {@link checkHost} and {@link checkIp} are those.
 *
 * Python: `ssl.match_hostname`, removed in Python 3.12.
 *
 * @param cert - the dictionary of the certificate, or a `Certificate`.
 * @throws SSLCertVerificationError (Python's `CertificateError`) where no name matches or a wildcard is not allowed.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where the dictionary is empty or missing, or where one of its addresses is
 *   malformed.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the host name is not a string.
 */
export function matchHostname(cert: CertificateNames | null | undefined, hostname: string): void {
  if (cert === null || cert === undefined || isEmpty(cert)) {
    throw invalidArgumentValue(
      'empty or no certificate, match_hostname needs a SSL socket or SSL context with either CERT_OPTIONAL or CERT_REQUIRED',
    );
  }
  if (typeof hostname !== 'string') throw invalidArgumentType('hostname', 'a string', hostname);
  const address = parseIpAddress(hostname);
  const names: string[] = [];
  for (const [kind, value] of cert.subjectAltName ?? []) {
    if (kind !== 'DNS' && kind !== 'IP Address') continue;
    const name = textOf(value);
    if (kind === 'DNS') {
      if (address === undefined && matchesDnsName(name, hostname)) return;
    } else if (address !== undefined && matchesAddress(name, address)) return;
    names.push(name);
  }
  if (names.length === 0) {
    for (const name of commonNames(cert)) {
      if (matchesDnsName(name, hostname)) return;
      names.push(name);
    }
  }
  const [only] = names;
  if (only === undefined) {
    throw new CertificateError('no appropriate commonName or subjectAltName fields were found', mismatch);
  }
  const refused = `hostname ${pythonRepr(hostname)} doesn't match`;
  if (names.length === 1) throw new CertificateError(`${refused} ${pythonRepr(only)}`, mismatch);
  throw new CertificateError(`${refused} either of ${names.map(pythonRepr).join(', ')}`, mismatch);
}

const mismatch = { code: 'ERR_SSL_HOSTNAME_MISMATCH' } as const;

function isEmpty(cert: object): boolean {
  // A Certificate has its names in getters of its class, and is never empty.
  return Object.keys(cert).length === 0 && !('subject' in cert);
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw invalidArgumentType('A name of the certificate', 'a string', value);
  return value;
}

/** The common names in the order of the subject; Python looks at all of them, not at the most specific alone. */
function* commonNames(cert: CertificateNames): Generator<string> {
  for (const attributes of cert.subject ?? []) {
    for (const [name, value] of attributes) if (name === 'commonName') yield textOf(value);
  }
}

function matchesDnsName(pattern: string, hostname: string): boolean {
  if (pattern === '') return false;
  const star = pattern.indexOf('*');
  if (star < 0) return pattern.toLowerCase() === hostname.toLowerCase();
  const wrongPattern = (text: string) =>
    new CertificateError(`${text}: ${pythonRepr(pattern)}.`, { code: 'ERR_SSL_WILDCARD_NOT_ALLOWED' });
  if (pattern.includes('*', star + 1)) throw wrongPattern('too many wildcards in certificate DNS name');
  const dot = pattern.indexOf('.');
  if (dot >= 0 && star > dot) throw wrongPattern('wildcard can only be present in the leftmost label');
  // The words are Python's, its slip included.
  if (dot < 0) throw wrongPattern('sole wildcard without additional labels are not support');
  if (dot !== 1) throw wrongPattern('partial wildcards in leftmost label are not supported');
  const hostDot = hostname.indexOf('.');
  if (hostDot <= 0) return false;
  return pattern.slice(2).toLowerCase() === hostname.slice(hostDot + 1).toLowerCase();
}

function matchesAddress(name: string, address: Uint8Array): boolean {
  const literal = stripPythonWhitespaceAtEnd(name);
  const named = parseIpAddress(literal);
  if (named !== undefined) return named.length === address.length && named.every((octet, at) => octet === address[at]);
  if (literal.includes('\0')) throw invalidArgumentValue('embedded null character');
  const text = pythonRepr(literal);
  throw invalidArgumentValue(
    isClassfulIpv4(literal)
      ? `${text} is not a quad-dotted IPv4 address.`
      : `${text} is neither an IPv4 nor an IP6 address.`,
  );
}

/**
 * Whether inet_aton(3) takes the text: one to four numbers, octal, decimal or hexadecimal, of which the last fills the
 * remaining octets; what follows a blank is not looked at.
 */
function isClassfulIpv4(text: string): boolean {
  const parts = (text.split(/[\t-\r ]/, 1)[0] ?? '').split('.');
  if (parts.length > 4) return false;
  return parts.every((part, index) => {
    if (!/^(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.test(part)) return false;
    const value = /^0[0-7]/.test(part) ? Number.parseInt(part, 8) : Number(part);
    return value <= (index < parts.length - 1 ? 0xff : 2 ** (8 * (5 - parts.length)) - 1);
  });
}
