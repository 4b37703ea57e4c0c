import { hide, SSLError, type SSLErrorDetails } from './ssl-error.ts';
import { SSLErrorNumber } from './ssl-error-number.ts';

/**
 * The TLS connection has been closed cleanly in both directions, or the peer's `close_notify` met a write or a handshake.
 *
 * Python: `ssl.SSLZeroReturnError`.
 */
export class SSLZeroReturnError extends SSLError {
  constructor(message = 'TLS/SSL connection has been closed (EOF)', details: SSLErrorDetails = {}) {
    super(message, { errno: SSLErrorNumber.SSL_ERROR_ZERO_RETURN, code: 'ERR_SSL_ZERO_RETURN', ...details });
  }

  protected override get className(): string {
    return 'SSLZeroReturnError';
  }
}

/**
 * More TLS bytes from the peer are needed before the operation can go on; any operation may say so.
 *
 * Python: `ssl.SSLWantReadError`.
 */
export class SSLWantReadError extends SSLError {
  constructor(message = 'The operation did not complete (read)', details: SSLErrorDetails = {}) {
    super(message, { errno: SSLErrorNumber.SSL_ERROR_WANT_READ, code: 'ERR_SSL_WANT_READ', ...details });
  }

  protected override get className(): string {
    return 'SSLWantReadError';
  }
}

/**
 * TLS bytes must be sent before the operation can go on; any operation may say so.
 *
 * Python: `ssl.SSLWantWriteError`.
 */
export class SSLWantWriteError extends SSLError {
  constructor(message = 'The operation did not complete (write)', details: SSLErrorDetails = {}) {
    super(message, { errno: SSLErrorNumber.SSL_ERROR_WANT_WRITE, code: 'ERR_SSL_WANT_WRITE', ...details });
  }

  protected override get className(): string {
    return 'SSLWantWriteError';
  }
}

/**
 * A system call failed inside OpenSSL and left no number of its own.
 *
 * Python: `ssl.SSLSyscallError`.
 */
export class SSLSyscallError extends SSLError {
  constructor(message = 'Some I/O error occurred', details: SSLErrorDetails = {}) {
    super(message, { errno: SSLErrorNumber.SSL_ERROR_SYSCALL, code: 'ERR_SSL_SYSCALL', ...details });
  }

  protected override get className(): string {
    return 'SSLSyscallError';
  }
}

/**
 * The transport ended without the peer's `close_notify`: what was received may have been cut short.
 *
 * Python: `ssl.SSLEOFError`.
 */
export class SSLEOFError extends SSLError {
  constructor(message = 'EOF occurred in violation of protocol', details: SSLErrorDetails = {}) {
    super(message, { errno: SSLErrorNumber.SSL_ERROR_EOF, code: 'ERR_SSL_EOF', ...details });
  }

  protected override get className(): string {
    return 'SSLEOFError';
  }
}

/** What an {@link SSLCertVerificationError} carries beside the fields of every {@link SSLError}. */
export interface VerificationDetails extends SSLErrorDetails {
  /** OpenSSL's `X509_V_ERR_*`; undefined on errors of `matchHostname`. */
  verifyCode?: number | undefined;
  /** The words for it. */
  verifyMessage?: string | undefined;
  /** 0 for the peer's own certificate, 1 for its issuer, … */
  verifyDepth?: number | undefined;
  /** The certificate at fault, DER. */
  verifyCertificate?: Uint8Array | undefined;
  /** The chain as far as it was built, the peer's own certificate first, DER. */
  verifyChain?: readonly Uint8Array[] | undefined;
}

/**
 * The peer's certificate was refused: its chain, its dates, its purpose, or its name.
 *
 * In Python this class is also a `ValueError`. JavaScript has one base class; {@link isValueError} on the prototype is
 * true so that code which cares can ask.
 *
 * Python: `ssl.SSLCertVerificationError`, of which `ssl.CertificateError` is an alias.
 */
export class SSLCertVerificationError extends SSLError {
  /** OpenSSL's `X509_V_ERR_*`, such as 10 for expired or 62 for a host name that does not match; undefined on errors of `matchHostname`. */
  readonly verifyCode: number | undefined;
  /** What {@link verifyCode} means, in words. */
  readonly verifyMessage: string | undefined;
  /** 0 for the peer's own certificate, 1 for its issuer, …; undefined where no chain was looked at. */
  readonly verifyDepth: number | undefined;
  /** The certificate at fault, DER. */
  declare readonly verifyCertificate: Uint8Array | undefined;
  /** The chain as far as it was built, the peer's own certificate first, DER. */
  declare readonly verifyChain: readonly Uint8Array[];

  constructor(message: string, details: VerificationDetails = {}) {
    super(message, details);
    this.verifyCode = details.verifyCode;
    this.verifyMessage = details.verifyMessage;
    this.verifyDepth = details.verifyDepth;
    hide(this, 'verifyCertificate', details.verifyCertificate);
    hide(this, 'verifyChain', details.verifyChain ?? []);
  }

  /** Always true: in Python this error is a `ValueError` too. */
  get isValueError(): true {
    return true;
  }

  protected override get className(): string {
    return 'SSLCertVerificationError';
  }
}

/** The same class object as {@link SSLCertVerificationError}, as in Python ≥ 3.7. Python: `ssl.CertificateError`. */
export const CertificateError = SSLCertVerificationError;
export type CertificateError = SSLCertVerificationError;
