export {
  type ArgumentErrorCode,
  type CodedError,
  featureUnavailable,
  illegalConstructor,
  invalidArgumentType,
  invalidArgumentValue,
  invalidState,
  missingArguments,
  notImplemented,
  outOfRange,
} from './argument-errors.ts';
export { type Bytes, viewBytes } from './byte-arguments.ts';
export {
  CertificateError,
  SSLCertVerificationError,
  SSLEOFError,
  SSLSyscallError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
  type VerificationDetails,
} from './connection-errors.ts';
export { type QueuedError, SSLError, type SSLErrorDetails, type TLSAlert } from './ssl-error.ts';
export {
  SSL_ERROR_EOF,
  SSL_ERROR_INVALID_ERROR_CODE,
  SSL_ERROR_SSL,
  SSL_ERROR_SYSCALL,
  SSL_ERROR_WANT_CONNECT,
  SSL_ERROR_WANT_READ,
  SSL_ERROR_WANT_WRITE,
  SSL_ERROR_WANT_X509_LOOKUP,
  SSL_ERROR_ZERO_RETURN,
  SSLErrorNumber,
} from './ssl-error-number.ts';
