import { shortName, summarizeCertificate } from '../certificate-summary.ts';
import { ByteReader, MalformedMessage } from './byte-reader.ts';
import { nameGroup, nameSignature } from './code-points.ts';
import { type Details, readAlpn, readClientHello, readExtensions, readServerHello } from './hello.ts';

/** A TLS message in words. */
export interface DecodedMessage {
  /** Such as `ClientHello` or `Alert`. */
  readonly name: string;
  /** One line that says what matters. */
  readonly summary: string;
  readonly details: Details;
}

const HANDSHAKE = 22;
const ALERT = 21;
const CHANGE_CIPHER_SPEC = 20;

/**
 * Decodes a message of the trace; null for what is no message, such as the headers of records.
 *
 * @param data - with the header of a handshake message.
 */
export function decodeMessage(contentType: number, data: Uint8Array, version: string | null): DecodedMessage | null {
  if (contentType === CHANGE_CIPHER_SPEC) {
    const isReal = version !== 'TLSv1.3';
    const summary = isReal
      ? 'everything after this is encrypted'
      : 'means nothing in TLS 1.3; old middleboxes want to see it';
    return { name: 'ChangeCipherSpec', summary, details: {} };
  }
  if (contentType === ALERT) return decodeAlert(data);
  if (contentType !== HANDSHAKE || data.length < 4) return null;
  const body = data.subarray(4);
  const decoder = DECODERS.get(data[0] ?? -1);
  if (decoder === undefined) return { name: `message ${data[0]}`, summary: '', details: {} };
  try {
    return { name: decoder.name, summary: '', details: {}, ...decoder.decode(body, version) };
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return { name: decoder.name, summary: 'malformed', details: {} };
  }
}

/** Names of alerts by their numbers, RFC 8446 §6.2, without those that no version after SSLv3 sends. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, 'close notify'],
  [10, 'unexpected message'],
  [20, 'bad record MAC'],
  [22, 'record overflow'],
  [40, 'handshake failure'],
  [42, 'bad certificate'],
  [43, 'unsupported certificate'],
  [44, 'certificate revoked'],
  [45, 'certificate expired'],
  [46, 'certificate unknown'],
  [47, 'illegal parameter'],
  [48, 'unknown CA'],
  [49, 'access denied'],
  [50, 'decode error'],
  [51, 'decrypt error'],
  [70, 'protocol version'],
  [71, 'insufficient security'],
  [80, 'internal error'],
  [86, 'inappropriate fallback'],
  [90, 'user cancelled'],
  [109, 'missing extension'],
  [110, 'unsupported extension'],
  [112, 'unrecognized name'],
  [113, 'bad certificate status response'],
  [115, 'unknown PSK identity'],
  [116, 'certificate required'],
  [120, 'no application protocol'],
]);

function decodeAlert(data: Uint8Array): DecodedMessage {
  const [level = 0, description = 0] = data;
  const name = ALERTS.get(description) ?? `alert ${description}`;
  return { name: 'Alert', summary: `${level === 2 ? 'fatal: ' : ''}${name}`, details: {} };
}

interface Decoder {
  readonly name: string;
  readonly decode: (body: Uint8Array, version: string | null) => Partial<DecodedMessage>;
}

const plain = (name: string, summary: string): Decoder => ({ name, decode: () => ({ summary }) });

/** By HandshakeType: RFC 8446 §4, RFC 5246 §7.4. */
const DECODERS: ReadonlyMap<number, Decoder> = new Map([
  [0, plain('HelloRequest', 'asks for another handshake')],
  [1, { name: 'ClientHello', decode: decodeClientHello }],
  [2, { name: 'ServerHello', decode: decodeServerHello }],
  [4, { name: 'NewSessionTicket', decode: decodeTicket }],
  [8, { name: 'EncryptedExtensions', decode: decodeEncryptedExtensions }],
  [11, { name: 'Certificate', decode: decodeCertificates }],
  [12, { name: 'ServerKeyExchange', decode: decodeServerKeyExchange }],
  [13, plain('CertificateRequest', 'asks for a certificate of the client')],
  [14, plain('ServerHelloDone', 'the server has said what it has to say')],
  [15, { name: 'CertificateVerify', decode: decodeCertificateVerify }],
  [16, plain('ClientKeyExchange', "the client's half of the key")],
  [20, plain('Finished', 'a check over everything said so far')],
  [22, plain('CertificateStatus', 'a stapled OCSP response')],
  [24, plain('KeyUpdate', 'new keys from here on')],
]);

