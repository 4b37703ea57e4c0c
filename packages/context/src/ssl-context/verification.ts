import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
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
