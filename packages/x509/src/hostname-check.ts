import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { parseIpAddress } from './create/ip-address.ts';
import type { CertificateNames } from './hostname.ts';
import { matchesPattern } from './hostname-wildcard.ts';

/** Options of {@link checkHost}; the defaults are those of a connection. */
export interface CheckHostOptions {
  /**
   * Whether the common names count where the certificate has no DNS name. Default: true. RFC 9525 no longer
   * counts them at all. Python: `hostname_checks_common_name`.
   */
  readonly commonName?: boolean | undefined;
  /** Whether a `*` stands for anything but itself. Default: true. OpenSSL: `X509_CHECK_FLAG_NO_WILDCARDS`. */
  readonly wildcards?: boolean | undefined;
  /**
   * Whether `f*.example.com` and `*f.example.com` are wildcards too. Default: false, as in Python; OpenSSL's own default is
   * true. OpenSSL: `X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS`.
   */
  readonly partialWildcards?: boolean | undefined;
}

/**
 * Finds the name by which a certificate is for a host, by the rules that a TLS connection is held to: those of OpenSSL's
 * X509_check_host(3) without partial wildcards.
 *
 * Names are compared without regard to ASCII case. A wildcard must be the whole left-most label, two dots must follow it,
 * and it stands for one label of letters, digits and hyphens. The common names count only where there is no DNS name, even
 * where there are addresses. A trailing dot is part of the name. A host that starts with a dot stands for any subdomain;
 * a connection refuses such a host beforehand.
 *
 * The host is compared as it is: encode an international one to its `xn--` form first. For an address use {@link checkIp};
 * an address is never looked for in DNS names or common names by a connection.
 *
 * @param cert - the dictionary of the certificate, or a `Certificate`.
 * @returns the name that matches, as the certificate has it, or undefined where none does.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the host is not a string.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where the host contains a NUL.
 */
export function checkHost(cert: CertificateNames, host: string, options: CheckHostOptions = {}): string | undefined {
  if (typeof host !== 'string') throw invalidArgumentType('host', 'a string', host);
  if (host.includes('\0')) throw invalidArgumentValue('host contains a NUL character');
  const { commonName = true, wildcards = true, partialWildcards = false } = options;
  const wildcard = wildcards ? (partialWildcards ? 'partial' : 'label') : 'none';
  let hasDnsName = false;
  for (const [kind, value] of cert.subjectAltName ?? []) {
    if (kind !== 'DNS') continue;
    hasDnsName = true;
    if (typeof value === 'string' && matchesPattern(value, host, wildcard)) return value;
  }
  if (hasDnsName || !commonName) return undefined;
  for (const attributes of cert.subject ?? []) {
    for (const [name, value] of attributes) {
      if (name === 'commonName' && typeof value === 'string' && matchesPattern(value, host, wildcard)) return value;
    }
  }
  return undefined;
}

/**
 * Finds the address by which a certificate is for an address, as a TLS connection does: X509_check_ip(3). Only the
 * `IP Address` names count, and two spellings of one address are the same.
 *
 * Decimal numbers with leading zeros, brackets and zones (`fe80::1%eth0`) are no address here.
 *
 * @param cert - the dictionary of the certificate, or a `Certificate`.
 * @param address - an IPv4 or IPv6 literal, or its 4 or 16 octets.
 * @returns the name that matches, as the certificate has it, or undefined where none does or the text is no address.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the address is neither a string nor a `Uint8Array`.
 */
export function checkIp(cert: CertificateNames, address: string | Uint8Array): string | undefined {
  if (typeof address !== 'string' && !(address instanceof Uint8Array)) {
    throw invalidArgumentType('address', 'a string or a Uint8Array', address);
  }
  const octets = typeof address === 'string' ? parseIpAddress(address) : address;
  if (octets === undefined) return undefined;
  for (const [kind, value] of cert.subjectAltName ?? []) {
    if (kind !== 'IP Address' || typeof value !== 'string') continue;
    const named = parseIpAddress(value);
    if (named?.length === octets.length && named.every((octet, at) => octet === octets[at])) return value;
  }
  return undefined;
}
