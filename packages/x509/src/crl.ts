import type { Bytes } from '@sslkit/errors';
import { readAlgorithm } from './certificate-outline.ts';
import { type RawExtension, type RevokedCertificate, readExtensions, readRevokedCertificate } from './crl-entry.ts';
import { SerialIndex, type SerialNumber, serialContents } from './crl-index.ts';
import { type DecodeOptions, DerCursor } from './der/reader.ts';
import { contextTag, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME } from './der/tags.ts';
import { type EncodedTime, readTime, timeToDate } from './der/time.ts';
import { readBitString, readInteger, readOid, readSmallInteger } from './der/values.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import { type AuthorityKeyIdentifier, readAuthorityKeyIdentifier } from './extension-values.ts';
import { decodeOid } from './oid.ts';
import { allNames } from './oid-names.ts';
import { viewPlainBytes } from './plain-bytes.ts';

/**
 * Decodes a certificate revocation list: RFC 5280 §5.
 *
 * The frame of every entry is checked here; what an entry says is read when it is asked for. A list of 100,000 entries
 * takes some tens of milliseconds and 12 bytes of memory an entry beside the list itself, which is not copied: do not
 * change the bytes afterwards. The signature is not verified.
 *
 * @throws CertificateDecodeError where the list is malformed.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where `der` is not bytes.
 */
export function decodeCrl(der: Bytes, options: DecodeOptions = {}): CertificateRevocationList {
  return new CertificateRevocationList(outlineCrl(viewPlainBytes('der', der), options.strict ?? false));
}

/** A certificate revocation list; {@link decodeCrl} makes it. */
export class CertificateRevocationList {
  readonly #outline: CrlOutline;

  /** Use {@link decodeCrl}. @internal */
  constructor(outline: CrlOutline) {
    this.#outline = outline;
  }

  /** Who issued the list. */
  get issuer(): DistinguishedName {
    return this.#outline.issuer;
  }

  /** 2 for nearly every list, 1 for one without extensions. */
  get version(): number {
    return this.#outline.version;
  }

