import {
  BMP_STRING,
  IA5_STRING,
  NUMERIC_STRING,
  PRINTABLE_STRING,
  T61_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
} from './tags.ts';

// A byte order mark is a character like any other, as it is for OpenSSL.
const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** From this length on, `TextDecoder` is faster than putting the string together. */
const LONG = 48;

/** Decodes strict UTF-8: undefined where it is overlong, a surrogate, above U+10FFFF or cut off. NUL is kept. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < LONG) {
    let at = start;
    while (at < end && (bytes[at] as number) < 0x80) at++;
    if (at === end) return decodeLatin1(bytes, start, end);
  }
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Decodes bytes as ISO 8859-1, each byte one character. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  // Eight at a time: the short strings of names are most of the work of decoding a certificate.
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
      bytes[at + 4] as number,
      bytes[at + 5] as number,
      bytes[at + 6] as number,
      bytes[at + 7] as number,
    );
  }
  for (; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/**
 * Decodes the contents of a character string type, as OpenSSL's `ASN1_STRING_to_UTF8(3)` does: `PrintableString`,
 * `IA5String`, `T61String` and `NumericString` are ISO 8859-1 and no character is checked; `BMPString` has no surrogates.
 *
 * @returns undefined where the bytes are not of the type's encoding; null where the type is no text OpenSSL decodes.
 */
export function decodeString(tag: number, bytes: Uint8Array, start: number, end: number): string | undefined | null {
  switch (tag) {
    case UTF8_STRING:
      return decodeUtf8(bytes, start, end);
    case PRINTABLE_STRING:
    case IA5_STRING:
    case T61_STRING:
    case NUMERIC_STRING:
      return decodeLatin1(bytes, start, end);
    case BMP_STRING:
      return decodeCodePoints(bytes, start, end, 2);
    case UNIVERSAL_STRING:
      return decodeCodePoints(bytes, start, end, 4);
    default:
      return null;
  }
}

function decodeCodePoints(bytes: Uint8Array, start: number, end: number, width: 2 | 4): string | undefined {
  if ((end - start) % width !== 0) return undefined;
  let text = '';
  for (let at = start; at < end; ) {
    let codePoint = 0;
    for (const stop = at + width; at < stop; at++) codePoint = codePoint * 256 + (bytes[at] as number);
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000)) return undefined;
    text += String.fromCodePoint(codePoint);
  }
  return text;
}
