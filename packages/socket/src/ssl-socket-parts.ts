import type { SSLContext, SSLSession } from '@sslkit/context';
import type { CallOptions } from './deadlines.ts';
import type { SSLListener } from './listener.ts';
import type { Transport } from './transport.ts';

/** For calls that have a `flags` argument in Python: any value but 0 is refused. */
export interface TransferOptions extends CallOptions {
  flags?: number | undefined;
}

/** What `wrapSocket` makes a connection of. */
export interface SSLSocketParts<Lower> {
  context: SSLContext;
  /** What was wrapped, and what `unwrap` gives back; null where the transport makes it when somebody asks. */
  lower: Lower | null;
  /** Null on a socket that is to be connected, or to listen. */
  transport: Transport<Lower> | null;
  /** For a socket that is not connected: makes the transport when it is, or the listener; else null. */
  unconnected: { makeTransport: () => Transport<Lower>; makeListener: () => SSLListener } | null;
  serverSide: boolean;
  serverHostname: string | null;
  session: SSLSession | null;
  doHandshakeOnConnect: boolean;
  suppressRaggedEofs: boolean;
  /** Seconds for one call; null for no limit, 0 for calls that never wait. */
  timeout: number | null;
  /** Seconds for a handshake where `timeout` is null; null for no limit. */
  handshakeTimeout: number | null;
}
