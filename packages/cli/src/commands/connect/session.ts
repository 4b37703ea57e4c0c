import type { Socket } from 'node:net';
import type { SSLSession, SSLSocket } from '@sslkit/socket';

// Servers send their tickets with or right behind the answer to our Finished.
const PATIENCE = 1000; // milliseconds

/**
 * Waits until there is a session that can be resumed. In TLS 1.3 that is when the server's ticket has come, which is
 * seen only by reading; data that comes instead is put back.
 *
 * @returns null where the server gives none.
 */
export async function awaitSession(connection: SSLSocket<Socket>): Promise<SSLSession | null> {
  if (isResumable(connection)) return connection.session;
  const signal = AbortSignal.timeout(PATIENCE);
  while (!signal.aborted && !isResumable(connection)) {
    try {
      // A short read each time: it takes in the tickets, and does not return for them.
      const data = await connection.recv(1024, { signal: AbortSignal.any([signal, AbortSignal.timeout(20)]) });
      if (data.length === 0) break;
      connection.unread(data);
      break;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    }
  }
  return isResumable(connection) ? connection.session : null;
}

function isResumable(connection: SSLSocket<Socket>): boolean {
  const { session } = connection;
  if (session === null) return false;
  return connection.version() === 'TLSv1.3' ? session.hasTicket : session.hasTicket || session.id.length > 0;
}
