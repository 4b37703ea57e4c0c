import type { SSLContext } from '@sslkit/socket';
import { readServerHello } from './hello.ts';
import { type DecodedMessage, decodeMessage } from './message.ts';

/** A message of a handshake: what, who, when, how large. */
export interface TracedMessage extends DecodedMessage {
  readonly direction: 'sent' | 'received';
  /** Milliseconds since the first message. */
  readonly ms: number;
  /** Bytes of the message itself, before encryption and without record headers. */
  readonly size: number;
  /** The message as it is, with its header. */
  readonly data: Uint8Array;
}

const SERVER_HELLO = 2;
const HANDSHAKE = 22;

/** The messages of the connections of a context, from now on, decoded as they come. */
export class HandshakeTrace {
  readonly messages: TracedMessage[] = [];
  #start: number | null = null;
  #version: string | null = null;

  constructor(context: SSLContext) {
    context.messageCallback = (_connection, direction, _version, contentType, _messageType, data) => {
      this.#note(direction === 'write' ? 'sent' : 'received', contentType, data);
    };
  }

  #note(direction: TracedMessage['direction'], contentType: number, data: Buffer): void {
    const now = performance.now();
    this.#start ??= now;
    if (contentType === HANDSHAKE && data[0] === SERVER_HELLO) this.#version = tryReadVersion(data);
    const decoded = decodeMessage(contentType, data, this.#version);
    if (decoded === null) return;
    const ms = Math.round((now - this.#start) * 10) / 10;
    this.messages.push({ ...decoded, direction, ms, size: data.length, data });
  }

  /** The first message of a kind, or undefined. */
  find(name: string): TracedMessage | undefined {
    return this.messages.find((message) => message.name === name);
  }
}

function tryReadVersion(data: Uint8Array): string | null {
  try {
    return readServerHello(data.subarray(4)).version;
  } catch {
    return null;
  }
}
