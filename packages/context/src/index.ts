// Contexts

export {
  ALERT_DESCRIPTION_ACCESS_DENIED,
  ALERT_DESCRIPTION_BAD_CERTIFICATE,
  ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE,
  ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE,
  ALERT_DESCRIPTION_BAD_RECORD_MAC,
  ALERT_DESCRIPTION_CERTIFICATE_EXPIRED,
  ALERT_DESCRIPTION_CERTIFICATE_REVOKED,
  ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN,
  ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE,
  ALERT_DESCRIPTION_CLOSE_NOTIFY,
  ALERT_DESCRIPTION_DECODE_ERROR,
  ALERT_DESCRIPTION_DECOMPRESSION_FAILURE,
  ALERT_DESCRIPTION_DECRYPT_ERROR,
  ALERT_DESCRIPTION_HANDSHAKE_FAILURE,
  ALERT_DESCRIPTION_ILLEGAL_PARAMETER,
  ALERT_DESCRIPTION_INSUFFICIENT_SECURITY,
  ALERT_DESCRIPTION_INTERNAL_ERROR,
  ALERT_DESCRIPTION_NO_RENEGOTIATION,
  ALERT_DESCRIPTION_PROTOCOL_VERSION,
  ALERT_DESCRIPTION_RECORD_OVERFLOW,
  ALERT_DESCRIPTION_UNEXPECTED_MESSAGE,
  ALERT_DESCRIPTION_UNKNOWN_CA,
  ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY,
  ALERT_DESCRIPTION_UNRECOGNIZED_NAME,
  ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE,
  ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION,
  ALERT_DESCRIPTION_USER_CANCELLED,
  AlertDescription,
} from './enums/alert-description.ts';
export {
  OP_ALL,
  OP_CIPHER_SERVER_PREFERENCE,
  OP_ENABLE_KTLS,
  OP_ENABLE_MIDDLEBOX_COMPAT,
  OP_IGNORE_UNEXPECTED_EOF,
  OP_LEGACY_SERVER_CONNECT,
  OP_NO_COMPRESSION,
  OP_NO_RENEGOTIATION,
  OP_NO_SSLv2,
  OP_NO_SSLv3,
  OP_NO_TICKET,
  OP_NO_TLSv1,
  OP_NO_TLSv1_1,
  OP_NO_TLSv1_2,
  OP_NO_TLSv1_3,
  OP_SINGLE_DH_USE,
  OP_SINGLE_ECDH_USE,
  Options,
} from './enums/options.ts';
export {
  getProtocolName,
  PROTOCOL_SSLv2,
  PROTOCOL_SSLv3,
  PROTOCOL_SSLv23,
  PROTOCOL_TLS,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  PROTOCOL_TLSv1,
  PROTOCOL_TLSv1_1,
  PROTOCOL_TLSv1_2,
  SSLMethod,
} from './enums/protocol.ts';
export { Purpose } from './enums/purpose.ts';
export { TLSAlertType, TLSContentType, TLSMessageType } from './enums/tls-message.ts';
export { TLSVersion } from './enums/tls-version.ts';
export {
  VERIFY_ALLOW_PROXY_CERTS,
  VERIFY_CRL_CHECK_CHAIN,
  VERIFY_CRL_CHECK_LEAF,
  VERIFY_DEFAULT,
  VERIFY_X509_PARTIAL_CHAIN,
  VERIFY_X509_STRICT,
  VERIFY_X509_TRUSTED_FIRST,
  VerifyFlags,
} from './enums/verify-flags.ts';
export { CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED, VerifyMode } from './enums/verify-mode.ts';
// Constants
export {
  HAS_ALPN,
  HAS_ECDH,
  HAS_NEVER_CHECK_COMMON_NAME,
  HAS_NPN,
  HAS_PHA,
  HAS_PSK,
  HAS_PSK_TLS13,
  HAS_SNI,
  HAS_SSLv2,
  HAS_SSLv3,
  HAS_TLSv1,
  HAS_TLSv1_1,
  HAS_TLSv1_2,
  HAS_TLSv1_3,
  OPENSSL_VERSION,
  OPENSSL_VERSION_INFO,
  OPENSSL_VERSION_NUMBER,
} from './openssl-version.ts';
// Connections
export { Outcome } from './outcome.ts';
// Random numbers
export { HAS_EGD, randAdd, randBytes, randEgd, randPseudoBytes, randStatus } from './random.ts';
export type { CipherDescription } from './ssl-context/ciphers.ts';
export {
  configureDefaultContext,
  createDefaultContext,
  createUnverifiedContext,
  type DefaultContextOptions,
  type UnverifiedContextOptions,
} from './ssl-context/create-default-context.ts';
export type { Credentials, FilePath, Password } from './ssl-context/credentials.ts';
export type {
  AlpnCallback,
  Awaitable,
  ClientCertificateCallback,
  Verification,
  VerifyCallback,
} from './ssl-context/decision-callbacks.ts';
export { type DefaultVerifyPaths, getDefaultVerifyPaths } from './ssl-context/default-certificates.ts';
export { getSigalgs } from './ssl-context/groups.ts';
export { encodeHostName } from './ssl-context/host-name.ts';
export type { PskClientCallback, PskServerCallback } from './ssl-context/pre-shared-key.ts';
export type { ServerNameCallback } from './ssl-context/server-name.ts';
export type { SessionStats } from './ssl-context/sessions.ts';
export { type CertStoreStats, SSLContext } from './ssl-context/ssl-context.ts';
export type { MessageCallback } from './ssl-context/tracing.ts';
export type { VerifyLocations } from './ssl-context/verify-locations.ts';
export type { ChannelBindingOptions } from './ssl-object/channel-binding.ts';
export { CHANNEL_BINDING_TYPES } from './ssl-object/channel-binding.ts';
export type {
  CertificateDecision,
  Decision,
  ServerNameDecision,
  VerificationDecision,
} from './ssl-object/decisions.ts';
export { SSLObject, type WrapOptions } from './ssl-object/ssl-object.ts';
export { SSLSession } from './ssl-session/ssl-session.ts';
export { enumCertificates, enumCrls, type StoreCertificate, type StoreEncoding } from './windows-store.ts';
