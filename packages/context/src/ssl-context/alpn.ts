import { invalidArgumentType, invalidArgumentValue, SSLError } from '@sslkit/errors';

/**
 * Turns protocol names into the form on the wire: a length byte before each. RFC 7301 §3.1.
 *
 * @throws SSLError `ERR_SSL_ALPN_LENGTH` - a name is empty or longer than 255 bytes.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - a name is not ASCII.
 */
export function encodeAlpn(protocols: readonly string[]): Uint8Array {
  // Python iterates a bare string by character; a mistake that hides here for long.
  if (!Array.isArray(protocols)) throw invalidArgumentType('protocols', 'an array of strings', protocols);
  return Buffer.concat(
    protocols.map((protocol: unknown) => {
      if (typeof protocol !== 'string') throw invalidArgumentType('Each ALPN protocol', 'a string', protocol);
      const name = Buffer.from(protocol, 'utf8');
      if (name.length !== protocol.length) throw invalidArgumentValue(`ALPN protocol '${protocol}' is not ASCII`);
      // RFC 7301 §3.1: "Empty strings MUST NOT be included and byte strings MUST NOT be truncated."
      if (name.length === 0 || name.length > 255) {
        throw new SSLError('ALPN protocols must be 1 to 255 in length', { code: 'ERR_SSL_ALPN_LENGTH' });
      }
      return Buffer.concat([Buffer.of(name.length), name]);
    }),
  );
}

/** Turns the form on the wire back into names; what is cut short at the end is left out. */
export function decodeAlpn(wire: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < wire.length; ) {
    const length = wire[at] ?? 0;
    if (at + 1 + length > wire.length) break;
    names.push(Buffer.from(wire.subarray(at + 1, at + 1 + length)).toString('latin1'));
    at += 1 + length;
  }
  return names;
}
