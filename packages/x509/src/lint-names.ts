import { parseIpAddress } from './create/ip-address.ts';
import type { LintCheck, LintReport } from './lint.ts';

/** Checks what the certificate is for: the alternative names and the common names. */
export const checkNames: LintCheck = ({ names, subject, notBefore }, { role, profile }, report) => {
  if (role === 'server' && (names === null || names.length === 0)) {
    report('no-subject-alt-name', 'The certificate has no subject alternative name');
  }
  for (const [kind, value] of names ?? []) {
    if (typeof value !== 'string') continue;
    if (kind === 'DNS') {
      checkDnsName(value, report);
      if (notBefore !== null && notBefore >= reverseZoneSunset) checkReverseZone(value, report);
    }
    if (kind === 'IP Address') checkAddress(value, report);
  }
  if (role !== 'server' || names === null || names.length === 0) return;
  const known = new Set(names.map(([, value]) => (typeof value === 'string' ? foldName(value) : '')));
  for (const [type, value] of subject.flat()) {
    if (type !== 'commonName' || typeof value !== 'string' || known.has(foldName(value))) continue;
    // In a company's own certificates the common name is often a title for people.
    if (profile === 'internal' && /\s/.test(value)) continue;
    report('common-name-not-in-names', `The common name ${quote(value)} is not among the names`);
  }
};

/** A form in which equal names are equal texts, addresses in any spelling among them. */
function foldName(name: string): string {
  return parseIpAddress(name)?.join('.') ?? name.toLowerCase();
}

function quote(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

// RFC 6761, RFC 6762 Appendix G, RFC 8375, RFC 9476 and the names that ICANN keeps from being delegated.
const internalDomains: readonly string[] = [
  'alt',
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'mail',
  'private',
  'test',
];

function checkDnsName(name: string, report: LintReport): void {
  if (parseIpAddress(name) !== undefined) {
    report('address-as-dns-name', `${quote(name)} is an address`);
    return;
  }
  const fault = findFault(name);
  if (fault !== null) {
    report('name-malformed', `${quote(name)} ${fault}`);
    return;
  }
  const labels = name.toLowerCase().split('.');
  if (name.includes('*')) checkWildcard(name, labels, report);
  if (name.includes('_')) report('name-with-underscore', `${quote(name)} has an underscore`);
  const last = labels.at(-1) ?? '';
  if (labels.length === 1 || internalDomains.includes(last) || name.toLowerCase().endsWith('.home.arpa')) {
    report('internal-name', `${quote(name)} is not a name of the public internet`);
  }
}

/** When public authorities had to stop certifying names of reverse zones: CA/Browser Forum ballot SC-086v3. */
const reverseZoneSunset = new Date('2026-03-15');

function checkReverseZone(name: string, report: LintReport): void {
  if (/\.(in-addr|ip6)\.arpa$/i.test(name)) report('reverse-zone-name', `${quote(name)} stands for an address`);
}

function checkWildcard(name: string, labels: readonly string[], report: LintReport): void {
  const [first = '', ...others] = labels;
  if (others.some((label) => label.includes('*')) || first.indexOf('*') !== first.lastIndexOf('*')) {
    report('wildcard-not-first-label', `${quote(name)} has a star outside of its first label, or two`);
  } else if (first !== '*') report('wildcard-not-whole-label', `${quote(name)} has a star in a part of a label`);
  else if (others.length < 2) report('wildcard-too-wide', `${quote(name)} has fewer than two labels after the star`);
}

/** What keeps a text from being a host name, or null: RFC 1123 §2.1, with underscores and stars left to their own rules. */
function findFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.endsWith('.')) return 'ends with a dot, which clients compare differently';
  if (name.startsWith('.')) return 'starts with a dot';
  if (name.length > 253) return 'is longer than 253 characters';
  for (const label of name.split('.')) {
    if (label === '') return 'has an empty label';
    if (label.length > 63) return 'has a label of more than 63 characters';
    if (/[^\x20-\x7e]/.test(label))
      return 'has characters beyond printable ASCII; international names are written in their xn-- form';
    if (/[^a-z0-9_*-]/i.test(label)) return 'has characters that host names do not have';
    if (label.startsWith('-') || label.endsWith('-')) return 'has a label that starts or ends with a hyphen';
  }
  return null;
}

function checkAddress(address: string, report: LintReport): void {
  const octets = parseIpAddress(address);
  if (octets === undefined) report('name-malformed', 'An IP address does not have 4 or 16 octets');
  else if (isReserved(octets)) report('internal-name', `${address} is not an address of the public internet`);
}

/**
 * The networks of the IANA special-purpose registries (RFC 6890), which the Baseline Requirements §1.6.1 call reserved
 * whether they can be reached or not, those of multicast (RFC 5771, RFC 4291 §2.7), and their bits.
 */
const reserved: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

function isReserved(octets: Uint8Array): boolean {
  return reserved.some(([network, bits]) => {
    const base = parseIpAddress(network);
    if (base?.length !== octets.length) return false;
    return octets.every((octet, at) => {
      const mask = (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff;
      return (octet & mask) === ((base[at] ?? 0) & mask);
    });
  });
}
