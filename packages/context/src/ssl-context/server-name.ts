import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { AlertDescription } from '../enums/alert-description.ts';
import { SSLMethod } from '../enums/protocol.ts';
import { toUnicode } from '../idna/domain-name.ts';
import type { SSLObject } from '../ssl-object/ssl-object.ts';
import type { Awaitable } from './decision-callbacks.ts';
import type { SSLContext } from './ssl-context.ts';

/**
 * Decides by the name that a client asks for, once in each handshake of a server.
 *
 * @param object - the connection; set its `context` to switch certificates.
 * @param serverName - ASCII, or null where the client named none.
 * @param context - the context that the callback was set on.
 * @returns nothing to go on, or the number of an alert to refuse with.
 */
export type ServerNameCallback = (
  object: SSLObject,
  serverName: string | null,
  context: SSLContext,
) => Awaitable<number | null | undefined>;

/** Wraps a callback that wants names as people write them; one that cannot be decoded is refused with an alert. */
export function decodeServerNameFor(callback: ServerNameCallback): ServerNameCallback {
  return (object, serverName, context) => {
    const name = serverName === null ? null : decodeName(serverName);
    if (name === undefined) return AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR;
    return callback(object, name, context);
  };
}

function decodeName(serverName: string): string | undefined {
  try {
    return toUnicode(serverName);
  } catch {
    return undefined;
  }
}

/** @throws RangeError on a client's context, TypeError where it is no function. */
export function checkServerNameCallback(
  protocol: number,
  callback: unknown,
): asserts callback is ServerNameCallback | null {
  if (protocol === SSLMethod.PROTOCOL_TLS_CLIENT) {
    throw invalidArgumentValue('sniCallback cannot be set on TLS_CLIENT context');
  }
  if (callback !== null && typeof callback !== 'function') {
    throw invalidArgumentType('sniCallback', 'a function or null', callback);
  }
}
