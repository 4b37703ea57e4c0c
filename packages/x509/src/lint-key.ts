import type { LintCheck } from './lint.ts';
import type { LintFacts } from './lint-facts.ts';

const curves: Readonly<Record<string, { readonly name: string; readonly bits: number; readonly web: boolean }>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', bits: 256, web: true },
  '1.3.132.0.34': { name: 'P-384', bits: 384, web: true },
  '1.3.132.0.35': { name: 'P-521', bits: 521, web: true },
  '1.3.132.0.10': { name: 'secp256k1', bits: 256, web: false },
  '1.3.132.0.33': { name: 'P-224', bits: 224, web: false },
  '1.2.840.10045.3.1.1': { name: 'P-192', bits: 192, web: false },
  '1.3.36.3.3.2.8.1.1.7': { name: 'brainpoolP256r1', bits: 256, web: false },
  '1.3.36.3.3.2.8.1.1.11': { name: 'brainpoolP384r1', bits: 384, web: false },
  '1.3.36.3.3.2.8.1.1.13': { name: 'brainpoolP512r1', bits: 512, web: false },
};
const smallestRsa = 2048; // bits: 112 bits of strength, NIST SP 800-57 Part 1 §5.6.1.1
const smallestCurve = 224; // bits: the same strength

const ecKey = '1.2.840.10045.2.1';
const dsaKey = '1.2.840.10040.4.1';

/** Checks the public key. */
export const checkKey: LintCheck = ({ keyAlgorithm, curve, rsa }, { profile }, report) => {
  if (rsa !== null) {
    if (rsa.bits < smallestRsa) report('weak-key', `RSA with ${rsa.bits} bits, at least ${smallestRsa} are needed`);
    if (rsa.exponent % 2n === 0n || rsa.exponent < 65_537n) report('rsa-exponent', `The exponent is ${rsa.exponent}`);
    return;
  }
  if (keyAlgorithm === dsaKey) {
    report('weak-key', 'A DSA key: no version of TLS in use takes it');
    return;
  }
  if (keyAlgorithm !== ecKey) {
    report('key-type-not-allowed', `The key algorithm is ${keyAlgorithm}`);
    return;
  }
  const known = curve === null ? undefined : curves[curve];
  if (known !== undefined && known.bits < smallestCurve) report('weak-key', `The curve is ${known.name}`);
  else if (profile === 'webpki' && !known?.web) {
    report('key-type-not-allowed', `The curve is ${known?.name ?? curve ?? 'given by its parameters'}`);
  }
};

const md5 = 'MD5';
const sha1 = 'SHA-1';
/** Signature algorithms with the digest where it is broken, or null for those that are sound. */
const signatures: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.3': 'MD4',
  '1.2.840.113549.1.1.4': md5,
  '1.2.840.113549.1.1.5': sha1,
  '1.3.14.3.2.29': sha1,
  '1.2.840.10045.4.1': sha1,
  '1.2.840.10040.4.3': sha1,
  '1.2.840.113549.1.1.11': null,
  '1.2.840.113549.1.1.12': null,
  '1.2.840.113549.1.1.13': null,
  '1.2.840.10045.4.3.2': null,
  '1.2.840.10045.4.3.3': null,
  '1.2.840.10045.4.3.4': null,
  '1.3.101.112': null,
  '1.3.101.113': null,
};
const pss = '1.2.840.113549.1.1.10';
const weakDigests: Readonly<Record<string, string>> = { '1.3.14.3.2.26': sha1, '1.2.840.113549.2.5': md5 };

/** Checks the signature's algorithm, not the signature. */
export const checkSignature: LintCheck = (facts, { isRoot }, report) => {
  if (facts.hasSignatureMismatch) {
    report('signature-algorithm-mismatch', 'The two algorithm identifiers of the certificate differ');
  }
  const weakness = findWeakness(facts);
  if (weakness === undefined)
    report('unknown-signature-algorithm', `The signature algorithm is ${facts.signatureAlgorithm}`);
  // Nobody relies on the signature of a root: it is trusted for being there.
  else if (weakness !== null && !isRoot) report('weak-signature', `The signature is over ${weakness}`);
};

function findWeakness({ signatureAlgorithm, pssDigest }: LintFacts): string | null | undefined {
  if (signatureAlgorithm === pss) return pssDigest === null ? sha1 : (weakDigests[pssDigest] ?? null);
  return signatures[signatureAlgorithm];
}
