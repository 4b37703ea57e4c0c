import type { LintCheck } from './lint.ts';

// What OpenSSL 3 processes (X509_supported_extension): a critical extension that is not among these is refused.
const knownExtensions = new Set([
  '2.5.29.15', // what RFC 5280 §4.2.1 has beyond the key identifiers
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
  '1.3.6.1.5.5.7.1.7', // addresses, RFC 3779
  '1.3.6.1.5.5.7.1.8', // autonomous systems, RFC 3779
  '1.3.6.1.5.5.7.1.14', // proxy certificates
  '1.3.6.1.5.5.7.48.1.5', // no OCSP check
  '2.16.840.1.113730.1.1', // Netscape's certificate type
]);

/** Checks the frame: encoding, version, serial number, and the extensions as such. */
export const checkFrame: LintCheck = (facts, { role, isRoot }, report) => {
  if (!facts.isDer) report('not-der', 'The encoding is not DER');
  if (facts.version !== 3) report('version-not-3', `The version is ${facts.version}`);
  for (const oid of facts.duplicates) report('duplicate-extension', `The extension ${oid} stands there twice`);
  for (const part of facts.malformed) report('malformed-part', `The ${part} is malformed`);
  for (const { oid, critical } of facts.extensions) {
    if (critical && !knownExtensions.has(oid)) report('unknown-critical-extension', `The extension ${oid} is critical`);
  }
  const { serialNumber } = facts;
  const isNegative = serialNumber.startsWith('-');
  if (isNegative || serialNumber === '00') {
    report('serial-not-positive', `The serial number is ${isNegative ? 'negative' : 'zero'}`);
  }
  // "serialNumber values up to 20 octets", the one for the sign among them.
  const digits = isNegative ? serialNumber.slice(1) : serialNumber;
  const octets = digits.length / 2 + (/^[89A-F]/.test(digits) ? 1 : 0);
  if (octets > 20) report('serial-too-long', `The serial number has ${octets} octets`);
  // Roots are made by hand, and no one asks for their signature.
  if (octets < 8 && !(role === 'authority' && isRoot)) {
    report('serial-too-short', `The serial number has ${octets} octets, at least 8 are needed`);
  }
};
