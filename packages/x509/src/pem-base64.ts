import { invalidArgumentValue } from '@sslkit/errors';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const alphabetCodes = /* @__PURE__ */ Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const foreign = 0xff;
const sextets = /* @__PURE__ */ invertAlphabet();

const padding = 0x3d; // '='

function invertAlphabet(): Uint8Array {
  const inverted = new Uint8Array(256).fill(foreign);
  for (let index = 0; index < 64; index++) inverted[alphabet.charCodeAt(index)] = index;
  return inverted;
}

function sextetOf(code: number): number {
  return code < 256 ? (sextets[code] ?? foreign) : foreign;
}

/**
 * Encodes bytes as base64 lines of at most 64 characters, each ended by a newline; no bytes give an empty string.
 *
 * 64 is the line length of RFC 7468 §2 and of every writer of PEM.
 */
export function encodeBase64Lines(bytes: Uint8Array): string {
  const characters = Math.ceil(bytes.length / 3) * 4;
  const text = new Uint8Array(characters + Math.ceil(characters / 64));
  let at = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const triple =
      ((bytes[index] ?? 0) << 16) |
      ((left > 1 ? (bytes[index + 1] ?? 0) : 0) << 8) |
      (left > 2 ? (bytes[index + 2] ?? 0) : 0);
    text[at++] = alphabetCodes[triple >> 18] ?? 0;
    text[at++] = alphabetCodes[(triple >> 12) & 63] ?? 0;
    text[at++] = left > 1 ? (alphabetCodes[(triple >> 6) & 63] ?? 0) : padding;
    text[at++] = left > 2 ? (alphabetCodes[triple & 63] ?? 0) : padding;
    // 48 bytes make a full line of 64 characters.
    if (index % 48 === 45 || left <= 3) text[at++] = 0x0a;
  }
  return new TextDecoder().decode(text);
}

/**
 * Decodes base64 as leniently as Python's `binascii.a2b_base64`: characters outside the alphabet are skipped, a complete
 * padding ends the data, and what follows it is not looked at.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where the last group is short and not padded (`binascii.Error`).
 */
export function decodeBase64Leniently(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4) + 3);
  let length = 0;
  let group = 0;
  let inGroup = 0;
  let pads = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === padding) {
      if (inGroup < 2) continue;
      pads++;
      if (inGroup + pads >= 4) return bytes.slice(0, length);
      continue;
    }
    const sextet = sextetOf(code);
    if (sextet === foreign) continue;
    pads = 0;
    if (inGroup > 0) bytes[length++] = ((group << 6) | sextet) >> (6 - 2 * inGroup);
    group = sextet;
    inGroup = (inGroup + 1) % 4;
  }
  if (inGroup === 1) {
    throw invalidArgumentValue(
      `Invalid base64-encoded string: number of data characters (${(length / 3) * 4 + 1}) cannot be 1 more than a multiple of 4`,
    );
  }
  if (inGroup > 1) throw invalidArgumentValue('Incorrect padding');
  return bytes.slice(0, length);
}

/** Why {@link decodeBase64Strictly} refuses a text, and at which character of it. */
export interface Base64Fault {
  readonly code: 'bad-character' | 'misplaced-padding' | 'missing-padding';
  readonly at: number;
}

/**
 * Decodes base64 as OpenSSL's PEM reader does: blanks and line ends are skipped; anything else outside the alphabet,
 * padding before the end, and a short last group are faults.
 *
 * As in OpenSSL, a `-` ends the data, and the unused low bits of the last group are not looked at.
 */
export function decodeBase64Strictly(text: string): Uint8Array | Base64Fault {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4) + 3);
  let length = 0;
  let group = 0;
  let inGroup = 0;
  let pads = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) continue;
    if (code === 0x2d) break;
    if (code === padding) {
      if (inGroup < 2 && pads === 0) return { code: 'misplaced-padding', at: index };
      pads++;
      inGroup++;
      if (inGroup > 4) return { code: 'misplaced-padding', at: index };
      continue;
    }
    const sextet = sextetOf(code);
    if (sextet === foreign) return { code: 'bad-character', at: index };
    if (pads > 0) return { code: 'misplaced-padding', at: index };
    if (inGroup === 4) inGroup = 0;
    if (inGroup > 0) bytes[length++] = ((group << 6) | sextet) >> (6 - 2 * inGroup);
    group = sextet;
    inGroup++;
  }
  if (inGroup !== 0 && inGroup !== 4) return { code: 'missing-padding', at: text.length };
  return bytes.slice(0, length);
}
