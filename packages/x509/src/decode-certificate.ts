import type { Bytes } from '@sslkit/errors';
import {
  type CertificateOutline,
  ExtensionWalk,
  outlineCertificate,
  partCursor,
  type Range,
} from './certificate-outline.ts';
import type { DecodeOptions } from './der/reader.ts';
import { printTime } from './der/time.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import {
  accessUris,
  CA_ISSUERS,
  decodeAltNames,
  decodeDistributionPoints,
  decodeInfoAccess,
  type ExtensionValue,
  nameUris,
  OCSP,
} from './extensions.ts';
import { type GeneralNameEntry, printGeneralName } from './general-name.ts';
import type { OidNames } from './oid.ts';
import { viewPlainBytes } from './plain-bytes.ts';
import { printSerial } from './serial-number.ts';

/**
 * A certificate as Python's `getpeercert()` gives it, with the same keys in the same order. Tuples are arrays, bytes are a
 * `Uint8Array`; a key in the second half is absent where the certificate has nothing for it.
 */
export interface CertificateDictionary {
  subject: DistinguishedName;
  issuer: DistinguishedName;
  /** 1 more than what is encoded: 3 for nearly every certificate. */
  version: number;
  /** Upper-case hexadecimal with an even number of digits; `-` before a negative one. */
  serialNumber: string;
  /** Such as `Jan  1 00:00:00 2025 GMT`, or `Bad time value`. `certTimeToSeconds` reads it. */
  notBefore: string;
  notAfter: string;
  subjectAltName?: GeneralNameEntry[];
  /** URIs of OCSP responders. */
  OCSP?: string[];
  /** URIs of certificates of the issuer. */
  caIssuers?: string[];
  crlDistributionPoints?: string[];
}

/**
 * Decodes a DER certificate to the dictionary of `getpeercert()`, with attribute names from a table of the caller's
 * choice: with {@link commonNames} a bundle is half as large as with `decodeCertificate`, and the names of rare
 * attributes are their dotted identifiers.
 *
 * @throws CertificateDecodeError when OpenSSL or Python would refuse the certificate
 * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `der` is not bytes
 */
export function decodeCertificateWithNames(
  der: Bytes,
  names: OidNames,
  options: DecodeOptions = {},
): CertificateDictionary {
  return describeCertificate(outlineCertificate(viewPlainBytes('der', der), options.strict ?? false), names);
}

/** Reads everything the dictionary has. @throws CertificateDecodeError */
export function describeCertificate(outline: CertificateOutline, names: OidNames): CertificateDictionary {
  const nameIn = ({ start }: Range) => readPrintableName(partCursor(outline, start), names);
  // In the order of the encoding, so that of several troubles the first is reported.
  const issuer = nameIn(outline.issuer);
  const dictionary: CertificateDictionary = {
    subject: nameIn(outline.subject),
    issuer,
    version: decodeVersion(outline),
    serialNumber: printSerial(outline.bytes, outline.serial.start, outline.serial.end),
    notBefore: printTime(outline.notBefore),
    notAfter: printTime(outline.notAfter),
  };
  if (outline.extensions !== null) addExtensions(dictionary, outline, names);
  return dictionary;
}

/** The version as Python counts, from 1; beyond 64 bits it is 0, as OpenSSL's −1 becomes. */
export function decodeVersion({ bytes, version }: CertificateOutline): number {
  if (version === null) return 1;
  const { start, end } = version;
  if (end - start === 1) return (((bytes[start] as number) << 24) >> 24) + 1;
  if (end - start > 8) return 0;
  let value = BigInt(((bytes[start] as number) << 24) >> 24);
  for (let at = start + 1; at < end; at++) value = value * 256n + BigInt(bytes[at] as number);
  // What OpenSSL adds overflows at the largest number, and Python prints that.
  return Number(BigInt.asIntN(64, value + 1n));
}

/** An extension that the dictionary shows, and how often it was met. */
interface Sought {
  value: ExtensionValue | null;
  count: number;
}

function addExtensions(dictionary: CertificateDictionary, outline: CertificateOutline, names: OidNames): void {
  const altNames: Sought = { value: null, count: 0 };
  const infoAccess: Sought = { value: null, count: 0 };
  const points: Sought = { value: null, count: 0 };
  const walk = new ExtensionWalk(outline, outline.extensions as Range);
  while (walk.next()) {
    const sought = whichExtension(outline.bytes, walk.oidStart, walk.oidEnd);
    if (sought === 0) continue;
    const kept = sought === ALT_NAMES ? altNames : sought === POINTS ? points : infoAccess;
    kept.count++;
    kept.value = { bytes: walk.valueBytes, start: walk.valueStart, end: walk.valueEnd };
  }
  const context = { names, strict: outline.strict };
  const found = only(altNames, (value) => decodeAltNames(value, context));
  if (found !== null) dictionary.subjectAltName = found.map((name) => printGeneralName(name, names));
  const access = only(infoAccess, (value) => decodeInfoAccess(value, context)) ?? [];
  const responders = accessUris(access, OCSP);
  if (responders.length > 0) dictionary.OCSP = responders;
  const issuers = accessUris(access, CA_ISSUERS);
  if (issuers.length > 0) dictionary.caIssuers = issuers;
  const uris = nameUris(only(points, (value) => decodeDistributionPoints(value, context)) ?? []);
  if (uris.length > 0) dictionary.crlDistributionPoints = uris;
}

/** What OpenSSL finds of an extension: one that is there twice counts as absent. */
function only<T>({ value, count }: Sought, decode: (value: ExtensionValue) => T | null): T | null {
  return value !== null && count === 1 ? decode(value) : null;
}

const ALT_NAMES = 17; // 2.5.29.17
const POINTS = 31; // 2.5.29.31
const INFO_ACCESS = 1; // 1.3.6.1.5.5.7.1.1

function whichExtension(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1] as number;
  if (end - start === 3) {
    const certificateExtension = bytes[start] === 0x55 && bytes[start + 1] === 0x1d;
    return certificateExtension && (last === ALT_NAMES || last === POINTS) ? last : 0;
  }
  if (end - start !== 8 || last !== 1) return 0;
  const privateExtension = [0x2b, 6, 1, 5, 5, 7, 1].every((octet, index) => bytes[start + index] === octet);
  return privateExtension ? INFO_ACCESS : 0;
}
