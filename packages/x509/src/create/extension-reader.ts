import type { DerCursor } from '../der/reader.ts';
import { BOOLEAN, OCTET_STRING, SEQUENCE } from '../der/tags.ts';
import { readOid } from '../der/values.ts';
import { compareBytes, encodeOidContent } from '../der/writer.ts';

/** Takes a SEQUENCE of extensions, and gives the value of the last one of a kind. @throws CertificateDecodeError */
export function takeExtension(cursor: DerCursor, oid: string): Uint8Array | undefined {
  const wanted = encodeOidContent(oid);
  let value: Uint8Array | undefined;
  cursor.enterRepeated(SEQUENCE);
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    readOid(cursor);
    const isWanted = compareBytes(cursor.contents(), wanted) === 0;
    if (cursor.peekTag() === BOOLEAN) cursor.skip();
    cursor.readString(OCTET_STRING);
    if (isWanted) value = cursor.contents();
    cursor.leave();
  }
  cursor.leave();
  return value;
}
