/*
 * Has OpenSSL verify a chain without a peer.
 *
 * OpenSSL verifies certificates for whoever does a handshake, and in TLS 1.2 a certificate comes before anything that
 * needs its private key: a server's right after its ServerHello, a client's right after the server's first flight, all
 * in the clear. So a handshake is begun, and the certificates to be judged are handed in as the message that a peer would
 * send. What comes back is OpenSSL's verdict, with every setting of the context in force: trust, names, purpose, flags,
 * revocation lists, security level. The handshake is dropped there.
 */
import { randomBytes } from 'node:crypto';
import {
  Outcome,
  PROTOCOL_TLS_CLIENT,
  SSLCertVerificationError,
  SSLContext,
  SSLError,
  TLSVersion,
} from '@sslkit/socket';

/** Whose certificate is to be judged. */
export type Role = 'server' | 'client';

/** OpenSSL's verdict: null where the chain was accepted. */
export interface ChainVerdict {
  readonly error: SSLCertVerificationError | null;
  /** DER from the certificate to the root, where it was accepted. */
  readonly chain: readonly Uint8Array[];
}

/**
 * Has `context` judge a chain.
 *
 * @param context - for TLS 1.2 alone: a client's context to judge a server, a server's with a certificate of its own and
 * `CERT_REQUIRED` to judge a client.
 * @param certificates - DER, the one to be judged first.
 */
export function judgeCertificates(
  context: SSLContext,
  certificates: readonly Uint8Array[],
  { role, serverName }: { role: Role; serverName: string | null },
): ChainVerdict {
  const engine = context.wrapBuffers({
    serverSide: role === 'client',
    serverHostname: role === 'server' ? serverName : null,
  });
  try {
    engine.tryHandshake(role === 'client' ? takeClientHello() : undefined);
    const hello = role === 'server' ? message(SERVER_HELLO, serverHello()) : [];
    const records = toRecords(Buffer.concat([...hello, ...message(CERTIFICATE, certificateList(certificates))]));
    engine.tryHandshake(records);
    return { error: null, chain: engine.getVerifiedChain() };
  } catch (error) {
    if (error instanceof SSLCertVerificationError) return { error, chain: [] };
    // The key does not fit the suite that was pretended: it is looked at when the verdict has been given.
    if (error instanceof SSLError && error.reason === 'WRONG_CERTIFICATE_TYPE')
      return { error: null, chain: engine.getVerifiedChain() };
    throw error;
  } finally {
    engine.close();
  }
}

const SERVER_HELLO = 2;
const CERTIFICATE = 11; // the HandshakeType of RFC 5246 §7.4

function message(type: number, body: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(type), uint24(body.length), body];
}

function uint24(value: number): Uint8Array {
  return Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff);
}

/** RFC 5246 §7.4.1.3, for a suite that every client of ours offers, with the answer that RFC 5746 §3.4 asks for. */
function serverHello(): Uint8Array {
  const sessionId = Uint8Array.of(0);
  const suite = Uint8Array.of(0xc0, 0x2f); // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  const compression = Uint8Array.of(0);
  const renegotiationInfo = Uint8Array.of(0, 5, 0xff, 0x01, 0, 1, 0);
  return Buffer.concat([Uint8Array.of(3, 3), randomBytes(32), sessionId, suite, compression, renegotiationInfo]);
}

/** RFC 5246 §7.4.2. */
function certificateList(certificates: readonly Uint8Array[]): Uint8Array {
  const entries = certificates.flatMap((der) => [uint24(der.length), der]);
  const list = Buffer.concat(entries);
  return Buffer.concat([uint24(list.length), list]);
}

const LARGEST_FRAGMENT = 16_384; // RFC 5246 §6.2.1
const HANDSHAKE_RECORD = 22;

function toRecords(messages: Uint8Array): Buffer {
  const records: Uint8Array[] = [];
  for (let at = 0; at < messages.length; at += LARGEST_FRAGMENT) {
    const fragment = messages.subarray(at, at + LARGEST_FRAGMENT);
    records.push(Uint8Array.of(HANDSHAKE_RECORD, 3, 3, fragment.length >> 8, fragment.length & 0xff), fragment);
  }
  return Buffer.concat(records);
}

/** The first flight of a client that we are ourselves. */
function takeClientHello(): Buffer {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.checkHostname = false;
  context.maximumVersion = TLSVersion.TLSv1_2;
  const client = context.wrapBuffers();
  const hello = Buffer.alloc(4096); // a ClientHello has a few hundred bytes
  if (client.tryHandshake() !== Outcome.WANT_READ) return hello.subarray(0, 0);
  const length = client.drain(hello);
  client.close();
  return hello.subarray(0, length);
}
