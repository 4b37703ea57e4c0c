/** How a chain is verified; combine with `|`. Values are OpenSSL's `X509_V_FLAG_*`. Python: `ssl.VerifyFlags`. */
export enum VerifyFlags {
  VERIFY_DEFAULT = 0,
  VERIFY_CRL_CHECK_LEAF = 0x4,
  VERIFY_CRL_CHECK_CHAIN = 0xc,
  VERIFY_X509_STRICT = 0x20,
  VERIFY_ALLOW_PROXY_CERTS = 0x40,
  VERIFY_X509_TRUSTED_FIRST = 0x8000,
  VERIFY_X509_PARTIAL_CHAIN = 0x80000,
}

/** No revocation check. Python: `ssl.VERIFY_DEFAULT`. */
export const VERIFY_DEFAULT = VerifyFlags.VERIFY_DEFAULT;
/** The peer's own certificate must not be on a loaded CRL; fails without one. Python: `ssl.VERIFY_CRL_CHECK_LEAF`. */
export const VERIFY_CRL_CHECK_LEAF = VerifyFlags.VERIFY_CRL_CHECK_LEAF;
/** The same for every certificate of the chain. Python: `ssl.VERIFY_CRL_CHECK_CHAIN`. */
export const VERIFY_CRL_CHECK_CHAIN = VerifyFlags.VERIFY_CRL_CHECK_CHAIN;
/** No workarounds for broken certificates. Python: `ssl.VERIFY_X509_STRICT`. */
export const VERIFY_X509_STRICT = VerifyFlags.VERIFY_X509_STRICT;
/** Proxy certificates (RFC 3820) may be part of the chain. Python: `ssl.VERIFY_ALLOW_PROXY_CERTS`. */
export const VERIFY_ALLOW_PROXY_CERTS = VerifyFlags.VERIFY_ALLOW_PROXY_CERTS;
/** Prefer a trusted issuer to one that the peer sent; on by default. Python: `ssl.VERIFY_X509_TRUSTED_FIRST`. */
export const VERIFY_X509_TRUSTED_FIRST = VerifyFlags.VERIFY_X509_TRUSTED_FIRST;
/** An intermediate in the trust store ends the chain. Python: `ssl.VERIFY_X509_PARTIAL_CHAIN`. */
export const VERIFY_X509_PARTIAL_CHAIN = VerifyFlags.VERIFY_X509_PARTIAL_CHAIN;
