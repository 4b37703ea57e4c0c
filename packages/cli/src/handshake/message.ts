import { describeAlert } from './alerts.ts';
import { ByteReader } from './byte-reader.ts';
import { nameExtension, nameGroup, nameSignature } from './code-points.ts';
import {
  decodeCertificateRequest,
  decodeCertificateStatus,
  decodeCertificates,
  decodeCertificateVerify,
} from './credentials.ts';
import { Extension, readExtensions } from './extensions.ts';
import { readAlpn, readClientHello, readServerHello } from './hello.ts';

/** What is in a message, by its labels: texts, and lists in the order of the message. */
export type Details = Readonly<Record<string, string | readonly string[]>>;

/** A TLS message in words. */
export interface DecodedMessage {
  /** Such as `ClientHello` or `Alert`. */
  readonly name: string;
  /** One line that says what matters; `malformed` where the message cannot be read. */
  readonly summary: string;
  readonly details: Details;
}

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;

/**
 * Decodes a message of the trace; null for what is no message, such as the headers of records. What a peer sends is told as
 * far as it can be read, and never thrown at the caller: OpenSSL shows messages before it has looked into them.
 *
 * @param contentType - of the record, RFC 8446 §5.1.
 * @param data - with the header of a handshake message.
 * @param version - that was negotiated; null where it is not known yet.
 */
export function decodeMessage(contentType: number, data: Uint8Array, version: string | null): DecodedMessage | null {
  if (contentType === CHANGE_CIPHER_SPEC) {
    const summary =
      version === 'TLSv1.3'
        ? 'means nothing in TLS 1.3; old middleboxes want to see it'
        : 'everything after this is encrypted';
    return { name: 'ChangeCipherSpec', summary, details: {} };
  }
  if (contentType === ALERT) {
    const [level = 0, description = 0] = data;
    return { name: 'Alert', summary: describeAlert(level, description), details: { number: String(description) } };
  }
  if (contentType !== HANDSHAKE || data.length < 4) return null;
  const decoder = DECODERS.get(data[0] ?? -1);
  if (decoder === undefined) return { name: `message ${data[0]}`, summary: 'of a kind not known here', details: {} };
  try {
    return { name: decoder.name, summary: '', details: {}, ...decoder.decode(data.subarray(4), version) };
  } catch {
    return { name: decoder.name, summary: 'malformed', details: {} };
  }
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
  [5, plain('EndOfEarlyData', 'the last of the early data has been sent')],
  [8, { name: 'EncryptedExtensions', decode: decodeEncryptedExtensions }],
  [11, { name: 'Certificate', decode: decodeCertificates }],
  [12, { name: 'ServerKeyExchange', decode: decodeServerKeyExchange }],
  [13, { name: 'CertificateRequest', decode: decodeCertificateRequest }],
  [14, plain('ServerHelloDone', 'the server has said what it has to say')],
  [15, { name: 'CertificateVerify', decode: decodeCertificateVerify }],
  [16, plain('ClientKeyExchange', "the client's half of the key")],
  [20, { name: 'Finished', decode: decodeFinished }],
  [22, { name: 'CertificateStatus', decode: decodeCertificateStatus }],
  [24, { name: 'KeyUpdate', decode: decodeKeyUpdate }],
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
      ...(hello.serverName !== null && { 'server name': hello.serverName }),
      extensions: hello.extensions,
      random: hello.random,
    },
  };
}

function decodeServerHello(body: Uint8Array): Partial<DecodedMessage> {
  const { version, suite, group, isRetry, resumes, alpn, extensions, random } = readServerHello(body);
  const parts = [version, suite, ...(group === null ? [] : [group])].join(', ');
  return {
    ...(isRetry && { name: 'HelloRetryRequest' }),
    summary: isRetry
      ? `wants ${group === null ? 'another ClientHello' : `a key share for ${group}`}`
      : `chooses ${parts}${resumes ? ', and resumes the session' : ''}`,
    details: {
      version,
      'cipher suite': suite,
      ...(group !== null && { group }),
      ...(alpn !== null && { ALPN: alpn }),
      extensions,
      ...(!isRetry && { random }),
    },
  };
}

function decodeEncryptedExtensions(body: Uint8Array): Partial<DecodedMessage> {
  const extensions = readExtensions(new ByteReader(body));
  const [alpn] = readAlpn(extensions.get(Extension.ALPN));
  const parts = [
    ...(alpn === undefined ? [] : [`chooses ${alpn} by ALPN`]),
    ...(extensions.has(Extension.SERVER_NAME) ? ['knows the server name'] : []),
    ...(extensions.has(Extension.EARLY_DATA) ? ['takes the early data'] : []),
  ];
  return {
    summary: parts.length === 0 ? 'nothing more' : parts.join(', '),
    details: {
      ...(alpn !== undefined && { ALPN: alpn }),
      ...(extensions.size > 0 && { extensions: [...extensions.keys()].map(nameExtension) }),
    },
  };
}

const NAMED_CURVE = 3; // RFC 8422 §5.4

function decodeServerKeyExchange(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  const kind = reader.uint8();
  if (kind !== NAMED_CURVE) return decodeFiniteField(body);
  const group = nameGroup(reader.uint16());
  reader.vector(1);
  // The algorithm is named since TLS 1.2; an anonymous suite signs nothing.
  const signature = version === 'TLSv1.2' && reader.left >= 2 ? nameSignature(reader.uint16()) : null;
  return {
    summary: `${group}${signature === null ? '' : `, signed with ${signature}`}`,
    details: { group, ...(signature !== null && { signature }) },
  };
}

/** The prime, the generator and the public value of Diffie-Hellman: RFC 5246 §7.4.3. */
function decodeFiniteField(body: Uint8Array): Partial<DecodedMessage> {
  const prime = new ByteReader(body).vector(2).rest();
  if (prime.length === 0) return { summary: "the server's half of the key" };
  const group = `DHE of ${prime.length * 8 - Math.clz32(prime[0] ?? 0) + 24} bits`;
  return { summary: `Diffie-Hellman in a group of the server's own: ${group}`, details: { group } };
}

function decodeTicket(body: Uint8Array, version: string | null): Partial<DecodedMessage> {
  const reader = new ByteReader(body);
  const seconds = reader.uint32();
  const isNew = version === 'TLSv1.3';
  if (isNew) {
    reader.uint32(); // ticket_age_add, RFC 8446 §4.6.1
    reader.vector(1);
  }
  const { left } = reader.vector(2);
  const early = isNew ? readExtensions(reader).get(Extension.EARLY_DATA)?.uint32() : undefined;
  return {
    summary: `a ticket to resume with, ${describeLifetime(seconds)}`,
    details: {
      lifetime: `${seconds} s`,
      ticket: `${left} bytes`,
      ...(early !== undefined && { 'early data': `at most ${early} bytes` }),
    },
  };
}

/** 0 leaves it to the client: RFC 5077 §3.3. */
function describeLifetime(seconds: number): string {
  if (seconds === 0) return 'for as long as the client thinks fit';
  return seconds < 120 ? `for ${seconds} seconds` : `for ${Math.round(seconds / 60)} minutes`;
}

function decodeFinished(body: Uint8Array): Partial<DecodedMessage> {
  return { summary: 'a check over everything said so far', details: { length: `${body.length} bytes` } };
}

function decodeKeyUpdate(body: Uint8Array): Partial<DecodedMessage> {
  const wantsMore = new ByteReader(body).uint8() === 1; // update_requested, RFC 8446 §4.6.3
  return { summary: `new keys from here on${wantsMore ? ', and asks for the same' : ''}` };
}
