import { ExitCode } from '../exit-code.ts';

/** What a verify code of OpenSSL means to people, and to the exit code. */
interface VerifyCode {
  readonly name: string;
  readonly exitCode: ExitCode;
  readonly title: string;
}

const { UNTRUSTED, NAME_MISMATCH, EXPIRED, REVOKED, REFUSED } = ExitCode;

const code = (name: string, exitCode: ExitCode, title: string): VerifyCode => ({ name, exitCode, title });

/** OpenSSL's `X509_V_ERR_*` without that prefix: X509_STORE_CTX_get_error(3). */
const VERIFY_CODES: ReadonlyMap<number, VerifyCode> = new Map([
  [2, code('UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED, 'the chain ends at a certificate whose issuer is missing')],
  [3, code('UNABLE_TO_GET_CRL', REFUSED, 'there is no revocation list to check the certificate against')],
  [7, code('CERT_SIGNATURE_FAILURE', UNTRUSTED, 'the signature on a certificate is wrong')],
  [8, code('CRL_SIGNATURE_FAILURE', REFUSED, 'the signature on a revocation list is wrong')],
  [9, code('CERT_NOT_YET_VALID', EXPIRED, 'a certificate is not valid yet')],
  [10, code('CERT_HAS_EXPIRED', EXPIRED, 'a certificate has expired')],
  [11, code('CRL_NOT_YET_VALID', REFUSED, 'a revocation list is not valid yet')],
  [12, code('CRL_HAS_EXPIRED', REFUSED, 'a revocation list has expired')],
  [18, code('DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED, 'the certificate is self-signed and not trusted')],
  [19, code('SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED, 'the chain leads to a root that is not trusted')],
  [20, code('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED, 'the issuer of a certificate is unknown')],
  [21, code('UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED, 'the issuer of the certificate is unknown')],
  [22, code('CERT_CHAIN_TOO_LONG', REFUSED, 'the chain is longer than allowed')],
  [23, code('CERT_REVOKED', REVOKED, 'a certificate has been revoked')],
  [25, code('PATH_LENGTH_EXCEEDED', REFUSED, 'more authorities stand in the chain than one of them allows')],
  [26, code('INVALID_PURPOSE', REFUSED, 'a certificate is not for this purpose')],
  [27, code('CERT_UNTRUSTED', UNTRUSTED, 'the root is not trusted for this purpose')],
  [28, code('CERT_REJECTED', UNTRUSTED, 'the root is marked as rejected for this purpose')],
  [32, code('KEYUSAGE_NO_CERTSIGN', REFUSED, 'an issuer in the chain may not sign certificates')],
  [35, code('KEYUSAGE_NO_CRL_SIGN', REFUSED, 'the issuer of a revocation list may not sign it')],
  [
    34,
    code('UNHANDLED_CRITICAL_EXTENSION', REFUSED, 'a certificate has a critical extension that OpenSSL does not know'),
  ],
  [41, code('INVALID_EXTENSION', REFUSED, 'an extension of a certificate is malformed')],
  [47, code('PERMITTED_VIOLATION', REFUSED, 'the names are outside of what an authority in the chain may sign for')],
  [
    48,
    code('EXCLUDED_VIOLATION', REFUSED, 'the names are among those that an authority in the chain may not sign for'),
  ],
  [62, code('HOSTNAME_MISMATCH', NAME_MISMATCH, 'the certificate is for other names')],
  [64, code('IP_ADDRESS_MISMATCH', NAME_MISMATCH, 'the certificate is not for this address')],
  [66, code('EE_KEY_TOO_SMALL', REFUSED, "the certificate's key is too small")],
  [67, code('CA_KEY_TOO_SMALL', REFUSED, "an authority's key is too small")],
  [68, code('CA_MD_TOO_WEAK', REFUSED, 'a certificate is signed with a hash that is broken')],
  [79, code('INVALID_CA', REFUSED, 'an issuer in the chain is no authority')],
]);

// 80 to 94: what X509_V_FLAG_X509_STRICT finds.
const FIRST_STRICT = 80;
const LAST_STRICT = 94;

/** Looks a verify code up. */
export function findVerifyCode(number: number, verifyMessage: string): VerifyCode {
  const known = VERIFY_CODES.get(number);
  if (known !== undefined) return known;
  if (isStrictness(number)) {
    return code(`STRICT_${number}`, REFUSED, `a certificate breaks a rule of RFC 5280: ${verifyMessage.toLowerCase()}`);
  }
  return code(`X509_V_ERR_${number}`, REFUSED, verifyMessage.replace(/\.$/, ''));
}

/** Whether only strict verification finds this. */
export function isStrictness(number: number): boolean {
  return number >= FIRST_STRICT && number <= LAST_STRICT;
}
