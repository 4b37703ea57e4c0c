import { type Bytes, invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { encodeExplicit, encodeInteger, encodeSequence, encodeTime } from '../der/writer.ts';
import { encodePem } from '../pem.ts';
import { importSigningKey } from './existing-key.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  type CertificatePolicyInput,
  certificatePolicies,
  crlDistributionPoints,
  type ExtendedKeyUsageInput,
  type Extension,
  type ExtensionInput,
  ExtensionOid,
  encodeExtension,
  extendedKeyUsage,
  type KeyUsageInput,
  keyUsage,
  mustStaple,
  type NameConstraintsInput,
  nameConstraints,
  overrideExtensions,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import type { GeneralNameInput } from './general-name.ts';
import { type CertificateIssuer, type ResolvedIssuer, rememberKey, resolveIssuer } from './issuer.ts';
import { asList } from './list-argument.ts';
import { defaultCommonName, encodeName, type NameInput } from './name.ts';
import { digestKeyIdentifier } from './public-key-info.ts';
import { type CertificateRole, rolePurpose } from './role.ts';
import { encodeSerialNumber } from './serial-number.ts';
import { encodeSigned } from './signature.ts';
import { generateSigningKey, type KeyType, type SignatureHash, type SigningKey } from './signing-key.ts';
import { resolveValidity, type ValidityOptions } from './validity.ts';

/** What a certificate is to say; everything has a default. */
export interface CertificateContentOptions extends ValidityOptions {
  /** Decides the key usages and whether this is a certificate authority. Default: `server`. */
  readonly role?: CertificateRole | undefined;
  /**
   * Default: the first of `names` that is text of at most 64 characters as the common name, else the empty name; without
   * names, and for a certificate authority, a name that no other has.
   */
  readonly subject?: NameInput | undefined;
  /** The subject alternative names. Default: none. */
  readonly names?: readonly GeneralNameInput[] | undefined;
  /** Default: 90, and 3650 for a certificate authority. */
  readonly days?: number | undefined;
  /** Positive and of at most 20 bytes; text is hexadecimal, as in the certificate dictionary. Default: 127 random bits. */
  readonly serialNumber?: bigint | number | string | undefined;
  /** Default: as the role has it; empty for no such extension. */
  readonly keyUsage?: readonly KeyUsageInput[] | undefined;
  /** Default: as the role has it; empty for no such extension. */
  readonly extendedKeyUsage?: readonly ExtendedKeyUsageInput[] | undefined;
  /** How many certificate authorities may stand between this one and a leaf. Default: any number. */
  readonly pathLength?: number | undefined;
  readonly nameConstraints?: NameConstraintsInput | undefined;
  /** Addresses of the CRL. Default: none. */
  readonly crlDistributionPoints?: readonly string[] | undefined;
  /** Addresses of OCSP responders. Default: none. */
  readonly ocsp?: readonly string[] | undefined;
  /** Addresses of the issuer's certificate. Default: none. */
  readonly caIssuers?: readonly string[] | undefined;
  /** Default: none. */
  readonly policies?: readonly CertificatePolicyInput[] | undefined;
  /** Whether a server must staple an OCSP response: RFC 7633. Default: false. */
  readonly mustStaple?: boolean | undefined;
  /** Extensions of any other kind; one with the identifier of a built one takes its place, or removes it with null. */
  readonly extensions?: readonly ExtensionInput[] | undefined;
  /** Default: as strong as the issuer's key, at least SHA-256. */
  readonly hash?: SignatureHash | undefined;
}

/** Where a new certificate's key comes from. */
export interface KeyOptions {
  /** The kind of key to generate. Default: `P-256`. */
  readonly keyType?: KeyType | undefined;
  /** An existing key instead: PKCS#8 as DER, or a PEM text. */
  readonly privateKey?: Bytes | string | undefined;
  /** Opens `privateKey` where it is encrypted. */
  readonly password?: string | Uint8Array | undefined;
}

/** Options of {@link createCertificate}. */
export interface CertificateOptions extends CertificateContentOptions, KeyOptions {
  /** Who signs. Default: the certificate itself. */
  readonly authority?: CertificateIssuer | undefined;
}

/** A certificate that was signed. */
export interface SignedCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly certificatePem: string;
  /** The certificate and those above it without the root, DER: what a server sends. */
  readonly chain: readonly Uint8Array[];
  readonly chainPem: string;
}

/** A certificate that was created with its key; it may be the `authority` of others. */
export interface CreatedCertificate extends SignedCertificate {
  /** PKCS#8, DER, not encrypted: {@link encryptPrivateKey} does that. */
  readonly privateKey: Uint8Array;
  readonly privateKeyPem: string;
}

const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 90; // within every limit that the CA/Browser Forum has set until 2029

/** What is to be signed, with the key it is for. */
interface Subject {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  readonly keyIdentifier: Uint8Array;
  readonly isRsa: boolean;
}

/**
 * Creates a certificate with its key: for a server, a client or both, for an intermediate authority, or for another
 * {@link CertificateRole}. Without an `authority` it is self-signed.
 *
 * A P-256 certificate takes 1 to 2 ms. Times are whole seconds.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for options of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE` for values that a certificate cannot have.
 * @throws CertificateDecodeError for an `authority` or a `privateKey` that cannot be read.
 */