  /** When the list was made; null for a malformed time. */
  get thisUpdate(): Date | null {
    return timeToDate(this.#outline.thisUpdate);
  }

  /** By when the next list will be made; null where the list does not say, or for a malformed time. */
  get nextUpdate(): Date | null {
    const { nextUpdate } = this.#outline;
    return nextUpdate === null ? null : timeToDate(nextUpdate);
  }

  /** The number of the list, which grows from list to list; null where it has none. @throws CertificateDecodeError */
  get crlNumber(): bigint | null {
    return this.#integerExtension('2.5.29.20');
  }

  /** The number of the list that this delta list adds to; null for a complete list. @throws CertificateDecodeError */
  get baseCrlNumber(): bigint | null {
    return this.#integerExtension('2.5.29.27');
  }

  /** Which key of the issuer signed the list; null where the list does not say. @throws CertificateDecodeError */
  get authorityKeyIdentifier(): AuthorityKeyIdentifier | null {
    const value = this.#extension('2.5.29.35');
    if (value === null) return null;
    return readAuthorityKeyIdentifier(new DerCursor(value, { strict: this.#outline.strict }), allNames);
  }

  /** The dotted identifier of the signature algorithm. */
  get signatureAlgorithm(): string {
    const cursor = new DerCursor(this.#outline.signatureAlgorithm);
    cursor.enter(SEQUENCE);
    readOid(cursor);
    return decodeOid(cursor.bytes, cursor.contentStart, cursor.contentEnd);
  }

  /** The bytes of the signature. */
  get signature(): Uint8Array {
    return this.#outline.signature;
  }

  /** What the signature covers, DER. */
  get signed(): Uint8Array {
    return this.#outline.signed;
  }

  /** The extensions of the list, in order. */
  get extensions(): readonly RawExtension[] {
    return this.#outline.extensions;
  }

  /** How many entries the list has. */
  get size(): number {
    return this.#outline.entries?.size ?? 0;
  }

  /** The entries in order, each decoded when it is reached. @throws CertificateDecodeError for a malformed extension of one */
  *entries(): Generator<RevokedCertificate, void, undefined> {
    const { entries } = this.#outline;
    if (entries === null) return;
    for (let entry = 0; entry < entries.size; entry++) yield this.#read(entries.startOf(entry));
  }

  /** The entries in order. */
  [Symbol.iterator](): Generator<RevokedCertificate, void, undefined> {
    return this.entries();
  }

  /**
   * Finds the entry of a serial number, the first where it is listed twice; undefined where it is not listed.
   *
   * @param serial - `serialNumber` of a certificate's dictionary, or the number.
   * @throws CertificateDecodeError for a malformed extension of the entry.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` for text that is not hexadecimal.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything else.
   */
  find(serial: SerialNumber): RevokedCertificate | undefined {
    const contents = serialContents(serial);
    const { entries } = this.#outline;
    const entry = entries?.find(contents, (start) => this.#serialAt(start)) ?? -1;
    return entries === null || entry < 0 ? undefined : this.#read(entries.startOf(entry));
  }

  /**
   * Whether the list revokes a serial number of its issuer. An entry that a delta list has for `removeFromCRL` does not.
   *
   * Neither the issuer, nor the dates, nor the signature of the list are checked; in an indirect list an entry may be for
   * another issuer's certificate: {@link find} gives it.
   *
   * @throws what {@link find} throws.
   */
  isRevoked(serial: SerialNumber): boolean {
    const entry = this.find(serial);
    return entry !== undefined && entry.reason !== 'removeFromCRL';
  }

  #cursorAt(start: number): DerCursor {
    return new DerCursor(this.#outline.bytes, { start, strict: this.#outline.strict });
  }

  #read(start: number): RevokedCertificate {
    return readRevokedCertificate(this.#cursorAt(start), allNames);
  }

  #serialAt(start: number): Uint8Array {
    const cursor = this.#cursorAt(start);
    cursor.enter(SEQUENCE);
    readInteger(cursor);
    return cursor.contents();
  }

  #extension(oid: string): Uint8Array | null {
    return this.#outline.extensions.find((extension) => extension.oid === oid)?.value ?? null;
  }

  #integerExtension(oid: string): bigint | null {
    const value = this.#extension(oid);
    if (value === null) return null;
    const cursor = new DerCursor(value, { strict: this.#outline.strict });
    readInteger(cursor);
    const contents = cursor.contents();
    // "CRL numbers … MUST NOT use … values longer than 20 octets": RFC 5280 §5.2.3. BigInt of more is slow.
    if (contents.length > 20) cursor.fail('ERR_ASN1_BAD_VALUE', 'Number is longer than 20 bytes', cursor.headerStart);
    let number = BigInt(((contents[0] ?? 0) << 24) >> 24);
    for (const octet of contents.subarray(1)) number = number * 256n + BigInt(octet);
    return number;
  }
}

/** The parts of a list. */
interface CrlOutline {
  readonly bytes: Uint8Array;
  readonly strict: boolean;
  readonly signed: Uint8Array;
  readonly version: number;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: EncodedTime;
  readonly nextUpdate: EncodedTime | null;
  readonly entries: SerialIndex | null;
  readonly extensions: readonly RawExtension[];
  /** DER. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

function outlineCrl(bytes: Uint8Array, strict: boolean): CrlOutline {
  const cursor = new DerCursor(bytes, { strict });
  cursor.enter(SEQUENCE);
  const signedStart = cursor.offset;
  cursor.enter(SEQUENCE);
  const version = cursor.peekTag() === INTEGER ? readSmallInteger(cursor) + 1 : 1;
  readAlgorithm(cursor);
  const issuer = readPrintableName(cursor, allNames);
  const thisUpdate = readTime(cursor);
  const next = cursor.peekTag();
  const nextUpdate = next === UTC_TIME || next === GENERALIZED_TIME ? readTime(cursor) : null;
  const entries = cursor.peekTag() === SEQUENCE ? new SerialIndex(cursor) : null;
  let extensions: RawExtension[] = [];
  if (cursor.more()) {
    cursor.enter(contextTag(0));
    extensions = readExtensions(cursor);
    cursor.leave();
  }
  cursor.leave();
  const signed = bytes.subarray(signedStart, cursor.offset);
  const { start, end } = readAlgorithm(cursor);
  readBitString(cursor);
  const signature = cursor.contents();
  cursor.leave();
  cursor.finish();
  const signatureAlgorithm = bytes.subarray(start, end);
  return {
    bytes,
    strict,
    signed,
    version,
    issuer,
    thisUpdate,
    nextUpdate,
    entries,
    extensions,
    signatureAlgorithm,
    signature,
  };
}
