import { type Bytes, viewBytes } from '@sslkit/errors';

/** Bytes to send: any view, any buffer, or a string, which goes out as UTF-8. */
export type Sendable = string | Bytes;

/** A view of what is to be sent; nothing is copied, save for a string. */
export function viewSendable(data: Sendable): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : viewBytes('data', data);
}
