/** How bad a finding is: `error` breaks connections or a binding rule, `warning` will, `info` is for the curious. */
export type LintSeverity = 'error' | 'warning' | 'info';

/** `webpki`: certificates that browsers are to trust. `internal`: those of one's own authority. */
export type LintProfile = 'webpki' | 'internal';

interface RuleText {
  /** The severity in each profile; null where the rule does not apply. */
  readonly webpki: LintSeverity | null;
  readonly internal: LintSeverity | null;
  /** Why it matters, in a sentence or two. */
  readonly explanation: string;
  /** Where it is written. */
  readonly reference: string;
}

/** Every rule of `lint` and `lintBundle` by its id. Ids do not change their meaning. */
export const lintRules = {
  'not-der': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'The encoding is BER that is not DER. OpenSSL reads it, stricter libraries refuse it.',
    reference: 'RFC 5280 §4.1',
  },
  'version-not-3': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'Only version 3 has extensions, without which the roles and names of a certificate cannot be told.',
    reference: 'RFC 5280 §4.1.2.1',
  },
  'duplicate-extension': {
    webpki: 'error',
    internal: 'error',
    explanation: 'An extension stands twice. OpenSSL treats it as absent, and readers may disagree on which counts.',
    reference: 'RFC 5280 §4.2',
  },
  'unknown-critical-extension': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'Whoever does not know a critical extension must refuse the certificate, and OpenSSL does not know this one.',
    reference: 'RFC 5280 §4.2',
  },
  'malformed-part': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'A part of the certificate cannot be read. OpenSSL marks the certificate as invalid or treats the part as absent.',
    reference: 'RFC 5280 §4.1, §4.2',
  },
  'not-yet-valid': {
    webpki: 'error',
    internal: 'error',
    explanation: 'The certificate is refused until its first moment; clocks that are slow see it later.',
    reference: 'RFC 5280 §4.1.2.5',
  },
  expired: {
    webpki: 'error',
    internal: 'error',
    explanation: 'The certificate is refused from its last moment on.',
    reference: 'RFC 5280 §4.1.2.5',
  },
  'malformed-time': {
    webpki: 'error',
    internal: 'error',
    explanation: 'A time of the validity is no time, so the certificate is never valid.',
    reference: 'RFC 5280 §4.1.2.5',
  },
  'never-valid': {
    webpki: 'error',
    internal: 'error',
    explanation: 'The validity ends before it begins.',
    reference: 'RFC 5280 §4.1.2.5',
  },
  'validity-too-long': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'Browsers refuse certificates that are valid for longer than the limit for their day of issue; Apple’s systems refuse more than 825 days of any authority.',
    reference: 'CA/Browser Forum Baseline Requirements §6.3.2',
  },
  'no-subject-alt-name': {
    webpki: 'error',
    internal: 'error',
    explanation: 'Clients look for the host in the subject alternative names; most no longer look at the common name.',
    reference: 'RFC 9525 §2',
  },
  'common-name-not-in-names': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'The common name is not among the subject alternative names, so no client that has those matches it.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.4.3',
  },
  'name-malformed': {
    webpki: 'error',
    internal: 'error',
    explanation: 'A name is one that no host can have, so it never matches.',
    reference: 'RFC 5280 §4.2.1.6',
  },
  'name-with-underscore': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'An underscore is not allowed in a host name; OpenSSL matches it letter by letter but never by a wildcard.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.2.7.12',
  },
  'address-as-dns-name': {
    webpki: 'error',
    internal: 'error',
    explanation: 'An address is looked for among the IP addresses alone, so as a DNS name it never matches.',
    reference: 'RFC 9525 §6.4',
  },
  'wildcard-not-whole-label': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'A star that shares its label with other characters matches nothing in Python, browsers and most libraries.',
    reference: 'RFC 9525 §6.3',
  },
  'wildcard-not-first-label': {
    webpki: 'error',
    internal: 'error',
    explanation: 'A star anywhere but in the left-most label, or a second one, matches nothing.',
    reference: 'RFC 9525 §6.3',
  },
  'wildcard-too-wide': {
    webpki: 'error',
    internal: 'error',
    explanation: 'OpenSSL wants at least two labels after the star; fewer match nothing.',
    reference: 'X509_check_host(3)',
  },
  'internal-name': {
    webpki: 'error',
    internal: null,
    explanation: 'The name or address is not one of the public internet, and no public authority may certify it.',
    reference: 'CA/Browser Forum Baseline Requirements §4.2.2',
  },
  'reverse-zone-name': {
    webpki: 'error',
    internal: null,
    explanation:
      'A name below in-addr.arpa or ip6.arpa is how DNS writes an address; from 15 March 2026 on, no public authority may certify it.',
    reference: 'CA/Browser Forum Baseline Requirements §4.2.2, ballot SC-086v3',
  },
  'weak-key': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'The key can be broken or is about to be; OpenSSL refuses it at its default security level or the next one.',
    reference: 'NIST SP 800-57 Part 1 §5.6.1',
  },
  'key-type-not-allowed': {
    webpki: 'error',
    internal: null,
    explanation: 'Browsers take RSA keys and ECDSA keys on P-256, P-384 and P-521 alone.',
    reference: 'CA/Browser Forum Baseline Requirements §6.1.5',
  },
  'rsa-exponent': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'The public exponent must be odd and at least 3, and should be 65537 or more.',
    reference: 'CA/Browser Forum Baseline Requirements §6.1.6',
  },
  'weak-signature': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'The digest of the signature is one for which collisions can be made; OpenSSL refuses it at its default security level.',
    reference: 'RFC 6151, RFC 9155',
  },
  'unknown-signature-algorithm': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'The signature is of an algorithm that most software cannot verify.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.3.2',
  },
  'signature-algorithm-mismatch': {
    webpki: 'error',
    internal: 'error',
    explanation: 'The algorithm inside the signed part is another than the one outside; OpenSSL refuses to verify it.',
    reference: 'RFC 5280 §4.1.1.2',
  },
  'leaf-is-authority': {
    webpki: 'error',
    internal: 'error',
    explanation: 'A certificate for the end of a connection says that it may issue others.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.2.7.8',
  },
  'not-an-authority': {
    webpki: 'error',
    internal: 'error',
    explanation: 'What is to issue certificates does not say that it may, so everything it issues is refused.',
    reference: 'RFC 5280 §4.2.1.9',
  },
  'basic-constraints-not-critical': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'The basic constraints of an authority must be critical; strict verification (the default of Python 3.13) refuses it.',
    reference: 'RFC 5280 §4.2.1.9',
  },
  'path-length-misplaced': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'A path length means nothing but for an authority that may sign certificates; strict verification refuses it.',
    reference: 'RFC 5280 §4.2.1.9',
  },
  'key-usage-missing': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'An authority must say what its key is for; strict verification (the default of Python 3.13) refuses one that does not.',
    reference: 'RFC 5280 §4.2.1.3',
  },
  'key-usage-not-critical': {
    webpki: 'warning',
    internal: 'info',
    explanation: 'The key usage should be critical, so that no one may overlook it.',
    reference: 'RFC 5280 §4.2.1.3',
  },
  'authority-cannot-sign': {
    webpki: 'error',
    internal: 'error',
    explanation: 'An authority whose key usage lacks keyCertSign cannot issue: what it signs is refused.',
    reference: 'RFC 5280 §4.2.1.3',
  },
  'leaf-can-sign': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'The key usage has keyCertSign although the certificate is no authority; strict verification refuses it.',
    reference: 'RFC 5280 §4.2.1.9',
  },
  'key-usage-unfit': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'The key usage does not allow what TLS does with the key: to sign, or in old key exchanges to encipher or agree.',
    reference: 'RFC 8446 §4.4.2.2',
  },
  'key-usage-not-for-key-type': {
    webpki: 'warning',
    internal: 'warning',
    explanation: 'The key usage names something that a key of this type cannot do.',
    reference: 'RFC 8813 §3',
  },
  'extended-key-usage-missing': {
    webpki: 'error',
    internal: 'info',
    explanation: 'Without an extended key usage the certificate is good for anything; browsers want serverAuth.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.2.7.6',
  },
  'extended-key-usage-unfit': {
    webpki: 'error',
    internal: 'error',
    explanation: 'The extended key usage does not allow the role, so the other end refuses the certificate.',
    reference: 'RFC 5280 §4.2.1.12',
  },
  'extended-key-usage-any': {
    webpki: 'error',
    internal: 'info',
    explanation: 'anyExtendedKeyUsage lets the certificate be used for everything.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.2.7.10',
  },
  'serial-not-positive': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'Serial numbers must be positive; strict verifiers and many other libraries refuse zero and below.',
    reference: 'RFC 5280 §4.1.2.2',
  },
  'serial-too-long': {
    webpki: 'error',
    internal: 'warning',
    explanation: 'Serial numbers have at most 20 octets; some libraries refuse longer ones.',
    reference: 'RFC 5280 §4.1.2.2',
  },
  'serial-too-short': {
    webpki: 'error',
    internal: 'info',
    explanation:
      'A serial number must have 64 bits from a random generator, so that no one can foresee what is signed.',
    reference: 'CA/Browser Forum Baseline Requirements §7.1.2.7',
  },
  'authority-key-identifier-missing': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'Without the authority key identifier an issuer with several keys is hard to find; strict verification (the default of Python 3.13) refuses the certificate.',
    reference: 'RFC 5280 §4.2.1.1',
  },
  'subject-key-identifier-missing': {
    webpki: 'error',
    internal: 'warning',
    explanation:
      'Without the subject key identifier of an authority its certificates are hard to tie to it; strict verification (the default of Python 3.13) refuses it.',
    reference: 'RFC 5280 §4.2.1.2',
  },
  'key-identifier-critical': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'Key identifiers must not be critical; OpenSSL does not process critical ones and refuses the certificate.',
    reference: 'RFC 5280 §4.2.1.1, §4.2.1.2',
  },
  'no-certificate-transparency': {
    webpki: 'info',
    internal: null,
    explanation:
      'The certificate has no signed certificate timestamps; unless the server sends them, Chrome and Safari refuse it.',
    reference: 'RFC 6962 §3.3',
  },
  'bundle-leaf-not-first': {
    webpki: 'error',
    internal: 'error',
    explanation:
      'The first certificate must be the server’s own: its key must fit, and OpenSSL refuses to load the pair otherwise.',
    reference: 'RFC 8446 §4.4.2',
  },
  'bundle-order': {
    webpki: 'warning',
    internal: 'warning',
    explanation: 'Each certificate should be followed by its issuer; TLS 1.2 demands it, and some clients do not sort.',
    reference: 'RFC 5246 §7.4.2',
  },
  'bundle-unrelated': {
    webpki: 'warning',
    internal: 'warning',
    explanation: 'The certificate is no part of the chain and is sent in vain.',
    reference: 'RFC 8446 §4.4.2',
  },
  'bundle-duplicate': {
    webpki: 'warning',
    internal: 'warning',
    explanation: 'The same certificate stands in the bundle twice.',
    reference: 'RFC 8446 §4.4.2',
  },
  'bundle-has-root': {
    webpki: 'info',
    internal: 'info',
    explanation: 'The root need not be sent: whoever trusts it has it.',
    reference: 'RFC 8446 §4.4.2',
  },
  'bundle-loop': {
    webpki: 'error',
    internal: 'error',
    explanation: 'The authorities of the bundle have issued each other, and none of them leads to a root.',
    reference: 'RFC 5280 §6.1',
  },
  'bundle-unreadable': {
    webpki: 'error',
    internal: 'error',
    explanation: 'An entry of the bundle is no certificate.',
    reference: 'RFC 8446 §4.4.2',
  },
} as const satisfies Record<string, RuleText>;

/** The id of a lint rule. */
export type LintRuleId = keyof typeof lintRules;
