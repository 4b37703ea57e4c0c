/**
 * Bounds for `minimumVersion` and `maximumVersion`. The positive members are the numbers on the wire (RFC 8446 §4.1.2).
 *
 * Python: `ssl.TLSVersion`.
 */
export enum TLSVersion {
  /** Not a version: the lowest that OpenSSL and the options allow. */
  MINIMUM_SUPPORTED = -2,
  SSLv3 = 768,
  TLSv1 = 769,
  TLSv1_1 = 770,
  TLSv1_2 = 771,
  TLSv1_3 = 772,
  /** Not a version: the highest that OpenSSL and the options allow. */
  MAXIMUM_SUPPORTED = -1,
}
