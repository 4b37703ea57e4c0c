import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';
import {
  DerTag,
  encodeAscii,
  encodeBoolean,
  encodeElement,
  encodeImplicit,
  encodeImplicitSequence,
  encodeInteger,
  encodeNamedBits,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../der/writer.ts';
import { encodeGeneralName, type GeneralNameInput } from './general-name.ts';
import { asList } from './list-argument.ts';

/** One extension, as it is written: RFC 5280 §4.2. */
export interface ExtensionInput {
  /** The dotted object identifier. */
  readonly oid: string;
  /** Default: false. */
  readonly critical?: boolean | undefined;
  /** The DER inside the OCTET STRING. null leaves out the extension that would otherwise be written. */
  readonly value: Uint8Array | null;
}

const KEY_USAGE_BITS = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

/** What a key may be used for: RFC 5280 §4.2.1.3. */
export type KeyUsageInput = keyof typeof KEY_USAGE_BITS;

const EXTENDED_KEY_USAGES: ReadonlyMap<string, string> = new Map([
  ['serverAuth', '1.3.6.1.5.5.7.3.1'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2'],
  ['codeSigning', '1.3.6.1.5.5.7.3.3'],
  ['emailProtection', '1.3.6.1.5.5.7.3.4'],
  ['timeStamping', '1.3.6.1.5.5.7.3.8'],
  ['OCSPSigning', '1.3.6.1.5.5.7.3.9'],
  ['anyExtendedKeyUsage', '2.5.29.37.0'],
]);

/** What a certificate may be used for: a name of RFC 5280 §4.2.1.12, or any dotted object identifier. */
export type ExtendedKeyUsageInput =
  | 'serverAuth'
  | 'clientAuth'
  | 'codeSigning'
  | 'emailProtection'
  | 'timeStamping'
  | 'OCSPSigning'
  | 'anyExtendedKeyUsage'
  | (string & {});

/** The names that the certificates below a certificate authority may have: RFC 5280 §4.2.1.10. */
export interface NameConstraintsInput {
  /** As subject alternative names, but an IP address is a network: `10.0.0.0/8`. */
  readonly permitted?: readonly GeneralNameInput[] | undefined;
  readonly excluded?: readonly GeneralNameInput[] | undefined;
}

/** A certificate policy: its dotted object identifier, or that with a qualifier, RFC 5280 §4.2.1.4. */
export type CertificatePolicyInput =
  | string
  | {
      readonly oid: string;
      /** Where the certification practice statement is. */
      readonly cps?: string | undefined;
      /** Text to be shown, at most 200 characters. */
      readonly userNotice?: string | undefined;
    };

/** The identifiers of the extensions that this package writes: RFC 5280 §4.2 and §5.2, RFC 7633. */
export const ExtensionOid = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
} as const;

/** An extension with its DER. */
export interface Extension extends ExtensionInput {
  readonly value: Uint8Array;
}

/** Encodes one Extension. */
export function encodeExtension({ oid, critical = false, value }: Extension): Uint8Array {
  return encodeSequence([encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value)]);
}

/**
 * Puts the caller's own extensions in the place of those with the same identifier, or at the end.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for a value that is neither bytes nor null.
 */
export function overrideExtensions(
  built: readonly Extension[],
  own: readonly ExtensionInput[] | undefined,
): Extension[] {
  const merged = new Map(built.map((extension) => [extension.oid, extension]));
  for (const { oid, critical, value } of asList('extensions', own)) {
    if (value === null) merged.delete(oid);
    else if (value instanceof Uint8Array) merged.set(oid, { oid, critical, value });
    else throw invalidArgumentType('extensions: value', 'a Uint8Array or null', value);
  }
  return [...merged.values()];
}

/** BasicConstraints; critical in every certificate written here. */
export function basicConstraints(isAuthority: boolean, pathLength: number | undefined): Extension {
  if (pathLength !== undefined && !(Number.isInteger(pathLength) && pathLength >= 0 && pathLength <= 255)) {
    throw outOfRange(`pathLength must be a whole number from 0 to 255, got ${pathLength}`);
  }
  if (pathLength !== undefined && !isAuthority) {
    throw invalidArgumentValue('pathLength is for certificate authorities alone');
  }
  const limit = pathLength === undefined ? [] : [encodeInteger(pathLength)];
  return {
    oid: ExtensionOid.basicConstraints,
    critical: true,
    value: encodeSequence(isAuthority ? [encodeBoolean(true), ...limit] : []),
  };
}

/** KeyUsage; critical, RFC 5280 §4.2.1.3: "conforming CAs SHOULD mark this extension as critical." */
export function keyUsage(usages: readonly KeyUsageInput[]): Extension {
  const bits = usages.map((usage) => {
    if (!Object.hasOwn(KEY_USAGE_BITS, usage)) {
      throw invalidArgumentValue(
        `keyUsage must be of ${Object.keys(KEY_USAGE_BITS).join(', ')}, got ${JSON.stringify(usage)}`,
      );
    }
    return KEY_USAGE_BITS[usage];
  });
  return { oid: ExtensionOid.keyUsage, critical: true, value: encodeNamedBits(bits) };
}

