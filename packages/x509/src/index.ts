// Reading certificates

export type { Bytes } from '@sslkit/errors';
export {
  Certificate,
  type CertificateExtension,
  type CertificateReadOptions,
  type FingerprintAlgorithm,
} from './certificate.ts';
export { decodeCertificate } from './decode.ts';
export { type CertificateDictionary, decodeCertificateWithNames } from './decode-certificate.ts';
export { decodePem } from './decode-pem.ts';
export { CertificateDecodeError, type CertificateDecodeErrorCode } from './der/decode-error.ts';
export type { DecodeOptions } from './der/reader.ts';
export type { DistinguishedName, NameAttribute } from './distinguished-name.ts';
export type {
  AuthorityKeyIdentifier,
  BasicConstraints,
  CertificatePolicy,
  KeyUsage,
  NameConstraints,
  NamedIdentifier,
} from './extension-values.ts';
export type { GeneralNameEntry } from './general-name.ts';
export type { PublicKeyInfo, SignatureAlgorithm } from './key-algorithm.ts';

// Object identifiers

export { type ASN1Object, asn1Object, fromName, fromNid, fromOid } from './asn1-object.ts';
export { commonNames, decodeOid, encodeOid, OidNames } from './oid.ts';
export { allNames } from './oid-names.ts';

// PEM, times, host names, CRLs, chains, lint

export { derCertToPemCert, encodePem, PEM_FOOTER, PEM_HEADER, pemCertToDerCert } from './pem.ts';

// Creating

export { certTimeToSeconds } from './cert-time.ts';
export { type BuildChainOptions, buildChain, type Chain } from './chain.ts';
export type { CertificateInput } from './chain-link.ts';
export {
  type CertificateContentOptions,
  type CertificateOptions,
  type CreatedCertificate,
  createCertificate,
  type KeyOptions,
  type SignedCertificate,
} from './create/certificate.ts';
export { type CertificateAuthorityOptions, createCertificateAuthority } from './create/certificate-authority.ts';
export {
  type CreatedCrl,
  type CrlOptions,
  createCrl,
  type RevocationReasonInput,
  type RevokedCertificateInput,
} from './create/crl.ts';
export {
  decryptPrivateKey,
  type EncodedPrivateKey,
  type EncryptPrivateKeyOptions,
  encryptPrivateKey,
} from './create/encrypted-key.ts';
export type {
  CertificatePolicyInput,
  ExtendedKeyUsageInput,
  ExtensionInput,
  KeyUsageInput,
  NameConstraintsInput,
} from './create/extensions.ts';
export type { GeneralNameInput } from './create/general-name.ts';
export type { CertificateIssuer } from './create/issuer.ts';
export type { AttributeValue, NameInput } from './create/name.ts';
export {
  type CertificateRequest,
  createRequest,
  type RequestOptions,
  type SignRequestOptions,
  signRequest,
} from './create/request.ts';
export type { CertificateRole } from './create/role.ts';
export type { KeyType, SignatureHash } from './create/signing-key.ts';
export type { ValidityOptions } from './create/validity.ts';
export { CertificateRevocationList, decodeCrl } from './crl.ts';
export type { RawExtension, RevocationReason, RevokedCertificate } from './crl-entry.ts';
export type { SerialNumber } from './crl-index.ts';
export { type CertificateNames, matchHostname } from './hostname.ts';
export { type CheckHostOptions, checkHost, checkIp } from './hostname-check.ts';
export { type LintFinding, type LintOptions, lint } from './lint.ts';
export { type BundleFinding, lintBundle } from './lint-bundle.ts';
export type { LintRole } from './lint-role.ts';
export { type LintProfile, type LintRuleId, type LintSeverity, lintRules } from './lint-rules.ts';
export {
  type PemBlock,
  type PemBundle,
  type PemKind,
  type PemProblem,
  type PemProblemCode,
  readPemBundle,
} from './pem-bundle.ts';
