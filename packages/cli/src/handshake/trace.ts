import type { SSLContext } from '@sslkit/socket';
import { type ClientHello, readClientHello, readServerHello, type ServerHello } from './hello.ts';
import { type DecodedMessage, decodeMessage } from './message.ts';

/** A message of a handshake: what, who, when, how large. */
export interface TracedMessage extends DecodedMessage {
  readonly direction: 'sent' | 'received';
  /** Milliseconds since the first message. */
  readonly ms: number;
  /** Bytes of the message itself, before encryption and without record headers. */
  readonly size: number;
  /** Whether it went over the wire encrypted. */
  readonly encrypted: boolean;
}

const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const FINISHED = 20;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
// A handshake has about ten; a peer that goes on and on is not to fill the memory.
const KEPT = 200;

/** The messages of the connection of a context, from now on, decoded as they come. */
export class HandshakeTrace {
  readonly messages: TracedMessage[] = [];
  /** The first ClientHello; null before it, and where it cannot be read. */
  offer: ClientHello | null = null;
  /** The ServerHello that is no HelloRetryRequest; null before it, and where it cannot be read. */
  reply: ServerHello | null = null;
  #start: number | null = null;
  // Since a server may choose nothing newer, a message is read by this version; null before the first ServerHello.
  #version: string | null = null;
  // The sides that have said ChangeCipherSpec, which is where encryption begins in TLS 1.2.
  readonly #changed = new Set<TracedMessage['direction']>();

  constructor(context: SSLContext) {
    context.messageCallback = (_connection, direction, _version, contentType, _messageType, data) => {
      this.#note(direction === 'write' ? 'sent' : 'received', contentType, data);
    };
  }

  /** The first message of a kind from one side, or undefined. */
  find(name: string, direction: TracedMessage['direction'] = 'received'): TracedMessage | undefined {
    return this.messages.find((message) => message.name === name && message.direction === direction);
  }

  #note(direction: TracedMessage['direction'], contentType: number, data: Buffer): void {
    const now = performance.now();
    this.#start ??= now;
    // OpenSSL does not show the peer's ChangeCipherSpec; a Finished is encrypted in every version.
    if (contentType === HANDSHAKE && data[0] === FINISHED) this.#changed.add(direction);
    const encrypted = this.#isEncrypted(direction, contentType);
    if (contentType === HANDSHAKE) this.#readHello(data);
    if (contentType === CHANGE_CIPHER_SPEC) this.#changed.add(direction);
    if (this.messages.length === KEPT) return;
    const decoded = decodeMessage(contentType, data, this.#version);
    if (decoded === null) return;
    const ms = Math.round((now - this.#start) * 10) / 10;
    this.messages.push({ ...decoded, direction, ms, size: data.length, encrypted });
  }

  #isEncrypted(direction: TracedMessage['direction'], contentType: number): boolean {
    if (this.#version !== 'TLSv1.3') return this.#changed.has(direction);
    // RFC 8446 §5: change_cipher_spec is the one record that stays in the clear behind the ServerHello.
    return this.reply !== null && contentType !== CHANGE_CIPHER_SPEC;
  }

  #readHello(data: Uint8Array): void {
    try {
      if (data[0] === CLIENT_HELLO) this.offer ??= readClientHello(data.subarray(4));
      if (data[0] !== SERVER_HELLO) return;
      const hello = readServerHello(data.subarray(4));
      this.#version = hello.version;
      if (!hello.isRetry) this.reply ??= hello;
    } catch {
      // The message is listed as malformed, and OpenSSL ends the connection.
    }
  }
}
