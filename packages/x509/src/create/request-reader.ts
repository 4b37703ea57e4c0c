import type { Bytes } from '@sslkit/errors';
import { DerCursor } from '../der/reader.ts';
import { contextTag, SEQUENCE, SET } from '../der/tags.ts';
import { readBitString, readInteger, readOid } from '../der/values.ts';
import { compareBytes, encodeOidContent } from '../der/writer.ts';
import { readDerOrPem } from './der-or-pem.ts';
import { takeElement } from './existing-certificate.ts';
import { takeExtension } from './extension-reader.ts';
import { ExtensionOid } from './extensions.ts';
import { importParameters, readPublicKeyInfo } from './public-key-info.ts';
import type { SignedParts } from './signature.ts';

/** What signing needs of a request. */
export interface ReadRequest {
  /** The DER of its Name. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  readonly isRsa: boolean;
  /** The DER of the GeneralNames it asks for, if it does. */
  readonly requestedNames: Uint8Array | undefined;
  readonly signed: SignedParts;
}

/** The attribute of a request that holds extensions. */
export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'; // RFC 2985 §5.4.2

/** Reads a CertificationRequest, RFC 2986 §4. Its content must be DER. @throws CertificateDecodeError */
export function readRequest(request: Bytes | string): ReadRequest {
  const der = readDerOrPem('request', request, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  const cursor = new DerCursor(der, { strict: true });
  cursor.enter(SEQUENCE);
  const content = takeElement(cursor);
  const algorithm = takeElement(cursor);
  if (readBitString(cursor) !== 0) cursor.fail('ERR_ASN1_BAD_VALUE', 'Signature has unused bits', cursor.headerStart);
  const signature = cursor.contents();
  cursor.leave();
  cursor.finish();

  const inner = new DerCursor(content, { strict: true });
  inner.enter(SEQUENCE);
  readInteger(inner);
  const subject = takeName(inner);
  const publicKeyInfo = takeElement(inner);
  const requestedNames = inner.more() ? readRequestedNames(inner) : undefined;
  const { family } = importParameters(readPublicKeyInfo(publicKeyInfo));
  return { subject, publicKeyInfo, isRsa: family === 'RSA', requestedNames, signed: { content, algorithm, signature } };
}

/** Takes a Name, RFC 5280 §4.1.2.4, whose values may be of any type. */
function takeName(cursor: DerCursor): Uint8Array {
  const start = cursor.offset;
  cursor.enter(SEQUENCE);
  while (cursor.more()) {
    cursor.enter(SET);
    do {
      cursor.enter(SEQUENCE);
      readOid(cursor);
      cursor.skip();
      cursor.leave();
    } while (cursor.more());
    cursor.leave();
  }
  cursor.leave();
  return cursor.bytes.subarray(start, cursor.offset);
}

function readRequestedNames(cursor: DerCursor): Uint8Array | undefined {
  const wanted = encodeOidContent(EXTENSION_REQUEST);
  let names: Uint8Array | undefined;
  cursor.enterRepeated(contextTag(0));
  while (cursor.more()) {
    cursor.enter(SEQUENCE);
    readOid(cursor);
    const asksForExtensions = compareBytes(cursor.contents(), wanted) === 0;
    if (asksForExtensions) {
      cursor.enterRepeated(SET);
      const value = takeExtension(cursor, ExtensionOid.subjectAltName);
      if (value !== undefined) names = checkGeneralNames(value);
      cursor.leave();
    } else cursor.skip();
    cursor.leave();
  }
  cursor.leave();
  return names;
}

/** Lets no bytes into a certificate but a list of names: a SEQUENCE of the tags 0 to 8, RFC 5280 §4.2.1.6. */
function checkGeneralNames(names: Uint8Array): Uint8Array {
  const cursor = new DerCursor(names, { strict: true });
  cursor.enter(SEQUENCE);
  do {
    cursor.skip();
    if (cursor.tag < contextTag(0) || cursor.tag > contextTag(8)) {
      cursor.fail('ERR_ASN1_WRONG_TAG', 'Not a subject alternative name', cursor.headerStart);
    }
  } while (cursor.more());
  cursor.leave();
  cursor.finish();
  return names;
}
