/** Python: `ssl._SSLMethod`. The members are module constants too. */
export enum SSLMethod {
  /** Gone from OpenSSL; `new SSLContext` refuses it. */
  PROTOCOL_SSLv2 = 0,
  /** Gone from Node's OpenSSL; `new SSLContext` refuses it. */
  PROTOCOL_SSLv3 = 1,
  PROTOCOL_TLS = 2,
  PROTOCOL_SSLv23 = 2,
  PROTOCOL_TLSv1 = 3,
  PROTOCOL_TLSv1_1 = 4,
  PROTOCOL_TLSv1_2 = 5,
  PROTOCOL_TLS_CLIENT = 16,
  PROTOCOL_TLS_SERVER = 17,
}

/** Both roles, any version; verifies nothing by default. Python: `ssl.PROTOCOL_TLS`. @deprecated Use the role. */
export const PROTOCOL_TLS = SSLMethod.PROTOCOL_TLS;
/** The older name of {@link PROTOCOL_TLS}. Python: `ssl.PROTOCOL_SSLv23`. @deprecated Use the role. */
export const PROTOCOL_SSLv23 = SSLMethod.PROTOCOL_TLS;
/** Clients: certificates and host names are verified by default. Python: `ssl.PROTOCOL_TLS_CLIENT`. */
export const PROTOCOL_TLS_CLIENT = SSLMethod.PROTOCOL_TLS_CLIENT;
/** Servers. Python: `ssl.PROTOCOL_TLS_SERVER`. */
export const PROTOCOL_TLS_SERVER = SSLMethod.PROTOCOL_TLS_SERVER;
/** TLS 1.0 alone, either role. Python: `ssl.PROTOCOL_TLSv1`. @deprecated Insecure; use the role and `minimumVersion`. */
export const PROTOCOL_TLSv1 = SSLMethod.PROTOCOL_TLSv1;
/** TLS 1.1 alone, either role. Python: `ssl.PROTOCOL_TLSv1_1`. @deprecated Insecure; use the role and `minimumVersion`. */
export const PROTOCOL_TLSv1_1 = SSLMethod.PROTOCOL_TLSv1_1;
/** TLS 1.2 alone, either role. Python: `ssl.PROTOCOL_TLSv1_2`. @deprecated Use the role and `maximumVersion`. */
export const PROTOCOL_TLSv1_2 = SSLMethod.PROTOCOL_TLSv1_2;
/** Python: `ssl.PROTOCOL_SSLv2`. @deprecated Gone from OpenSSL; a context of it cannot be made. */
export const PROTOCOL_SSLv2 = SSLMethod.PROTOCOL_SSLv2;
/** Python: `ssl.PROTOCOL_SSLv3`. @deprecated Gone from Node's OpenSSL; a context of it cannot be made. */
export const PROTOCOL_SSLv3 = SSLMethod.PROTOCOL_SSLv3;

/** The name of a protocol constant, such as `PROTOCOL_TLS`, or `<unknown>`. Python: `ssl.get_protocol_name`. */
export function getProtocolName(protocol: number): string {
  // The reverse mapping gives the alias, which was declared last.
  if (protocol === SSLMethod.PROTOCOL_TLS) return 'PROTOCOL_TLS';
  return SSLMethod[protocol] ?? '<unknown>';
}
