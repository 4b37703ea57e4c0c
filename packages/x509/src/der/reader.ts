import { CertificateDecodeError, type CertificateDecodeErrorCode } from './decode-error.ts';
import { describeTag } from './tags.ts';

/** Options of everything that decodes. */
export interface DecodeOptions {
  /**
   * Whether only DER is taken: no indefinite or padded lengths, no strings in pieces, no BOOLEAN but FF and no trailing
   * bytes. Default: false, which takes what OpenSSL takes.
   */
  readonly strict?: boolean | undefined;
}

const CONSTRUCTED = 0x20;
const LARGEST_STRING_NESTING = 5; // as OpenSSL's ASN1_MAX_STRING_NEST
const LARGEST_TAG_NUMBER = 0x7fffffff; // as OpenSSL, which holds it in an int

/**
 * A position in a DER or BER encoding, and the structures that are open around it.
 *
 * `readHeader` moves to the contents of the next element, whose tag and range are then in the fields; `enter`, `more` and
 * `leave` walk a structure; `readString` and `readValue` take one whole element, as do the functions of values.ts, which also
 * check what is in it. Each length is checked against the end of what holds it, and nothing recurses but strings in pieces,
 * whose depth is bounded: input of any shape costs time and memory in proportion to its length. Nothing is copied, except
 * strings in pieces.
 *
 * The cursor never reads beyond `end`, so that it may also be set on a part of a larger array.
 */
export class DerCursor {
  readonly bytes: Uint8Array;
  /** Whether BER that is not DER is refused. */
  readonly strict: boolean;
  /** The next byte to read. */
  offset: number;
  /** The end of the innermost open structure; for one of indefinite length, that of the nearest around it with a length. */
  end: number;
  /** Tag of the last header: the identifier octet without the constructed bit, or class + 256 × number above number 30. */
  tag = 0;
  /** Whether the last header says that elements follow, not a value. */
  constructed = false;
  /** Whether the last header has an indefinite length. */
  indefinite = false;
  /** Where the last header starts. */
  headerStart = 0;
  /** Where the contents begin, in {@link content}. */
  contentStart = 0;
  /** Where the contents end, in {@link content}; after a header of indefinite length, the latest end they can have. */
  contentEnd = 0;
  /** What the contents are in: `bytes`, or the joined pieces of a string that came in pieces. */
  content: Uint8Array;
  /** How many bits of the last byte of the BIT STRING taken last are unused: 0 to 7. */
  unusedBits = 0;

  /** Whether the innermost open structure still awaits its end-of-contents. */
  #open = false;
  readonly #around: { end: number; open: boolean }[] = [];
  #depth = 0;

  constructor(bytes: Uint8Array, options: DecodeOptions & { start?: number; end?: number } = {}) {
    this.bytes = bytes;
    this.content = bytes;
    this.strict = options.strict ?? false;
    this.offset = options.start ?? 0;
    this.end = options.end ?? bytes.length;
  }

  /** Reads identifier and length, and leaves the cursor at the contents. @throws CertificateDecodeError */
  readHeader(): void {
    const { bytes, end } = this;
    const start = this.offset;
    let at = start;
    if (end - at < 2) this.fail('ERR_ASN1_TRUNCATED', 'Header of an element is cut off', start);
    const identifier = bytes[at++] as number;
    let tag = identifier & 0xdf;
    if ((identifier & 0x1f) === 0x1f) {
      let number = 0;
      let octet: number;
      do {
        octet = bytes[at++] as number;
        number = number * 128 + (octet & 0x7f);
        if (number > LARGEST_TAG_NUMBER) this.fail('ERR_ASN1_WRONG_TAG', 'Tag number is too large', start);
        if (at >= end) this.fail('ERR_ASN1_TRUNCATED', 'Tag is cut off', start);
      } while (octet & 0x80);
      if (this.strict && (number < 31 || bytes[start + 1] === 0x80)) {
        this.fail('ERR_ASN1_NOT_DER', 'Tag is not in its shortest form', start);
      }
      tag = (identifier & 0xc0) + (number > 30 ? number * 256 : number);
    }
    let length = bytes[at++] as number;
    this.indefinite = length === 0x80;
    if (length > 0x80) {
      at = this.#readLongLength(at, length & 0x7f);
      length = this.contentEnd;
    }
    this.tag = tag;
    this.constructed = (identifier & CONSTRUCTED) !== 0;
    this.headerStart = start;
    this.contentStart = at;
    this.content = bytes;
    if (this.indefinite) {
      if (!this.constructed) this.fail('ERR_ASN1_BAD_LENGTH', 'Value has an indefinite length', start);
      if (this.strict) this.fail('ERR_ASN1_NOT_DER', 'Indefinite length', start);
      this.contentEnd = end;
    } else {
      if (length > end - at) this.fail('ERR_ASN1_TRUNCATED', 'Element is longer than what holds it', start);
      this.contentEnd = at + length;
    }
    this.offset = at;
  }

