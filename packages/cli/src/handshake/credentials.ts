import { shortName, summarizeCertificate } from '../certificate-summary.ts';
import { contentOf, DerTag, enter, readElement } from '../material/der-element.ts';
import { ByteReader } from './byte-reader.ts';
import { nameSignature } from './code-points.ts';
import { Extension, listNumbers, readExtensions } from './extensions.ts';
import type { DecodedMessage } from './message.ts';

const NEW = 'TLSv1.3';

/** Certificate: RFC 8446 §4.4.2, RFC 5246 §7.4.2. */
export function decodeCertificates(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  if (version === NEW) reader.vector(1);
  let stapled = false;
  let timestamps = false;
  const sizes: number[] = [];
  const subjects = reader.vector(3).list((list) => {
    const der = list.vector(3).rest();
    sizes.push(der.length);
    if (version === NEW) {
      const extensions = readExtensions(list);
      stapled ||= extensions.has(Extension.STATUS_REQUEST);
      timestamps ||= extensions.has(Extension.CERTIFICATE_TIMESTAMPS);
    }
    return describeCertificate(der);
  });
  const extras = [
    ...(stapled ? ['with a stapled OCSP response'] : []),
    ...(timestamps ? ['with certificate timestamps'] : []),
  ];
  return {
    summary: [subjects.length === 0 ? 'none' : subjects.join(' < '), ...extras].join(', '),
    details: {
      certificates: subjects,
      'bytes of each': sizes.map(String),
      ...(version === NEW && { stapled: extras.length === 0 ? 'nothing' : extras }),
    },
  };
}

function describeCertificate(der: Uint8Array): string {
  try {
    return shortName(summarizeCertificate(der));
  } catch {
    return 'a certificate that cannot be read';
  }
}

/** CertificateRequest: RFC 8446 §4.3.2, RFC 5246 §7.4.4. */
export function decodeCertificateRequest(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  let signatures: number[] = [];
  let names: ByteReader | null = null;
  if (version === NEW) {
    reader.vector(1);
    const extensions = readExtensions(reader);
    signatures = listNumbers(extensions.get(Extension.SIGNATURES));
    names = extensions.get(Extension.CERTIFICATE_AUTHORITIES)?.vector(2) ?? null;
  } else {
    reader.vector(1);
    // TLS 1.0 and 1.1 know no list of signatures here.
    if (version === 'TLSv1.2') signatures = reader.vector(2).list((list) => list.uint16());
    names = reader.vector(2);
  }
  const authorities = names?.list((list) => describeAuthority(list.vector(2).rest())) ?? [];
  return {
    summary:
      authorities.length === 0
        ? 'asks for a certificate of the client, of any authority'
        : `asks for a certificate of the client, of ${authorities.join(' or ')}`,
    details: {
      ...(signatures.length > 0 && { signatures: signatures.map(nameSignature) }),
      ...(authorities.length > 0 && { authorities }),
    },
  };
}

const COMMON_NAME = '550403'; // 2.5.4.3

/** The common name in a distinguished name, else how long the name is. */
function describeAuthority(name: Uint8Array): string {
  try {
    const attributes = enter(readElement(name)).flatMap((relative) => enter(relative, DerTag.SET));
    const common = attributes
      .map((attribute) => enter(attribute))
      .find(([type]) => Buffer.from(contentOf(type, DerTag.OBJECT_IDENTIFIER)).toString('hex') === COMMON_NAME);
    const text = common?.[1];
    if (text !== undefined) return Buffer.from(text.content).toString('utf8');
  } catch {
    // What cannot be read is told by its length.
  }
  return `a name of ${name.length} bytes`;
}

/** CertificateVerify: RFC 8446 §4.4.3, RFC 5246 §7.4.8. */
export function decodeCertificateVerify(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  // Before TLS 1.2 the signature stands alone.
  if (version === 'TLSv1' || version === 'TLSv1.1') return { summary: 'proves to have the key' };
  const signature = nameSignature(reader.uint16());
  const { left } = reader.vector(2);
  return {
    summary: `proves to have the key, with ${signature}`,
    details: { signature, length: `${left} bytes` },
  };
}

const OCSP = 1; // RFC 6066 §8

/** CertificateStatus of TLS 1.2: RFC 6066 §8. */
export function decodeCertificateStatus(body: Uint8Array): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  if (reader.uint8() !== OCSP) return { summary: 'a status of a kind that is not known here' };
  const { left } = reader.vector(3);
  return { summary: 'a stapled OCSP response', details: { length: `${left} bytes` } };
}
