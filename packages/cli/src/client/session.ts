import type { Socket } from 'node:net';
import { SSLEOFError, type SSLSession, type SSLSocket } from '@sslkit/socket';
import type { Output } from '../output.ts';
import { saveSession } from './settings.ts';

// Servers send their tickets with or right behind the answer to our Finished.
const PATIENCE = 1000; // milliseconds

/**
 * Waits until there is a session that can be resumed: in TLS 1.3 until the server's ticket has come.
 *
 * @returns null where the server gives none.
 */
export async function awaitSession(connection: SSLSocket<Socket>): Promise<SSLSession | null> {
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    return await connection.awaitSession({ signal });
  } catch (error) {
    if (signal.aborted || error instanceof SSLEOFError) return null;
    throw error;
  }
}

/** Saves the session of a connection, so that a later one can resume it. */
export async function keepSession(connection: SSLSocket<Socket>, path: string, output: Output): Promise<void> {
  const session = await awaitSession(connection);
  if (session === null) output.say('The server gave no session to resume.');
  else saveSession(path, session);
}
