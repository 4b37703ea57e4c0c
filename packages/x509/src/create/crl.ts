import { type Bytes, invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import {
  encodeEnumerated,
  encodeExplicit,
  encodeGeneralizedTime,
  encodeInteger,
  encodeSequence,
  encodeTime,
} from '../der/writer.ts';
import { encodePem } from '../pem.ts';
import { readExistingCertificate } from './existing-certificate.ts';
import {
  authorityKeyIdentifier,
  crlNumber,
  type ExtensionInput,
  ExtensionOid,
  encodeExtension,
  overrideExtensions,
} from './extensions.ts';
import { type CertificateIssuer, resolveIssuer } from './issuer.ts';
import { asList } from './list-argument.ts';
import { encodeSerialNumber } from './serial-number.ts';
import { encodeSigned } from './signature.ts';
import type { SignatureHash } from './signing-key.ts';
import { checkDate, resolveValidity } from './validity.ts';

const REASONS = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

/** Why a certificate is revoked: RFC 5280 §5.3.1. */
export type RevocationReasonInput = keyof typeof REASONS;

/** A certificate to put on a CRL. */
export interface RevokedCertificateInput {
  /** Text is hexadecimal, as in the certificate dictionary. */
  readonly serialNumber?: bigint | number | string | undefined;
  /** The certificate itself instead of its serial number: DER, or a PEM text. */
  readonly certificate?: Bytes | string | undefined;
  /** Default: `thisUpdate`. */
  readonly revocationDate?: Date | undefined;
  /** Default: none; RFC 5280 §5.3.1 wants that rather than "unspecified". */
  readonly reason?: RevocationReasonInput | undefined;
  /** Since when the key is known or suspected to be bad. Default: not said. */
  readonly invalidityDate?: Date | undefined;
}

/** Options of {@link createCrl}. */
export interface CrlOptions {
  readonly authority: CertificateIssuer;
  /** Default: none. */
  readonly revoked?: readonly RevokedCertificateInput[] | undefined;
  /** Must grow from CRL to CRL. Default: the milliseconds since 1970. */
  readonly crlNumber?: number | bigint | undefined;
  /** Default: an hour ago, for clocks that are slow; for a `nextUpdate` in the past, `days` before that. */
  readonly thisUpdate?: Date | undefined;
  /** Default: `days` after `thisUpdate`. */
  readonly nextUpdate?: Date | undefined;
  /** Default: 7. */
  readonly days?: number | undefined;
  /** Other extensions; one with the identifier of a built one takes its place, or removes it with null. */
  readonly extensions?: readonly ExtensionInput[] | undefined;
  /** Default: as strong as the issuer's key, at least SHA-256. */
  readonly hash?: SignatureHash | undefined;
}

/** A list of revoked certificates that was created. */
export interface CreatedCrl {
  /** DER. */
  readonly crl: Uint8Array;
  /** With the label `X509 CRL`: OpenSSL does not load the label `CRL`. */
  readonly crlPem: string;
}

const DEFAULT_DAYS = 7;

/**
 * Creates a list of revoked certificates, version 2: RFC 5280 §5.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for options of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE` for values that a CRL cannot have, such as the same
 *   certificate twice.
 * @throws CertificateDecodeError for an `authority` or a certificate that cannot be read.
 */
export async function createCrl(options: CrlOptions): Promise<CreatedCrl> {
  if (typeof options !== 'object' || options === null) throw invalidArgumentType('options', 'an object', options);
  const issuer = await resolveIssuer(options.authority);
  const { notBefore: thisUpdate, notAfter: nextUpdate } = resolveValidity(
    { notBefore: options.thisUpdate, notAfter: options.nextUpdate, days: options.days },
    DEFAULT_DAYS,
  );
  const entries = encodeEntries(asList('revoked', options.revoked), thisUpdate);
  const extensions = overrideExtensions(
    [authorityKeyIdentifier(issuer.keyIdentifier), crlNumber(options.crlNumber ?? Date.now())],
    options.extensions,
  ).map(encodeExtension);
  const crl = await encodeSigned(issuer.key, options.hash, (algorithm) =>
    encodeSequence([
      encodeInteger(1), // v2
      algorithm,
      issuer.subject,
      encodeTime(thisUpdate),
      encodeTime(nextUpdate),
      // RFC 5280 §5.1.2.6: "When there are no revoked certificates, the revoked certificates list MUST be absent."
      ...(entries.length > 0 ? [encodeSequence(entries)] : []),
      ...(extensions.length > 0 ? [encodeExplicit(0, encodeSequence(extensions))] : []),
    ]),
  );
  return { crl, crlPem: encodePem('X509 CRL', crl) };
}

function encodeEntries(revoked: readonly RevokedCertificateInput[], thisUpdate: Date): Uint8Array[] {
  const seen = new Set<string>();
  return revoked.map((entry) => {
    if (typeof entry !== 'object' || entry === null) throw invalidArgumentType('revoked', 'an array of objects', entry);
    const serialNumber = takeSerialNumber(entry);
    const key = serialNumber.join();
    if (seen.has(key)) throw invalidArgumentValue('revoked has the same serial number twice');
    seen.add(key);
    const extensions = encodeEntryExtensions(entry);
    return encodeSequence([
      serialNumber,
      encodeTime(checkDate('revoked: revocationDate', entry.revocationDate) ?? thisUpdate),
      ...(extensions.length > 0 ? [encodeSequence(extensions)] : []),
    ]);
  });
}

/** The serial number of an entry as an INTEGER. */
function takeSerialNumber({ serialNumber, certificate }: RevokedCertificateInput): Uint8Array {
  if ((serialNumber === undefined) === (certificate === undefined)) {
    throw invalidArgumentValue('revoked: an entry must have either a serialNumber or a certificate');
  }
  if (certificate === undefined) return encodeSerialNumber(serialNumber);
  return readExistingCertificate('revoked: certificate', certificate).serialNumber;
}

function encodeEntryExtensions({ reason, invalidityDate }: RevokedCertificateInput): Uint8Array[] {
  const extensions: Uint8Array[] = [];
  if (reason !== undefined) {
    if (!Object.hasOwn(REASONS, reason)) {
      throw invalidArgumentValue(
        `revoked: reason must be one of ${Object.keys(REASONS).join(', ')}, got ${JSON.stringify(reason)}`,
      );
    }
    extensions.push(encodeExtension({ oid: ExtensionOid.reasonCode, value: encodeEnumerated(REASONS[reason]) }));
  }
  const invalidSince = checkDate('revoked: invalidityDate', invalidityDate);
  if (invalidSince !== undefined) {
    // RFC 5280 §5.3.2: InvalidityDate is a GeneralizedTime whatever the year.
    extensions.push(encodeExtension({ oid: ExtensionOid.invalidityDate, value: encodeGeneralizedTime(invalidSince) }));
  }
  return extensions;
}
