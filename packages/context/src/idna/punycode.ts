// Punycode, RFC 3492: code points as ASCII. What is ASCII already comes first, then a `-`, then a number for each other
// code point that tells both its value and its place.

// RFC 3492 §5.
const BASE = 36;
const LEAST_THRESHOLD = 1;
const GREATEST_THRESHOLD = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_CODE_POINT = 0x80;

/** Encodes without the `xn--` in front. Takes code points, so that a surrogate counts as one. */
export function encodePunycode(codePoints: readonly number[]): string {
  const basic = codePoints.filter((codePoint) => codePoint < INITIAL_CODE_POINT);
  let encoded = String.fromCodePoint(...basic);
  if (basic.length > 0) encoded += '-';

  let next = INITIAL_CODE_POINT;
  let delta = 0;
  let bias = INITIAL_BIAS;
  let done = basic.length;
  while (done < codePoints.length) {
    const least = codePoints.reduce(
      (found, codePoint) => (codePoint >= next ? Math.min(found, codePoint) : found),
      Infinity,
    );
    delta += (least - next) * (done + 1);
    next = least;
    for (const codePoint of codePoints) {
      if (codePoint < next) delta += 1;
      if (codePoint !== next) continue;
      encoded += encodeNumber(delta, bias);
      bias = adaptBias(delta, done + 1, done === basic.length);
      delta = 0;
      done += 1;
    }
    delta += 1;
    next += 1;
  }
  return encoded;
}

/** Decodes ASCII without the `xn--` in front; undefined where it is not Punycode. */
export function decodePunycode(encoded: string): number[] | undefined {
  const separator = encoded.lastIndexOf('-');
  const codePoints = Array.from(encoded.slice(0, Math.max(separator, 0)), (character) => character.charCodeAt(0));
  let next = INITIAL_CODE_POINT;
  let place = 0;
  let bias = INITIAL_BIAS;
  for (let at = separator + 1; at < encoded.length; ) {
    const before = place;
    let weight = 1;
    for (let step = BASE; ; step += BASE) {
      const digit = digitOf(encoded.charCodeAt(at)); // NaN, and so none, at the end
      at += 1;
      if (digit < 0) return undefined;
      place += digit * weight;
      // Far below 2^53, so that no product here is rounded.
      if (place > 0x10ffff * (encoded.length + 1)) return undefined;
      const threshold = thresholdAt(step, bias);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const length = codePoints.length + 1;
    bias = adaptBias(place - before, length, before === 0);
    next += Math.floor(place / length);
    place %= length;
    if (next > 0x10ffff) return undefined;
    codePoints.splice(place, 0, next);
    place += 1;
  }
  return codePoints;
}

/** A variable-length number, lowest digit first: RFC 3492 §3.3. */
function encodeNumber(number: number, bias: number): string {
  let encoded = '';
  let rest = number;
  for (let step = BASE; ; step += BASE) {
    const threshold = thresholdAt(step, bias);
    if (rest < threshold) return encoded + toDigit(rest);
    const digit = threshold + ((rest - threshold) % (BASE - threshold));
    encoded += toDigit(digit);
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

/** RFC 3492 §6.1. */
function adaptBias(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / length);
  let bias = 0;
  for (; rest > ((BASE - LEAST_THRESHOLD) * GREATEST_THRESHOLD) / 2; bias += BASE) {
    rest = Math.floor(rest / (BASE - LEAST_THRESHOLD));
  }
  return bias + Math.floor(((BASE - LEAST_THRESHOLD + 1) * rest) / (rest + SKEW));
}

function thresholdAt(step: number, bias: number): number {
  return Math.min(Math.max(step - bias, LEAST_THRESHOLD), GREATEST_THRESHOLD);
}

/** `a` to `z` are 0 to 25, `0` to `9` are 26 to 35. */
function toDigit(digit: number): string {
  return String.fromCharCode(digit < 26 ? digit + 0x61 : digit - 26 + 0x30);
}

/** The value of a digit of either case, or -1. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 : -1;
}
