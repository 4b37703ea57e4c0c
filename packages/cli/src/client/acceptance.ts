import { SSLEOFError, SSLError } from '@sslkit/socket';
import { InspectedSocket } from './inspected-socket.ts';
import { HandshakeFailure, type OpenConnection } from './open-connection.ts';
import { awaitSession } from './session.ts';

/**
 * Waits until a server that has asked for a certificate has looked at the answer. In TLS 1.3 the handshake is over for a
 * client before that, RFC 8446 §2; what comes next, a ticket or an alert, tells.
 *
 * @throws HandshakeFailure where the server refuses, or cuts the connection.
 */
export async function awaitAcceptance({ connection, address, firstBytes }: OpenConnection): Promise<void> {
  const isOpen = connection.version() === 'TLSv1.3' && connection.sessionReused !== true;
  if (!isOpen || !(connection instanceof InspectedSocket) || !connection.isAskedForCertificate) return;
  try {
    await awaitSession(connection);
    if (connection.ended === 'truncated') throw new SSLEOFError('The server has cut the connection');
  } catch (error) {
    await connection.close();
    throw error instanceof SSLError ? new HandshakeFailure(error, firstBytes, address) : error;
  }
}
