import { type SSLContext, SSLSocket } from '@sslkit/socket';

const asked = new WeakSet<object>();

/** A connection that also gives the peer's chain, and tells whether the server asked for a certificate. */
export class InspectedSocket<Lower> extends SSLSocket<Lower> {
  /** Whether the server asked for a certificate in the handshake. */
  get isAskedForCertificate(): boolean {
    return asked.has(this);
  }

  /** DER as the peer sent it, its own certificate first; empty where it sent none. */
  get sentChain(): readonly Uint8Array[] {
    return this.engine?.getUnverifiedChain() ?? [];
  }

  /** DER from the peer's certificate to the root, as it was verified; empty where it was not. */
  get verifiedChain(): readonly Uint8Array[] {
    return this.engine?.getVerifiedChain() ?? [];
  }
}

/**
 * Makes `wrapSocket` of a context give inspected sockets.
 *
 * @param hasCertificate - whether the context has a certificate to show to servers that ask.
 */
export function inspectConnections(context: SSLContext, hasCertificate = false): void {
  context.sslsocketClass = InspectedSocket;
  context.clientCertificateCallback = (connection) => {
    asked.add(connection);
    return hasCertificate ? context : null;
  };
}