/** ExtendedKeyUsage; critical for timestamping alone, RFC 3161 §2.3: "This extension MUST be critical." */
export function extendedKeyUsage(usages: readonly ExtendedKeyUsageInput[]): Extension {
  return {
    oid: ExtensionOid.extendedKeyUsage,
    critical: usages.length === 1 && usages[0] === 'timeStamping',
    value: encodeSequence(usages.map((usage) => encodeOid(EXTENDED_KEY_USAGES.get(usage) ?? usage))),
  };
}

/** SubjectKeyIdentifier. */
export function subjectKeyIdentifier(identifier: Uint8Array): Extension {
  return { oid: ExtensionOid.subjectKeyIdentifier, value: encodeOctetString(identifier) };
}

/** AuthorityKeyIdentifier with the key's identifier alone. */
export function authorityKeyIdentifier(identifier: Uint8Array): Extension {
  return {
    oid: ExtensionOid.authorityKeyIdentifier,
    value: encodeSequence([encodeImplicit(0, identifier)]),
  };
}

/**
 * SubjectAltName.
 *
 * RFC 5280 §4.2.1.6: "If the subject field contains an empty sequence, then the issuing CA MUST include a subjectAltName
 * extension that is marked as critical."
 */
export function subjectAltName(names: readonly GeneralNameInput[], subjectIsEmpty: boolean): Extension {
  return {
    oid: ExtensionOid.subjectAltName,
    critical: subjectIsEmpty,
    value: encodeSequence(names.map((name) => encodeGeneralName(name))),
  };
}

function encodeSubtrees(tag: number, names: readonly GeneralNameInput[] | undefined): Uint8Array[] {
  const list = asList('nameConstraints', names);
  if (list.length === 0) return [];
  return [
    encodeImplicitSequence(
      tag,
      list.map((name) => encodeSequence([encodeGeneralName(name, 'constraint')])),
    ),
  ];
}

/** NameConstraints; critical, as RFC 5280 §4.2.1.10 demands. */
export function nameConstraints({ permitted, excluded }: NameConstraintsInput): Extension {
  const subtrees = [...encodeSubtrees(0, permitted), ...encodeSubtrees(1, excluded)];
  if (subtrees.length === 0) throw invalidArgumentValue('nameConstraints must permit or exclude at least one name');
  return { oid: ExtensionOid.nameConstraints, critical: true, value: encodeSequence(subtrees) };
}

/** CRLDistributionPoints: a point with a full name for each address. */
export function crlDistributionPoints(uris: readonly string[]): Extension {
  const points = uris.map((uri) => {
    const fullName = encodeImplicitSequence(0, [encodeGeneralName({ uri })]);
    return encodeSequence([encodeImplicitSequence(0, [fullName])]);
  });
  return { oid: ExtensionOid.crlDistributionPoints, value: encodeSequence(points) };
}

/** AuthorityInfoAccess: OCSP responders first, then where the issuer's certificate is. */
export function authorityInfoAccess(ocsp: readonly string[], caIssuers: readonly string[]): Extension {
  const describe = (method: string) => (uri: string) => encodeSequence([encodeOid(method), encodeGeneralName({ uri })]);
  return {
    oid: ExtensionOid.authorityInfoAccess,
    value: encodeSequence([
      ...ocsp.map(describe('1.3.6.1.5.5.7.48.1')),
      ...caIssuers.map(describe('1.3.6.1.5.5.7.48.2')),
    ]),
  };
}

function encodePolicy(policy: CertificatePolicyInput): Uint8Array {
  const { oid, cps, userNotice } = typeof policy === 'string' ? { oid: policy } : policy;
  const qualifiers: Uint8Array[] = [];
  if (cps !== undefined) {
    const address = encodeElement(DerTag.IA5_STRING, encodeAscii(cps, 'policies: cps'));
    qualifiers.push(encodeSequence([encodeOid('1.3.6.1.5.5.7.2.1'), address]));
  }
  if (userNotice !== undefined) {
    if (userNotice.length > 200) throw invalidArgumentValue('policies: userNotice has at most 200 characters');
    qualifiers.push(encodeSequence([encodeOid('1.3.6.1.5.5.7.2.2'), encodeSequence([encodeUtf8String(userNotice)])]));
  }
  return encodeSequence([encodeOid(oid), ...(qualifiers.length > 0 ? [encodeSequence(qualifiers)] : [])]);
}

/** CertificatePolicies. */
export function certificatePolicies(policies: readonly CertificatePolicyInput[]): Extension {
  return { oid: ExtensionOid.certificatePolicies, value: encodeSequence(policies.map(encodePolicy)) };
}

/** The TLS feature extension that asks for a stapled OCSP response: RFC 7633, with status_request (5) of RFC 6066. */
export function mustStaple(): Extension {
  return { oid: ExtensionOid.tlsFeature, value: encodeSequence([encodeInteger(5)]) };
}

/** CRLNumber: RFC 5280 §5.2.3. */
export function crlNumber(number: number | bigint): Extension {
  return { oid: ExtensionOid.crlNumber, value: encodeInteger(number) };
}
