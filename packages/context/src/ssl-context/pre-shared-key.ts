import { type Bytes, invalidArgumentType, invalidArgumentValue, SSLError, viewBytes } from '@sslkit/errors';
import type { NativePskCallback } from '../addon.ts';
import { SSLMethod } from '../enums/protocol.ts';

/**
 * Gives a client's identity and key.
 *
 * @param hint - what the server said of itself, or null; always null in TLS 1.3.
 * @returns the identity (null for an empty one) and the key; an empty key for none.
 */
export type PskClientCallback = (hint: string | null) => readonly [identity: string | null, key: Bytes];

/**
 * Gives the key that belongs to a client's identity, an empty one to refuse.
 *
 * @param identity - null where the client gave none.
 */
export type PskServerCallback = (identity: string | null) => Bytes;

/** The longest that OpenSSL takes: `PSK_MAX_IDENTITY_LEN`, SSL_CTX_use_psk_identity_hint(3). */
const LONGEST_HINT = 256;

export interface PskCallbacks {
  client: PskClientCallback | null;
  server: PskServerCallback | null;
  identityHint: string | null;
}

/** Implements `SSLContext.setPskClientCallback`. */
export function checkPskClientCallback(protocol: SSLMethod, callback: unknown): PskClientCallback | null {
  if (protocol === SSLMethod.PROTOCOL_TLS_SERVER) {
    throw new SSLError('Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context', {
      errno: 0,
      code: 'ERR_SSL_WRONG_ROLE',
    });
  }
  if (callback !== null && typeof callback !== 'function') {
    throw invalidArgumentType('callback', 'a function or null', callback);
  }
  return callback as PskClientCallback | null;
}

/** Implements `SSLContext.setPskServerCallback`. */
export function checkPskServerCallback(
  protocol: SSLMethod,
  callback: unknown,
  identityHint: unknown,
): PskServerCallback | null {
  if (protocol === SSLMethod.PROTOCOL_TLS_CLIENT) {
    throw new SSLError('Cannot add PSK server callback to a PROTOCOL_TLS_CLIENT context', {
      errno: 0,
      code: 'ERR_SSL_WRONG_ROLE',
    });
  }
  if (callback !== null && typeof callback !== 'function') {
    throw invalidArgumentType('callback', 'a function or null', callback);
  }
  if (identityHint !== null && typeof identityHint !== 'string') {
    throw invalidArgumentType('identityHint', 'a string or null', identityHint);
  }
  if (identityHint !== null && Buffer.byteLength(identityHint) > LONGEST_HINT) {
    throw invalidArgumentValue(`identityHint cannot be longer than ${LONGEST_HINT} bytes`);
  }
  return callback as PskServerCallback | null;
}

/**
 * Makes what the engine calls for a key. It never throws: what the user's callback throws goes to `report`, and the
 * handshake fails for want of a key.
 */
export function adaptPskCallback(
  callbacks: PskCallbacks,
  serverSide: boolean,
  report: (error: unknown) => void,
): NativePskCallback | null {
  const { client, server } = callbacks;
  if (serverSide) {
    if (server === null) return null;
    return guard(report, (identity) => copyBytes('The PSK', server(identity)));
  }
  if (client === null) return null;
  return guard(report, (hint) => {
    const [identity, key] = client(hint);
    return [Buffer.from(identity ?? '', 'utf8'), copyBytes('The PSK', key)];
  });
}

function guard(
  report: (error: unknown) => void,
  ask: (text: string | null) => ReturnType<NativePskCallback>,
): NativePskCallback {
  return (text) => {
    try {
      return ask(text === null || text.length === 0 ? null : new TextDecoder('utf-8', { fatal: true }).decode(text));
    } catch (error) {
      report(error);
      return null;
    }
  };
}

function copyBytes(name: string, value: unknown): Uint8Array {
  return Uint8Array.from(viewBytes(name, value));
}