export async function createCertificate(options: CertificateOptions = {}): Promise<CreatedCertificate> {
  if (typeof options !== 'object' || options === null) throw invalidArgumentType('options', 'an object', options);
  const [issuer, key] = await Promise.all([
    options.authority === undefined ? undefined : resolveIssuer(options.authority),
    resolveKey(options),
  ]);
  const keyIdentifier = await digestKeyIdentifier(key.publicKeyInfo);
  const subject = { publicKeyInfo: key.publicKeyInfo, keyIdentifier, isRsa: key.family === 'RSA' };
  const signed = await signCertificate(options, subject, issuer ?? key);
  const created = Object.freeze({
    ...signed,
    privateKey: key.privateKey,
    privateKeyPem: encodePem('PRIVATE KEY', key.privateKey),
  });
  rememberKey(created, key);
  return created;
}

/** The key that the options name, or a new one. */
export async function resolveKey({ keyType, privateKey, password }: KeyOptions): Promise<SigningKey> {
  if (privateKey === undefined) return generateSigningKey(keyType);
  if (keyType !== undefined) throw invalidArgumentValue('keyType is for a new key, privateKey for an existing one');
  return importSigningKey(privateKey, password);
}

/**
 * Signs a certificate for a key.
 *
 * @param issuer - a bare key signs for itself.
 */
export async function signCertificate(
  options: CertificateContentOptions,
  subject: Subject,
  issuer: ResolvedIssuer | SigningKey,
): Promise<SignedCertificate> {
  const role = rolePurpose(options.role ?? 'server', subject.isRsa);
  const serialNumber = encodeSerialNumber(options.serialNumber);
  const isRoot = !('key' in issuer);
  const name = encodeName(options.subject ?? defaultSubject(options, role.isAuthority, isRoot, serialNumber));
  const isNameless = name.length === 2;
  if (isNameless && role.isAuthority) throw invalidArgumentValue('A certificate authority must have a subject');
  const { notBefore, notAfter } = resolveValidity(options, role.isAuthority ? AUTHORITY_DAYS : LEAF_DAYS);
  const authorityKey = isRoot ? subject.keyIdentifier : issuer.keyIdentifier;
  const built = [
    basicConstraints(role.isAuthority, options.pathLength),
    ...present('keyUsage', options.keyUsage ?? role.keyUsage, keyUsage),
    ...present('extendedKeyUsage', options.extendedKeyUsage ?? role.extendedKeyUsage, extendedKeyUsage),
    subjectKeyIdentifier(subject.keyIdentifier),
    authorityKeyIdentifier(authorityKey),
    ...present('names', options.names, (names) => subjectAltName(names, isNameless)),
    ...describeSurroundings(options),
  ];
  const extensions = overrideExtensions(built, options.extensions);
  // RFC 5280 §4.1.2.6: "the subject name may be carried in the subject field and/or the subjectAltName extension."
  if (isNameless && !extensions.some(({ oid }) => oid === ExtensionOid.subjectAltName)) {
    throw invalidArgumentValue('A certificate must have a subject or subject alternative names');
  }
  const certificate = await encodeSigned(isRoot ? issuer : issuer.key, options.hash, (algorithm) =>
    encodeSequence([
      encodeExplicit(0, encodeInteger(2)), // v3
      serialNumber,
      algorithm,
      isRoot ? name : issuer.subject,
      encodeSequence([encodeTime(notBefore), encodeTime(notAfter)]),
      name,
      subject.publicKeyInfo,
      ...(extensions.length > 0 ? [encodeExplicit(3, encodeSequence(extensions.map(encodeExtension)))] : []),
    ]),
  );
  const chain = [certificate, ...(isRoot ? [] : issuer.chain)];
  const certificatePem = encodePem('CERTIFICATE', certificate);
  const chainPem = chain.map((der) => encodePem('CERTIFICATE', der)).join('');
  return { certificate, certificatePem, chain, chainPem };
}

/** Builds an extension where there is something to put into it. */
export function present<Value>(
  name: string,
  values: readonly Value[] | undefined,
  build: (values: readonly Value[]) => Extension,
): Extension[] {
  const list = asList(name, values);
  return list.length === 0 ? [] : [build(list)];
}

/** The extensions that point elsewhere or bind others. */
function describeSurroundings(options: CertificateContentOptions): Extension[] {
  const ocsp = asList('ocsp', options.ocsp);
  const caIssuers = asList('caIssuers', options.caIssuers);
  return [
    ...(options.nameConstraints === undefined ? [] : [nameConstraints(options.nameConstraints)]),
    ...present('crlDistributionPoints', options.crlDistributionPoints, crlDistributionPoints),
    ...(ocsp.length + caIssuers.length > 0 ? [authorityInfoAccess(ocsp, caIssuers)] : []),
    ...present('policies', options.policies, certificatePolicies),
    ...(options.mustStaple ? [mustStaple()] : []),
  ];
}

function defaultSubject(
  { names }: CertificateContentOptions,
  isAuthority: boolean,
  isRoot: boolean,
  serialNumber: Uint8Array,
): string {
  if (!isAuthority && asList('names', names).length > 0) return defaultCommonName(names ?? []);
  // A name of its own for each: a reader that finds issuers by name alone must not take one for another.
  const tag = [...serialNumber.subarray(-4)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  if (!isAuthority) return `Development certificate ${tag}`;
  return `${isRoot ? 'Development CA' : 'Development intermediate CA'} ${tag}`;
}
