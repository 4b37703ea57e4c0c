import type { ByteReader } from './byte-reader.ts';

/** The extensions that are looked into, by the ExtensionType registry of IANA. */
export const Extension = {
  SERVER_NAME: 0,
  STATUS_REQUEST: 5,
  GROUPS: 10,
  SIGNATURES: 13,
  ALPN: 16,
  CERTIFICATE_TIMESTAMPS: 18,
  SESSION_TICKET: 35,
  PRE_SHARED_KEY: 41,
  EARLY_DATA: 42,
  VERSIONS: 43,
  CERTIFICATE_AUTHORITIES: 47,
  KEY_SHARE: 51,
} as const;

/** Reads extensions: RFC 8446 §4.2. They may be missing altogether before TLS 1.3. @throws MalformedMessage */
export function readExtensions(reader: ByteReader): Map<number, ByteReader> {
  const extensions = new Map<number, ByteReader>();
  if (reader.left === 0) return extensions;
  reader.vector(2).list((list) => extensions.set(list.uint16(), list.vector(2)));
  return extensions;
}

/** The numbers of two octets each in the vector that an extension holds; none without the extension. */
export function listNumbers(extension: ByteReader | undefined): number[] {
  return extension === undefined ? [] : extension.vector(2).list((list) => list.uint16());
}
