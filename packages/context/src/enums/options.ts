/**
 * The bits of `SSLContext.options`, OpenSSL's `SSL_OP_*`. They are `bigint`, for OpenSSL 3 has 64 of them and the
 * operators of `number` are signed and stop at 32: `context.options |= OP_NO_TLSv1_2` simply works.
 *
 * Python: `ssl.Options`. Source: SSL_CTX_set_options(3).
 */
export const Options = Object.freeze({
  OP_ALL: 0x80000050n,
  OP_NO_SSLv2: 0n,
  OP_NO_SSLv3: 0x02000000n,
  OP_NO_TLSv1: 0x04000000n,
  OP_NO_TLSv1_1: 0x10000000n,
  OP_NO_TLSv1_2: 0x08000000n,
  OP_NO_TLSv1_3: 0x20000000n,
  OP_NO_RENEGOTIATION: 0x40000000n,
  OP_CIPHER_SERVER_PREFERENCE: 0x00400000n,
  OP_SINGLE_DH_USE: 0n,
  OP_SINGLE_ECDH_USE: 0n,
  OP_NO_COMPRESSION: 0x00020000n,
  OP_NO_TICKET: 0x00004000n,
  OP_ENABLE_MIDDLEBOX_COMPAT: 0x00100000n,
  OP_IGNORE_UNEXPECTED_EOF: 0x80n,
  OP_LEGACY_SERVER_CONNECT: 0x4n,
  OP_ENABLE_KTLS: 0x8n,
});

/** Workarounds for broken peers that cost no security. Python: `ssl.OP_ALL`. */
export const OP_ALL = Options.OP_ALL;
/** Does nothing: SSL 2 is gone. Python: `ssl.OP_NO_SSLv2`. @deprecated */
export const OP_NO_SSLv2 = Options.OP_NO_SSLv2;
/** Python: `ssl.OP_NO_SSLv3`. @deprecated Use `minimumVersion`. */
export const OP_NO_SSLv3 = Options.OP_NO_SSLv3;
/** Python: `ssl.OP_NO_TLSv1`. @deprecated Use `minimumVersion`. */
export const OP_NO_TLSv1 = Options.OP_NO_TLSv1;
/** Python: `ssl.OP_NO_TLSv1_1`. @deprecated Use `minimumVersion`. */
export const OP_NO_TLSv1_1 = Options.OP_NO_TLSv1_1;
/** Python: `ssl.OP_NO_TLSv1_2`. @deprecated Use `minimumVersion` and `maximumVersion`. */
export const OP_NO_TLSv1_2 = Options.OP_NO_TLSv1_2;
/** Python: `ssl.OP_NO_TLSv1_3`. @deprecated Use `maximumVersion`. */
export const OP_NO_TLSv1_3 = Options.OP_NO_TLSv1_3;
/** Refuses renegotiation in TLS 1.2 and below. Python: `ssl.OP_NO_RENEGOTIATION`. */
export const OP_NO_RENEGOTIATION = Options.OP_NO_RENEGOTIATION;
/** The server's order of suites decides. Python: `ssl.OP_CIPHER_SERVER_PREFERENCE`. */
export const OP_CIPHER_SERVER_PREFERENCE = Options.OP_CIPHER_SERVER_PREFERENCE;
/** Does nothing since OpenSSL 1.1: it is always so. Python: `ssl.OP_SINGLE_DH_USE`. */
export const OP_SINGLE_DH_USE = Options.OP_SINGLE_DH_USE;
/** Does nothing since OpenSSL 1.1: it is always so. Python: `ssl.OP_SINGLE_ECDH_USE`. */
export const OP_SINGLE_ECDH_USE = Options.OP_SINGLE_ECDH_USE;
/** No compression, which lets an attacker guess plaintext (CRIME). Python: `ssl.OP_NO_COMPRESSION`. */
export const OP_NO_COMPRESSION = Options.OP_NO_COMPRESSION;
/** No session tickets in TLS 1.2; stateful ones in TLS 1.3. Python: `ssl.OP_NO_TICKET`. */
export const OP_NO_TICKET = Options.OP_NO_TICKET;
/** Makes a TLS 1.3 handshake look like TLS 1.2: RFC 8446 appendix D.4. Python: `ssl.OP_ENABLE_MIDDLEBOX_COMPAT`. */
export const OP_ENABLE_MIDDLEBOX_COMPAT = Options.OP_ENABLE_MIDDLEBOX_COMPAT;
/** Takes an end without `close_notify` for a clean one. Python: `ssl.OP_IGNORE_UNEXPECTED_EOF`. */
export const OP_IGNORE_UNEXPECTED_EOF = Options.OP_IGNORE_UNEXPECTED_EOF;
/** Connects to servers without RFC 5746. Python: `ssl.OP_LEGACY_SERVER_CONNECT`. */
export const OP_LEGACY_SERVER_CONNECT = Options.OP_LEGACY_SERVER_CONNECT;
/** Lets the kernel encrypt where it can; without effect on transports in memory. Python: `ssl.OP_ENABLE_KTLS`. */
export const OP_ENABLE_KTLS = Options.OP_ENABLE_KTLS;
