import type { LintCheck } from './lint.ts';

const webCurves: readonly (string | null)[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const smallestRsa = 2048; // bits: 112 bits of strength, NIST SP 800-57 Part 1 §5.6.1.1
const smallestCurve = 224; // bits: the same strength

const rsaKeys = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10'];
const ecKey = '1.2.840.10045.2.1';
const dsaKey = '1.2.840.10040.4.1';

/** Whether an algorithm's identifier is that of RSA. */
export function isRsaKey(oid: string): boolean {
  return rsaKeys.includes(oid);
}

/** Checks the public key. */
export const checkKey: LintCheck = ({ publicKey }, _, report) => {
  if (publicKey === null) return;
  const { algorithm, oid, bits, curve, exponent } = publicKey;
  if (isRsaKey(oid)) {
    if ((bits ?? 0) < smallestRsa) report('weak-key', `RSA with ${bits} bits, at least ${smallestRsa} are needed`);
    const e = exponent ?? 0n;
    // A long one is cut in the message: nobody reads it, and it may be of any length.
    if (e % 2n === 0n || e < 65_537n) report('rsa-exponent', `The exponent is ${e < 65_537n ? e : 'even'}`);
  } else if (oid === dsaKey) report('weak-key', 'A DSA key: no version of TLS in use takes it');
  else if (oid !== ecKey) report('key-type-not-allowed', `The key algorithm is ${algorithm}`);
  else if ((bits ?? 0) < smallestCurve) report('weak-key', `The curve has ${bits} bits`);
  else if (!webCurves.includes(curve)) {
    report('key-type-not-allowed', `The curve is ${curve ?? 'given by its parameters'}`);
  }
};

const knownSignatures: readonly string[] = [
  '1.2.840.113549.1.1.10', // RSASSA-PSS
  '1.2.840.113549.1.1.11', // RSA with SHA-2
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2', // ECDSA with SHA-2
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112', // EdDSA
  '1.3.101.113',
];

/** Checks the signature's algorithm, not the signature. */
export const checkSignature: LintCheck = ({ signatureAlgorithm, hasSignatureMismatch }, { isRoot }, report) => {
  if (hasSignatureMismatch) {
    report('signature-algorithm-mismatch', 'The two algorithm identifiers of the certificate differ');
  }
  if (signatureAlgorithm === null) return;
  const { name, oid, hash } = signatureAlgorithm;
  // Nobody relies on the signature of a root: it is trusted for being there.
  if (hash !== null && /^(md\d|sha-?1)$/.test(hash)) {
    if (!isRoot) report('weak-signature', `The signature is over ${hash}`);
  } else if (!knownSignatures.includes(oid))
    report('unknown-signature-algorithm', `The signature algorithm is ${name}`);
};
