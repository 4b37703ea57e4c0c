import { addon } from './addon.ts';

/** The OpenSSL that runs, such as `OpenSSL 3.0.19 27 Jan 2026`. Python: `ssl.OPENSSL_VERSION`. */
export const OPENSSL_VERSION: string = addon.opensslVersion;

/** The same as a number, `0xMNN00PP0`: OPENSSL_VERSION_NUMBER(3). Python: `ssl.OPENSSL_VERSION_NUMBER`. */
export const OPENSSL_VERSION_NUMBER: number = addon.opensslVersionNumber;

/** The number taken apart by the rules of OpenSSL 1: major, minor, fix, patch, status. Python: `ssl.OPENSSL_VERSION_INFO`. */
export const OPENSSL_VERSION_INFO: readonly [number, number, number, number, number] = Object.freeze([
  Math.floor(OPENSSL_VERSION_NUMBER / 2 ** 28) & 0xff,
  (OPENSSL_VERSION_NUMBER >>> 20) & 0xff,
  (OPENSSL_VERSION_NUMBER >>> 12) & 0xff,
  (OPENSSL_VERSION_NUMBER >>> 4) & 0xff,
  OPENSSL_VERSION_NUMBER & 0xf,
] as const);

/** Server name indication (RFC 6066). Python: `ssl.HAS_SNI`. */
export const HAS_SNI = true;
/** Elliptic curves. Python: `ssl.HAS_ECDH`. */
export const HAS_ECDH = true;
/** RFC 7301. Python: `ssl.HAS_ALPN`. */
export const HAS_ALPN = true;
/** Gone from OpenSSL. Python: `ssl.HAS_NPN`. */
export const HAS_NPN = false;
/** Whether `hostnameChecksCommonName` can be set. Python: `ssl.HAS_NEVER_CHECK_COMMON_NAME`. */
export const HAS_NEVER_CHECK_COMMON_NAME = true;
/** Python: `ssl.HAS_SSLv2`. */
export const HAS_SSLv2 = false;
/** Python: `ssl.HAS_SSLv3`. */
export const HAS_SSLv3 = false;
/** Compiled in; OpenSSL's security level may still forbid it. Python: `ssl.HAS_TLSv1`. */
export const HAS_TLSv1 = true;
/** Compiled in; OpenSSL's security level may still forbid it. Python: `ssl.HAS_TLSv1_1`. */
export const HAS_TLSv1_1 = true;
/** Python: `ssl.HAS_TLSv1_2`. */
export const HAS_TLSv1_2 = true;
/** Python: `ssl.HAS_TLSv1_3`. */
export const HAS_TLSv1_3 = true;
/** Pre-shared keys. Python ≥ 3.13: `ssl.HAS_PSK`. */
export const HAS_PSK = true;
/** Pre-shared keys of one's own in TLS 1.3. Python ≥ 3.15: `ssl.HAS_PSK_TLS13`. */
export const HAS_PSK_TLS13 = true;
/** Certificates after the handshake (RFC 8446 §4.6.2). Python ≥ 3.14: `ssl.HAS_PHA`. */
export const HAS_PHA = true;
