// Reading certificates

// Object identifiers
export { type ASN1Object, asn1Object, fromName, fromNid, fromOid } from './asn1-object.ts';
export { CertificateDecodeError, type CertificateDecodeErrorCode, type DecodeOptions } from './der/reader.ts';
export { commonNames, decodeOid, encodeOid, OidNames } from './oid.ts';
export { allNames } from './oid-names.ts';

// PEM, times, host names, CRLs, chains, lint
export { derCertToPemCert, encodePem, PEM_FOOTER, PEM_HEADER, pemCertToDerCert } from './pem.ts';
