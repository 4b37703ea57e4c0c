import { invalidArgumentValue } from '@sslkit/errors';
import type { NativeObject } from '../addon.ts';

/** The kinds that {@link getChannelBinding} knows. Python: `ssl.CHANNEL_BINDING_TYPES`. */
export const CHANNEL_BINDING_TYPES: string[] = ['tls-unique'];

/** Implements `SSLObject.getChannelBinding`. RFC 5929 §3. */
export function getChannelBinding(native: NativeObject, serverSide: boolean, type: string): Buffer | null {
  if (!CHANNEL_BINDING_TYPES.includes(type)) {
    throw invalidArgumentValue(`'${type}' channel binding type not implemented`);
  }
  // RFC 5929 §3.1: "the first TLS Finished message sent": the client's in a full handshake, the server's in a resumed one.
  const ours = native.sessionReused() !== !serverSide;
  return native.finished(!ours);
}
