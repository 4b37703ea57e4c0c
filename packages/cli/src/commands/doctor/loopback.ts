import { createDefaultContext } from '@sslkit/socket';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { openConnection } from '../../client/open-connection.ts';
import { startServer } from '../demo/server.ts';

const TIMEOUT = 10; // seconds

/** Connects to a server of our own at 127.0.0.1 and says what was negotiated. */
export async function converseOverLoopback(): Promise<string> {
  const authority = await createCertificateAuthority();
  await using server = await startServer(await createCertificate({ authority, names: ['localhost'] }));
  const context = createDefaultContext({ cadata: authority.certificatePem });
  const target = { host: '127.0.0.1', port: server.port };
  const { connection, timing } = await openConnection(context, { target, serverName: 'localhost', timeout: TIMEOUT });
  await connection.sendAll('hello');
  await connection.recv();
  const facts = `${connection.version()} with ${connection.cipher()?.[0]} over loopback, in ${timing.handshakeMs.toFixed(1)} ms`;
  await connection.close({ notify: true });
  return facts;
}