  /** Puts the length into `contentEnd` and returns where it ends. */
  #readLongLength(start: number, octets: number): number {
    const { bytes } = this;
    // OpenSSL wants one more byte than the length has, so that a padded zero length cannot be the last thing.
    if (this.end - start < octets + 1) this.fail('ERR_ASN1_TRUNCATED', 'Length is cut off', start - 1);
    let at = start;
    const stop = start + octets;
    while (at < stop && bytes[at] === 0) at++;
    if (stop - at > 6) this.fail('ERR_ASN1_BAD_LENGTH', 'Length is too large', start - 1);
    let length = 0;
    if (this.strict && (at > start || (octets === 1 && (bytes[at] as number) < 0x80))) {
      this.fail('ERR_ASN1_NOT_DER', 'Length is not in its shortest form', start - 1);
    }
    while (at < stop) length = length * 256 + (bytes[at++] as number);
    this.contentEnd = length;
    return at;
  }

  /** The tag of the next element, or -1 at the end of the innermost open structure. The cursor does not move. */
  peekTag(): number {
    if (!this.more()) return -1;
    const at = this.offset;
    this.readHeader();
    this.offset = at;
    return this.tag;
  }

  /** Reads a header that must be of `tag`. @throws CertificateDecodeError */
  expect(tag: number): void {
    const start = this.offset;
    if (start === this.end) this.fail('ERR_ASN1_MISSING_FIELD', `Element ${describeTag(tag)} is missing`, start);
    this.readHeader();
    if (this.tag !== tag) {
      this.fail('ERR_ASN1_WRONG_TAG', `Expected ${describeTag(tag)}, found ${describeTag(this.tag)}`, start);
    }
  }

  /** Enters a structure such as a SEQUENCE. @throws CertificateDecodeError */
  enter(tag: number): void {
    this.expect(tag);
    if (!this.constructed) this.fail('ERR_ASN1_WRONG_TAG', 'Structure is encoded as a value', this.headerStart);
    this.#push();
  }

  /** Enters a SEQUENCE OF or SET OF; OpenSSL takes one that is not marked as constructed too. */
  enterRepeated(tag: number): void {
    this.expect(tag);
    if (this.strict && !this.constructed) {
      this.fail('ERR_ASN1_NOT_DER', 'Structure is encoded as a value', this.headerStart);
    }
    this.#push();
  }

  #push(): void {
    const depth = this.#depth++;
    const frame = this.#around[depth];
    if (frame === undefined) this.#around.push({ end: this.end, open: this.#open });
    else {
      frame.end = this.end;
      frame.open = this.#open;
    }
    this.end = this.contentEnd;
    this.#open = this.indefinite;
  }

  /** Whether the innermost open structure has another element. @throws CertificateDecodeError */
  more(): boolean {
    const { offset, end, bytes } = this;
    if (offset === end) {
      if (this.#open) this.fail('ERR_ASN1_END_OF_CONTENTS', 'End of an indefinite length is missing', offset);
      return false;
    }
    if (bytes[offset] !== 0 || end - offset < 2 || bytes[offset + 1] !== 0) return true;
    if (!this.#open)
      this.fail('ERR_ASN1_END_OF_CONTENTS', 'End of contents where no indefinite length is open', offset);
    this.offset += 2;
    this.end = this.offset;
    this.#open = false;
    return false;
  }

  /** Leaves the innermost open structure, which must have nothing left. @throws CertificateDecodeError */
  leave(): void {
    if (this.offset !== this.end || this.#open) {
      if (this.more()) this.fail('ERR_ASN1_EXTRA_DATA', 'Structure has an element too many', this.offset);
    }
    this.#depth--;
    const frame = this.#around[this.#depth];
    if (frame === undefined) throw new TypeError('leave() without enter()');
    this.end = frame.end;
    this.#open = frame.open;
  }

  /**
   * Moves behind the element whose header was read last, without looking inside more than it must to find its end.
   *
   * @throws CertificateDecodeError when an end-of-contents is missing
   */
  skipContents(): void {
    if (!this.indefinite) {
      this.offset = this.contentEnd;
      return;
    }
    const { bytes, end, headerStart, tag, contentStart } = this;
    for (let open = 1; open > 0; ) {
      const at = this.offset;
      if (end - at >= 2 && bytes[at] === 0 && bytes[at + 1] === 0) {
        this.offset += 2;
        open--;
        continue;
      }
      if (at === end) this.fail('ERR_ASN1_END_OF_CONTENTS', 'End of an indefinite length is missing', headerStart);
      this.readHeader();
      if (this.indefinite) open++;
      else this.offset = this.contentEnd;
    }
    this.headerStart = headerStart;
    this.tag = tag;
    this.constructed = true;
    this.contentStart = contentStart;
    this.contentEnd = this.offset - 2;
  }

  /** Skips one whole element of any kind; its range is then `headerStart` to `offset`. @throws CertificateDecodeError */
  skip(): void {
    this.readHeader();
    this.skipContents();
  }

  /**
   * Takes one string-like element of `tag`, in one piece or (not in strict mode) in several; its value is then
   * `content` from `contentStart` to `contentEnd`. @throws CertificateDecodeError
   */
  readString(tag: number): void {
    this.expect(tag);
    this.takeString();
  }

  /** As {@link readString} for an element whose header was read. @throws CertificateDecodeError */
  takeString(): void {
    if (this.constructed) this.#joinPieces();
    else this.offset = this.contentEnd;
  }

  #joinPieces(): void {
    const { headerStart, tag } = this;
    if (this.strict) this.fail('ERR_ASN1_NOT_DER', 'String in pieces', headerStart);
    const pieces: Uint8Array[] = [];
    const length = this.#collect(pieces, 0);
    const joined = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.headerStart = headerStart;
    this.tag = tag;
    this.content = joined;
    this.contentStart = 0;
    this.contentEnd = length;
  }

  #collect(pieces: Uint8Array[], depth: number): number {
    if (depth > LARGEST_STRING_NESTING) {
      this.fail('ERR_ASN1_NESTED_TOO_DEEP', 'Pieces of a string are nested too deep', this.headerStart);
    }
    this.#push();
    let length = 0;
    // Pieces may have any tag: OpenSSL looks at none of them.
    while (this.more()) {
      this.readHeader();
      if (this.constructed) length += this.#collect(pieces, depth + 1);
      else {
        pieces.push(this.bytes.subarray(this.contentStart, this.contentEnd));
        length += this.contentEnd - this.contentStart;
        this.offset = this.contentEnd;
      }
    }
    this.leave();
    return length;
  }

  /** Takes one element of `tag` that is never in pieces, such as an INTEGER. @throws CertificateDecodeError */
  readValue(tag: number): void {
    this.expect(tag);
    if (this.constructed) this.fail('ERR_ASN1_WRONG_TAG', 'Value is encoded as a structure', this.headerStart);
    this.offset = this.contentEnd;
  }

  /** The bytes of the element taken last: a view, not a copy. */
  contents(): Uint8Array {
    return this.content.subarray(this.contentStart, this.contentEnd);
  }

  /** Fails when anything follows and the mode is strict: OpenSSL reads the first element and ignores the rest. */
  finish(): void {
    if (this.strict && this.offset !== this.end) {
      this.fail('ERR_ASN1_NOT_DER', 'Bytes follow the last element', this.offset);
    }
  }

  /** @throws CertificateDecodeError always */
  fail(code: CertificateDecodeErrorCode, message: string, offset: number): never {
    throw new CertificateDecodeError(code, message, offset);
  }
}
