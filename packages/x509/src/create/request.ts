import { type Bytes, invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { encodeImplicitSequence, encodeInteger, encodeOid, encodeSequence, encodeSetOf } from '../der/writer.ts';
import { encodePem } from '../pem.ts';
import {
  type CertificateContentOptions,
  type KeyOptions,
  present,
  resolveKey,
  type SignedCertificate,
  signCertificate,
} from './certificate.ts';
import {
  type ExtendedKeyUsageInput,
  type ExtensionInput,
  ExtensionOid,
  encodeExtension,
  extendedKeyUsage,
  type KeyUsageInput,
  keyUsage,
  mustStaple,
  overrideExtensions,
  subjectAltName,
} from './extensions.ts';
import type { GeneralNameInput } from './general-name.ts';
import { type CertificateIssuer, resolveIssuer } from './issuer.ts';
import { asList } from './list-argument.ts';
import { defaultCommonName, encodeName, type NameInput } from './name.ts';
import { digestKeyIdentifier } from './public-key-info.ts';
import { EXTENSION_REQUEST, readRequest } from './request-reader.ts';
import { encodeSigned, verifySigned } from './signature.ts';
import type { SignatureHash } from './signing-key.ts';

/** Options of {@link createRequest}. */
export interface RequestOptions extends KeyOptions {
  /** Default: the first of `names` that is text of at most 64 characters as the common name, else the empty name. */
  readonly subject?: NameInput | undefined;
  /** The subject alternative names to ask for. Default: none. */
  readonly names?: readonly GeneralNameInput[] | undefined;
  /** Default: left to the authority. */
  readonly keyUsage?: readonly KeyUsageInput[] | undefined;
  /** Default: left to the authority. */
  readonly extendedKeyUsage?: readonly ExtendedKeyUsageInput[] | undefined;
  /** Whether to ask for the TLS feature of RFC 7633. Default: false. */
  readonly mustStaple?: boolean | undefined;
  /** Other extensions to ask for. Default: none. */
  readonly extensions?: readonly ExtensionInput[] | undefined;
  /** Default: as strong as the key, at least SHA-256. */
  readonly hash?: SignatureHash | undefined;
}

/** A request for a certificate, with its key. */
export interface CertificateRequest {
  /** PKCS#10, DER. */
  readonly request: Uint8Array;
  readonly requestPem: string;
  /** PKCS#8, DER, not encrypted. */
  readonly privateKey: Uint8Array;
  readonly privateKeyPem: string;
}

/** Options of {@link signRequest}. */
export interface SignRequestOptions extends CertificateContentOptions {
  readonly authority: CertificateIssuer;
  /** Default: the subject of the request. */
  readonly subject?: NameInput | undefined;
  /** Default: the subject alternative names of the request; an empty array for none. */
  readonly names?: readonly GeneralNameInput[] | undefined;
}

/**
 * Creates a certificate signing request, PKCS#10 (RFC 2986), and its key.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for options of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` or `ERR_OUT_OF_RANGE` for values that a request cannot have.
 * @throws CertificateDecodeError for a `privateKey` that cannot be read.
 */
export async function createRequest(options: RequestOptions = {}): Promise<CertificateRequest> {
  if (typeof options !== 'object' || options === null) throw invalidArgumentType('options', 'an object', options);
  const name = encodeName(options.subject ?? defaultCommonName(asList('names', options.names)));
  const extensions = overrideExtensions(
    [
      ...present('keyUsage', options.keyUsage, keyUsage),
      ...present('extendedKeyUsage', options.extendedKeyUsage, extendedKeyUsage),
      ...present('names', options.names, (names) => subjectAltName(names, name.length === 2)),
      ...(options.mustStaple ? [mustStaple()] : []),
    ],
    options.extensions,
  ).map(encodeExtension);
  const attributes =
    extensions.length === 0
      ? []
      : [encodeSequence([encodeOid(EXTENSION_REQUEST), encodeSetOf([encodeSequence(extensions)])])];
  const key = await resolveKey(options);
  const request = await encodeSigned(key, options.hash, () =>
    encodeSequence([encodeInteger(0), name, key.publicKeyInfo, encodeImplicitSequence(0, attributes)]),
  );
  return {
    request,
    requestPem: encodePem('CERTIFICATE REQUEST', request),
    privateKey: key.privateKey,
    privateKeyPem: encodePem('PRIVATE KEY', key.privateKey),
  };
}

/**
 * Signs a certificate for the key of a request, after checking the request's own signature.
 *
 * Of the request's wishes only the subject and the subject alternative names are granted, and each only where `options`
 * do not say otherwise. Usages, authority and everything else come from `options`: a request cannot make itself a
 * certificate authority. Whoever calls this has to know that the names are the requester's.
 *
 * @param request - PKCS#10 as DER, or a PEM text.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for arguments of another type.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where the signature of the request is not that of its key, and for values
 *   that a certificate cannot have.
 * @throws CertificateDecodeError for a request or an `authority` that cannot be read.
 */
export async function signRequest(request: Bytes | string, options: SignRequestOptions): Promise<SignedCertificate> {
  if (typeof options !== 'object' || options === null) throw invalidArgumentType('options', 'an object', options);
  const issuer = await resolveIssuer(options.authority);
  const { subject, publicKeyInfo, isRsa, requestedNames, signed } = readRequest(request);
  if (!(await verifySigned(signed, publicKeyInfo))) {
    throw invalidArgumentValue('The signature of the request is not that of its key');
  }
  const keyIdentifier = await digestKeyIdentifier(publicKeyInfo);
  const name = encodeName(options.subject ?? subject);
  const granted =
    options.names === undefined && requestedNames !== undefined
      ? [{ oid: ExtensionOid.subjectAltName, critical: name.length === 2, value: requestedNames }]
      : [];
  return signCertificate(
    { ...options, subject: name, extensions: [...granted, ...asList('extensions', options.extensions)] },
    { publicKeyInfo, keyIdentifier, isRsa },
    issuer,
  );
}
