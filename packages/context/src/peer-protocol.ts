/** How protocols that are not TLS start, where the peer speaks first or answers a ClientHello in its own way. */
const OPENINGS: readonly [protocol: string, pattern: RegExp][] = [
  ['HTTP', /^(HTTP\/|GET |POST |HEAD |PUT |DELE|OPTIO|PATCH|CONNE|TRACE|<html|<!DOC)/i],
  ['SSH', /^SSH-/],
  ['IMAP', /^\* (OK|BY|PR)/],
  ['POP3', /^\+OK|^-ERR/],
  // SMTP and FTP greet alike: three digits, then a blank or a hyphen.
  ['SMTP or FTP', /^[1-5][0-9]{2}[ -]/],
  ['RTSP', /^RTSP/],
];

/** RFC 8446 §5.1: change_cipher_spec, alert, handshake, application_data, and heartbeat of RFC 6520. */
const FIRST_RECORD_TYPE = 20;
const LAST_RECORD_TYPE = 24;
const MAJOR_VERSION = 3;

/**
 * Names what a peer speaks in place of TLS, by the first bytes it sent; null where they could be TLS, or where there
 * are none.
 */
export function recognizeProtocol(firstBytes: Uint8Array): string | null {
  if (firstBytes.length < 3) return null;
  const [type = 0, major = 0] = firstBytes;
  if (type >= FIRST_RECORD_TYPE && type <= LAST_RECORD_TYPE && major === MAJOR_VERSION) return null;
  const text = Buffer.from(firstBytes).toString('latin1');
  const known = OPENINGS.find(([, pattern]) => pattern.test(text));
  return known?.[0] ?? 'another protocol';
}
