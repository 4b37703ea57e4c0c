import { invalidArgumentType } from '@sslkit/errors';
import type { SSLObject } from '../ssl-object/ssl-object.ts';
import type { ServerNameCallback } from './server-name.ts';
import type { SSLContext } from './ssl-context.ts';

/** An answer, or on a socket a promise of one: the handshake waits. An `SSLObject` cannot wait, and refuses a promise. */
export type Awaitable<Answer> = Answer | PromiseLike<Answer>;

/**
 * Picks the protocol of RFC 7301 on a server, by more than a fixed list.
 *
 * @param offered - what the client offers, in its order.
 * @returns one of them; null to select none; undefined to leave it to the list of `setAlpnProtocols`.
 */
export type AlpnCallback = (connection: SSLObject, offered: readonly string[]) => Awaitable<string | null | undefined>;

/**
 * Chooses the certificate of a client when a server asks for one.
 *
 * @param issuers - DER of the names that the server says it accepts; empty where it says nothing.
 * @returns a context whose certificate and key are used for this connection; null for none.
 */
export type ClientCertificateCallback = (
  connection: SSLObject,
  issuers: readonly Buffer[],
) => Awaitable<SSLContext | null | undefined>;

/** What OpenSSL made of a server's certificate, for whoever may overrule it. */
export interface Verification {
  /** OpenSSL's `X509_V_ERR_*`; 0 where it found no fault. */
  readonly verifyCode: number;
  readonly verifyMessage: string;
  /** Where the fault is: 0 for the server's own certificate. */
  readonly verifyDepth: number;
  /** The certificate at fault, DER; undefined where there is no fault. */
  readonly verifyCertificate: Buffer | undefined;
  /** What the server sent, its own certificate first, DER. */
  readonly chain: readonly Buffer[];
}

/**
 * Has the last word on a server's certificate, after OpenSSL's.
 *
 * @returns whether it is accepted. To accept what OpenSSL refused is to give up what TLS is for, unless the certificate
 * is known by other means, such as a pinned fingerprint.
 */
export type VerifyCallback = (connection: SSLObject, verification: Verification) => Awaitable<boolean>;

/** The callbacks of a context that a handshake pauses for. */
export interface DecisionCallbacks {
  serverName: ServerNameCallback | null;
  alpn: AlpnCallback | null;
  clientCertificate: ClientCertificateCallback | null;
  verify: VerifyCallback | null;
}

/** @throws TypeError `ERR_INVALID_ARG_TYPE` - it is neither a function nor null. */
export function checkCallback(name: string, callback: unknown): void {
  if (callback !== null && typeof callback !== 'function')
    throw invalidArgumentType(name, 'a function or null', callback);
}
