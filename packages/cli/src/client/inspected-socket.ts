import { type SSLContext, SSLSocket } from '@sslkit/socket';

/** A connection that also gives the peer's chain. */
export class InspectedSocket<Lower> extends SSLSocket<Lower> {
  /** DER as the peer sent it, its own certificate first; empty where it sent none. */
  get sentChain(): readonly Uint8Array[] {
    return this.engine?.getUnverifiedChain() ?? [];
  }

  /** DER from the peer's certificate to the root, as it was verified; empty where it was not. */
  get verifiedChain(): readonly Uint8Array[] {
    return this.engine?.getVerifiedChain() ?? [];
  }
}

/** Makes `wrapSocket` of a context give inspected sockets. */
export function inspectConnections(context: SSLContext): void {
  context.sslsocketClass = InspectedSocket;
}
