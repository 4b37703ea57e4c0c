/**
 * The numbers in `errno` of an I/O error: OpenSSL's `SSL_ERROR_*` and two of Python's own (`SSL_ERROR_EOF`,
 * `SSL_ERROR_INVALID_ERROR_CODE`).
 *
 * Python: `ssl.SSLErrorNumber`. Source: SSL_get_error(3).
 */
export enum SSLErrorNumber {
  SSL_ERROR_SSL = 1,
  SSL_ERROR_WANT_READ = 2,
  SSL_ERROR_WANT_WRITE = 3,
  SSL_ERROR_WANT_X509_LOOKUP = 4,
  SSL_ERROR_SYSCALL = 5,
  SSL_ERROR_ZERO_RETURN = 6,
  SSL_ERROR_WANT_CONNECT = 7,
  SSL_ERROR_EOF = 8,
  SSL_ERROR_INVALID_ERROR_CODE = 10,
}

/** A failure in the SSL library. Python: `ssl.SSL_ERROR_SSL`. */
export const SSL_ERROR_SSL = SSLErrorNumber.SSL_ERROR_SSL;
/** More TLS bytes from the peer are needed. Python: `ssl.SSL_ERROR_WANT_READ`. */
export const SSL_ERROR_WANT_READ = SSLErrorNumber.SSL_ERROR_WANT_READ;
/** TLS bytes wait to be sent. Python: `ssl.SSL_ERROR_WANT_WRITE`. */
export const SSL_ERROR_WANT_WRITE = SSLErrorNumber.SSL_ERROR_WANT_WRITE;
/** A certificate callback has not answered yet. Python: `ssl.SSL_ERROR_WANT_X509_LOOKUP`. */
export const SSL_ERROR_WANT_X509_LOOKUP = SSLErrorNumber.SSL_ERROR_WANT_X509_LOOKUP;
/** A system call failed. Python: `ssl.SSL_ERROR_SYSCALL`. */
export const SSL_ERROR_SYSCALL = SSLErrorNumber.SSL_ERROR_SYSCALL;
/** The TLS connection was closed cleanly. Python: `ssl.SSL_ERROR_ZERO_RETURN`. */
export const SSL_ERROR_ZERO_RETURN = SSLErrorNumber.SSL_ERROR_ZERO_RETURN;
/** The transport is not connected yet. Python: `ssl.SSL_ERROR_WANT_CONNECT`. */
export const SSL_ERROR_WANT_CONNECT = SSLErrorNumber.SSL_ERROR_WANT_CONNECT;
/** The transport ended without `close_notify`; Python's own number. Python: `ssl.SSL_ERROR_EOF`. */
export const SSL_ERROR_EOF = SSLErrorNumber.SSL_ERROR_EOF;
/** A number that `SSL_get_error` does not document; Python's own. Python: `ssl.SSL_ERROR_INVALID_ERROR_CODE`. */
export const SSL_ERROR_INVALID_ERROR_CODE = SSLErrorNumber.SSL_ERROR_INVALID_ERROR_CODE;
