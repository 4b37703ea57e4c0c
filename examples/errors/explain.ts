// Says in words why a connection failed.

// #region readme
import { SSLCertVerificationError, SSLEOFError, SSLError } from '@sslkit/errors';

export function explain(error: unknown): string {
  if (error instanceof SSLCertVerificationError) return `not trusted: ${error.verifyMessage} (${error.verifyCode})`;
  if (error instanceof SSLEOFError) return 'the connection was cut';
  if (error instanceof SSLError && error.peerProtocol !== null) return `the peer speaks ${error.peerProtocol}, not TLS`;
  if (error instanceof SSLError && error.alert !== null) return `alert ${error.alert.name}, ${error.alert.direction}`;
  throw error;
}
// #endregion
