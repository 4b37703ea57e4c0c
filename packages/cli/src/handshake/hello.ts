import { ByteReader } from './byte-reader.ts';
import { isGrease, nameExtension, nameGroup, nameSignature, nameSuite, nameVersion } from './code-points.ts';
import { Extension, listNumbers, readExtensions } from './extensions.ts';

/** What a client offers. */
export interface ClientHello {
  readonly versions: readonly string[];
  readonly suites: readonly string[];
  readonly groups: readonly string[];
  readonly keyShares: readonly string[];
  readonly signatures: readonly string[];
  readonly alpn: readonly string[];
  readonly serverName: string | null;
  /** Whether a session of TLS 1.3 is offered, or a ticket of an older version. */
  readonly resumes: boolean;
  /** Hexadecimal; what it means differs between the versions. */
  readonly sessionId: string;
  readonly extensions: readonly string[];
  /** Hexadecimal. */
  readonly random: string;
}

/** What a server chose. */
export interface ServerHello {
  readonly version: string;
  readonly suite: string;
  /** The group of its key share; null in TLS 1.2, where it comes later. */
  readonly group: string | null;
  /** Whether it asks for another ClientHello instead. */
  readonly isRetry: boolean;
  /** Whether it goes on with a session of TLS 1.3. */
  readonly resumes: boolean;
  /** Hexadecimal; before TLS 1.3, the client's where its session is resumed. */
  readonly sessionId: string;
  /** The protocol chosen by ALPN; null for none, and in TLS 1.3, where it is said later. */
  readonly alpn: string | null;
  readonly extensions: readonly string[];
  /** Hexadecimal. */
  readonly random: string;
  /** Whether the random value says that the server could have done a newer version, had it been offered. */
  readonly couldDoNewer: boolean;
}

/** Reads a ClientHello without its header: RFC 8446 §4.1.2. @throws MalformedMessage */
export function readClientHello(body: Uint8Array): ClientHello {
  const reader = new ByteReader(body);
  const legacyVersion = reader.uint16();
  const random = Buffer.from(reader.bytes(32)).toString('hex');
  const sessionId = readHex(reader.vector(1));
  const suites = numbers(reader.vector(2));
  reader.vector(1);
  const extensions = readExtensions(reader);
  const names = [...extensions.keys()].filter((type) => !isGrease(type)).map(nameExtension);
  const versions = extensions.get(Extension.VERSIONS);
  const shares = extensions.get(Extension.KEY_SHARE);
  return {
    versions: versions === undefined ? [nameVersion(legacyVersion)] : named(numbers(versions.vector(1)), nameVersion),
    suites: named(suites, nameSuite),
    groups: named(listNumbers(extensions.get(Extension.GROUPS)), nameGroup),
    keyShares: shares === undefined ? [] : named(shares.vector(2).list(readKeyShare), nameGroup),
    signatures: named(listNumbers(extensions.get(Extension.SIGNATURES)), nameSignature),
    alpn: readAlpn(extensions.get(Extension.ALPN)),
    serverName: readServerName(extensions.get(Extension.SERVER_NAME)),
    resumes: extensions.has(Extension.PRE_SHARED_KEY) || (extensions.get(Extension.SESSION_TICKET)?.left ?? 0) > 0,
    sessionId,
    extensions: names,
    random,
  };
}

function readHex(reader: ByteReader): string {
  return Buffer.from(reader.rest()).toString('hex');
}

function named(values: readonly number[], name: (value: number) => string): string[] {
  return values.filter((value) => !isGrease(value)).map(name);
}

function numbers(reader: ByteReader): number[] {
  return reader.list((list) => list.uint16());
}

function readKeyShare(list: ByteReader): number {
  const group = list.uint16();
  list.vector(2);
  return group;
}

/** RFC 7301 §3.1. */
export function readAlpn(extension: ByteReader | undefined): string[] {
  if (extension === undefined) return [];
  return extension.vector(2).list((list) => Buffer.from(list.vector(1).rest()).toString('latin1'));
}

/** RFC 6066 §3: a list of names, of which only host names exist. */
function readServerName(extension: ByteReader | undefined): string | null {
  if (extension === undefined || extension.left === 0) return null;
  const [name = null] = extension.vector(2).list((list) => {
    list.uint8();
    return Buffer.from(list.vector(2).rest()).toString('latin1');
  });
  return name;
}

// "For … HelloRetryRequest … the special value of the SHA-256 of 'HelloRetryRequest'": RFC 8446 §4.1.3.
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

// "If negotiating TLS 1.2, TLS 1.3 servers MUST set the last 8 bytes of their Random value to … 44 4F 57 4E 47 52 44 01",
// and to the same with 00 below TLS 1.2: RFC 8446 §4.1.3.
const DOWNGRADE = '444f574e475244';

/** Reads a ServerHello without its header: RFC 8446 §4.1.3. @throws MalformedMessage */
export function readServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const legacyVersion = reader.uint16();
  const random = Buffer.from(reader.bytes(32)).toString('hex');
  const sessionId = readHex(reader.vector(1));
  const suite = nameSuite(reader.uint16());
  reader.uint8();
  const extensions = readExtensions(reader);
  const version = extensions.get(Extension.VERSIONS)?.uint16() ?? legacyVersion;
  const group = extensions.get(Extension.KEY_SHARE)?.uint16();
  return {
    version: nameVersion(version),
    suite,
    group: group === undefined ? null : nameGroup(group),
    isRetry: random === RETRY_RANDOM,
    resumes: extensions.has(Extension.PRE_SHARED_KEY),
    sessionId,
    alpn: readAlpn(extensions.get(Extension.ALPN))[0] ?? null,
    extensions: [...extensions.keys()].map(nameExtension),
    random,
    couldDoNewer: random.startsWith(DOWNGRADE, 48),
  };
}
