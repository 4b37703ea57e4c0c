import { addon } from './addon.ts';

/** `X509_V_ERR_HOSTNAME_MISMATCH` and `X509_V_ERR_IP_ADDRESS_MISMATCH`: X509_STORE_CTX_get_error(3). */
export const HOSTNAME_MISMATCH = 62;
export const IP_ADDRESS_MISMATCH = 64;

/**
 * What a verify code means, in words: OpenSSL's, but for a name that does not match, where Python's tell the name.
 *
 * @param code - OpenSSL's `X509_V_ERR_*`.
 */
export function describeVerification(code: number, hostName: string | null): string {
  if (hostName !== null && code === HOSTNAME_MISMATCH) {
    return `Hostname mismatch, certificate is not valid for '${hostName}'.`;
  }
  if (hostName !== null && code === IP_ADDRESS_MISMATCH) {
    return `IP address mismatch, certificate is not valid for '${hostName}'.`;
  }
  return addon.verifyErrorText(code);
}
