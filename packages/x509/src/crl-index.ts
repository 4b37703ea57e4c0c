import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import type { DerCursor } from './der/reader.ts';
import { SEQUENCE } from './der/tags.ts';
import { readTime } from './der/time.ts';
import { readInteger } from './der/values.ts';
import { negate } from './serial-number.ts';

/** A serial number to look for: hexadecimal as in the dictionary of a certificate, or the number itself. */
export type SerialNumber = string | bigint | number;

/**
 * Where each entry of a CRL stands, and a way to find one by its serial number without looking at the others.
 *
 * A key is the hash of a serial number above the position of its entry, in one array of numbers that the engine sorts
 * without a comparison of ours; with the position of each entry in the bytes, that is 12 bytes an entry. Serial numbers that were made to collide cost a walk over their
 * equals, never more than reading the list once, whereas a hash table would cost its square to build.
 */
export class SerialIndex {
  readonly #bytes: Uint8Array;
  /** Where each entry begins. */
  readonly #entries: Float64Array | Uint32Array;
  readonly #keys: Float64Array;

  /** Reads the frame of every entry of the SEQUENCE at the cursor. @throws CertificateDecodeError */
  constructor(cursor: DerCursor) {
    this.#bytes = cursor.bytes;
    const starts: number[] = [];
    const hashes: number[] = [];
    cursor.enterRepeated(SEQUENCE);
    while (cursor.more()) {
      starts.push(cursor.offset);
      cursor.enter(SEQUENCE);
      readInteger(cursor);
      hashes.push(hashBytes(cursor.bytes, cursor.contentStart, cursor.contentEnd));
      readTime(cursor);
      if (cursor.more()) {
        cursor.expect(SEQUENCE);
        cursor.skipContents();
      }
      cursor.leave();
    }
    cursor.leave();
    if (starts.length > positions) cursor.fail('ERR_X509_UNSUPPORTED', 'List has too many entries', cursor.headerStart);
    this.#entries = cursor.bytes.length > 0xffffffff ? Float64Array.from(starts) : Uint32Array.from(starts);
    this.#keys = Float64Array.from(hashes, (hash, entry) => hash * positions + entry).sort();
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Where an entry begins. */
  startOf(entry: number): number {
    return this.#entries[entry] ?? 0;
  }

  /** The position of the first entry with this serial number, or -1. `readSerial` gives that of the entry at a byte. */
  find(serial: Uint8Array, readSerial: (start: number) => Uint8Array): number {
    const hash = hashBytes(serial, 0, serial.length);
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0) < hash * positions) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#keys.length; at++) {
      const key = this.#keys[at] ?? 0;
      if (Math.floor(key / positions) !== hash) return -1;
      const entry = key % positions;
      const found = readSerial(this.startOf(entry));
      if (found.length === serial.length && found.every((octet, index) => octet === serial[index])) return entry;
    }
    return -1;
  }

  /** The bytes that the entries stand in. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }
}

const positions = 0x2000000; // 2^25 entries; the hash has 28 bits, so that a key is an integer below 2^53

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  // The low bits of this hash (FNV-1a) depend on the low bits of the input alone.
  return (hash ^ (hash >>> 15)) >>> 4;
}

/**
 * Turns a serial number into the contents of its INTEGER.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`
 * @throws RangeError `ERR_INVALID_ARG_VALUE` where text is no hexadecimal, or a number is no safe integer.
 */
export function serialContents(serial: SerialNumber): Uint8Array {
  if (typeof serial === 'bigint')
    return serialContents(`${serial < 0n ? '-' : ''}${(serial < 0n ? -serial : serial).toString(16)}`);
  if (typeof serial === 'number') {
    if (!Number.isSafeInteger(serial))
      throw invalidArgumentValue('serial must be a safe integer, a bigint or a string');
    return serialContents(BigInt(serial));
  }
  if (typeof serial !== 'string')
    throw invalidArgumentType('serial', 'a hexadecimal string, a bigint or a number', serial);
  if (!/^-?[0-9a-f]+$/i.test(serial)) throw invalidArgumentValue('serial must be hexadecimal digits');
  const negative = serial.startsWith('-');
  let digits = serial.slice(negative ? 1 : 0).replace(/^0+/, '');
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (digits === '' || Number.parseInt(digits.slice(0, 2), 16) > 0x7f) digits = `00${digits}`;
  const contents = Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
  return negative && contents.some((octet) => octet !== 0) ? shorten(negate(contents)) : contents;
}

/** Takes off what sign extension is too much: the negative of 00 80 is 80, not FF 80. */
function shorten(contents: Uint8Array): Uint8Array {
  let start = 0;
  while (start < contents.length - 1 && contents[start] === 0xff && (contents[start + 1] ?? 0) > 0x7f) start++;
  return contents.subarray(start);
}
