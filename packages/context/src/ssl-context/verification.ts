import { isDate } from 'node:util/types';
import { invalidArgumentType, invalidArgumentValue, outOfRange } from '@sslkit/errors';
import { VerifyMode } from '../enums/verify-mode.ts';

/** `SSL_VERIFY_*`: SSL_CTX_set_verify(3). */
const SSL_VERIFY_NONE = 0;
const SSL_VERIFY_PEER = 1;
const SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;

/** `X509_CHECK_FLAG_*`: X509_check_host(3). */
const X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4;
const X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;

/** Turns Python's mode into OpenSSL's bits. */
export function toVerifyBits(mode: VerifyMode): number {
  if (mode === VerifyMode.CERT_NONE) return SSL_VERIFY_NONE;
  if (mode === VerifyMode.CERT_OPTIONAL) return SSL_VERIFY_PEER;
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

/** How names are matched: `w*.example.com` never counts; the common name only where the caller lets it. */
export function toHostFlags(checksCommonName: boolean): number {
  return X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | (checksCommonName ? 0 : X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

/** @throws RangeError `ERR_INVALID_ARG_VALUE` - it is none of the three, or none while host names are checked. */
export function checkVerifyMode(value: unknown, checkHostname: boolean): VerifyMode {
  const mode = typeof value === 'boolean' ? Number(value) : value;
  if (typeof mode !== 'number' || !Number.isInteger(mode)) {
    throw invalidArgumentType('verifyMode', 'a VerifyMode', value);
  }
  if (VerifyMode[mode] === undefined) throw invalidArgumentValue('invalid value for verifyMode');
  if (mode === VerifyMode.CERT_NONE && checkHostname) {
    throw invalidArgumentValue('Cannot set verifyMode to CERT_NONE when checkHostname is enabled.');
  }
  return mode;
}

// What GeneralizedTime can say, RFC 5280 §4.1.2.5.2: four digits for the year.
const EARLIEST = Date.parse('0000-01-01T00:00:00Z') / 1000;
const LATEST = Date.parse('9999-12-31T23:59:59Z') / 1000;

/**
 * Turns the moment to verify for into seconds since 1970; null is the present.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`
 */
export function checkVerificationTime(value: unknown): number | null {
  if (value === null) return null;
  // A Date of another realm counts too.
  if (!isDate(value)) throw invalidArgumentType('verificationTime', 'a Date or null', value);
  const seconds = Math.floor(value.getTime() / 1000);
  if (Number.isNaN(seconds)) throw invalidArgumentValue('verificationTime is an invalid date');
  if (seconds < EARLIEST || seconds > LATEST) throw outOfRange('verificationTime must be in a year from 0 to 9999');
  return seconds;
}
