/** Whether the peer has to show a certificate. Python: `ssl.VerifyMode`. */
export enum VerifyMode {
  /** None is asked for; on a client, whatever the server sends is accepted. */
  CERT_NONE = 0,
  /** A server asks and verifies what is sent; on a client the same as required. */
  CERT_OPTIONAL = 1,
  /** The handshake fails without a certificate that can be verified. */
  CERT_REQUIRED = 2,
}

/** Python: `ssl.CERT_NONE`. */
export const CERT_NONE = VerifyMode.CERT_NONE;
/** Python: `ssl.CERT_OPTIONAL`. */
export const CERT_OPTIONAL = VerifyMode.CERT_OPTIONAL;
/** Python: `ssl.CERT_REQUIRED`. */
export const CERT_REQUIRED = VerifyMode.CERT_REQUIRED;