function decodeClientHello(body: Uint8Array): Partial<DecodedMessage> {
  const hello = readClientHello(body);
  const name = hello.serverName === null ? '' : ` to ${hello.serverName}`;
  return {
    summary: `offers ${hello.versions.join(', ')}${name}${hello.resumes ? ', and to resume a session' : ''}`,
    details: {
      versions: hello.versions,
      'cipher suites': hello.suites,
      groups: hello.groups,
      'key shares': hello.keyShares,
      signatures: hello.signatures,
      ...(hello.alpn.length > 0 && { ALPN: hello.alpn }),
      extensions: hello.extensions,
    },
  };
}

function decodeServerHello(body: Uint8Array): Partial<DecodedMessage> {
  const { version, suite, group, isRetry, resumes, extensions } = readServerHello(body);
  const parts = [version, suite, ...(group === null ? [] : [group])].join(', ');
  return {
    ...(isRetry && { name: 'HelloRetryRequest' }),
    summary: isRetry
      ? `wants a key share for ${group}`
      : `chooses ${parts}${resumes ? ', and resumes the session' : ''}`,
    details: { version, 'cipher suite': suite, ...(group !== null && { group }), extensions },
  };
}

function decodeEncryptedExtensions(body: Uint8Array): Partial<DecodedMessage> {
  const extensions = readExtensions(new ByteReader(body));
  const [alpn] = readAlpn(extensions.get(16));
  return {
    summary: alpn === undefined ? 'nothing more' : `chooses ${alpn} by ALPN`,
    details: alpn === undefined ? {} : { ALPN: alpn },
  };
}

function decodeCertificates(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  const isNew = version === 'TLSv1.3';
  if (isNew) reader.vector(1);
  const subjects = reader.vector(3).list((list) => {
    const der = list.vector(3).rest();
    if (isNew) list.vector(2);
    return describeCertificate(der);
  });
  return { summary: subjects.length === 0 ? 'none' : subjects.join(' < '), details: { certificates: subjects } };
}

function describeCertificate(der: Uint8Array): string {
  try {
    return shortName(summarizeCertificate(der));
  } catch {
    return 'a certificate that cannot be read';
  }
}

const NAMED_CURVE = 3; // RFC 8422 §5.4

function decodeServerKeyExchange(body: Uint8Array): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  if (reader.uint8() !== NAMED_CURVE) return { summary: "the server's half of a Diffie-Hellman key" };
  const group = nameGroup(reader.uint16());
  reader.vector(1);
  const signature = reader.left >= 2 ? nameSignature(reader.uint16()) : null;
  return {
    summary: `${group}${signature === null ? '' : `, signed with ${signature}`}`,
    details: { group, ...(signature !== null && { signature }) },
  };
}

function decodeCertificateVerify(body: Uint8Array): Partial<DecodedMessage> {
  const signature = nameSignature(new ByteReader(body).uint16());
  return { summary: `proves to have the key, with ${signature}`, details: { signature } };
}

function decodeTicket(body: Uint8Array): Partial<DecodedMessage> {
  const seconds = new ByteReader(body).uint32();
  return {
    summary: `a ticket to resume with, for ${Math.round(seconds / 60)} minutes`,
    details: { lifetime: `${seconds} s` },
  };
}
