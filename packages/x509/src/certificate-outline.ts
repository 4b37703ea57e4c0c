import { DerCursor } from './der/reader.ts';
import { BOOLEAN, contextTag, OCTET_STRING, SEQUENCE } from './der/tags.ts';
import { type EncodedTime, readTime } from './der/time.ts';
import { readAny, readBitString, readBoolean, readInteger, readOid } from './der/values.ts';

/** A part of an encoding, from its first byte up to the one behind its last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the parts of a certificate stand. RFC 5280 §4.1. */
export interface CertificateOutline {
  readonly bytes: Uint8Array;
  readonly strict: boolean;
  /** The whole certificate, without what may follow it. */
  readonly whole: Range;
  /** What the signature covers. */
  readonly signed: Range;
  /** The contents of the version, or null for the default. */
  readonly version: Range | null;
  /** The contents of the serial number. */
  readonly serial: Range;
  readonly issuer: Range;
  readonly notBefore: EncodedTime;
  readonly notAfter: EncodedTime;
  readonly subject: Range;
  readonly publicKey: Range;
  /** The SEQUENCE of extensions, or null. */
  readonly extensions: Range | null;
  readonly signatureAlgorithm: Range;
  /** The bytes of the signature. */
  readonly signature: Uint8Array;
}

/**
 * Reads the frame of a certificate: everything but the names and the extensions, of which it finds only where they are.
 *
 * @throws CertificateDecodeError
 */
export function outlineCertificate(bytes: Uint8Array, strict: boolean): CertificateOutline {
  const cursor = new DerCursor(bytes, { strict });
  cursor.enter(SEQUENCE);
  const signedStart = cursor.offset;
  cursor.enter(SEQUENCE);
  const version = cursor.peekTag() === contextTag(0) ? readVersion(cursor) : null;
  readInteger(cursor);
  const serial = { start: cursor.contentStart, end: cursor.contentEnd };
  readAlgorithm(cursor);
  const issuer = skipSequence(cursor);
  cursor.enter(SEQUENCE);
  const notBefore = readTime(cursor);
  const notAfter = readTime(cursor);
  cursor.leave();
  const subject = skipSequence(cursor);
  const publicKey = readPublicKey(cursor);
  if (cursor.peekTag() === contextTag(1)) readBitString(cursor, contextTag(1));
  if (cursor.peekTag() === contextTag(2)) readBitString(cursor, contextTag(2));
  let extensions: Range | null = null;
  if (cursor.peekTag() === contextTag(3)) {
    cursor.enter(contextTag(3));
    extensions = skipSequence(cursor);
    cursor.leave();
  }
  cursor.leave();
  const signed = { start: signedStart, end: cursor.offset };
  const signatureAlgorithm = readAlgorithm(cursor);
  readBitString(cursor);
  const signature = cursor.contents();
  cursor.leave();
  const whole = { start: 0, end: cursor.offset };
  cursor.finish();
  return {
    bytes,
    strict,
    whole,
    signed,
    version,
    serial,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    extensions,
    signatureAlgorithm,
    signature,
  };
}

function readVersion(cursor: DerCursor): Range {
  cursor.enter(contextTag(0));
  readInteger(cursor);
  const range = { start: cursor.contentStart, end: cursor.contentEnd };
  cursor.leave();
  return range;
}

/** Takes an AlgorithmIdentifier and returns where it stands. @throws CertificateDecodeError */
export function readAlgorithm(cursor: DerCursor): Range {
  const start = cursor.offset;
  cursor.enter(SEQUENCE);
  readOid(cursor);
  if (cursor.more()) readAny(cursor);
  cursor.leave();
  return { start, end: cursor.offset };
}

function readPublicKey(cursor: DerCursor): Range {
  const start = cursor.offset;
  cursor.enter(SEQUENCE);
  readAlgorithm(cursor);
  readBitString(cursor);
  cursor.leave();
  return { start, end: cursor.offset };
}

function skipSequence(cursor: DerCursor): Range {
  const start = cursor.offset;
  cursor.expect(SEQUENCE);
  cursor.skipContents();
  return { start, end: cursor.offset };
}

/**
 * A cursor at one part of a certificate. Its end is that of the signed part, not of the one to read, since whether the
 * form of a length is accepted depends on what follows.
 */
export function partCursor({ bytes, strict, signed }: CertificateOutline, start: number): DerCursor {
  return new DerCursor(bytes, { strict, start, end: signed.end });
}

/** Moves to the next extension's parts, which are then in the fields; one object serves for all of a certificate. */
export class ExtensionWalk {
  readonly #cursor: DerCursor;
  /** The whole extension. */
  start = 0;
  end = 0;
  oidStart = 0;
  oidEnd = 0;
  critical = false;
  /** Holds the value: the certificate, or a copy of a value that came in pieces. */
  valueBytes: Uint8Array;
  valueStart = 0;
  valueEnd = 0;

  constructor(outline: CertificateOutline, extensions: Range) {
    this.#cursor = partCursor(outline, extensions.start);
    this.valueBytes = outline.bytes;
    this.#cursor.enterRepeated(SEQUENCE);
  }

  /** @returns whether there was another. @throws CertificateDecodeError */
  next(): boolean {
    const cursor = this.#cursor;
    if (!cursor.more()) return false;
    this.start = cursor.offset;
    cursor.enter(SEQUENCE);
    readOid(cursor);
    this.oidStart = cursor.contentStart;
    this.oidEnd = cursor.contentEnd;
    this.critical = false;
    if (cursor.peekTag() === BOOLEAN) {
      this.critical = readBoolean(cursor);
      // X.690 §11.5: the encoding of a set value or sequence value shall not include … a default value.
      if (cursor.strict && !this.critical) {
        cursor.fail('ERR_ASN1_NOT_DER', 'Default value is encoded', cursor.headerStart);
      }
    }
    cursor.readString(OCTET_STRING);
    this.valueBytes = cursor.content;
    this.valueStart = cursor.contentStart;
    this.valueEnd = cursor.contentEnd;
    cursor.leave();
    this.end = cursor.offset;
    return true;
  }
}
