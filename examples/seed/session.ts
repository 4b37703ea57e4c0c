// "SSL session" of Python's documentation: a second connection resumes what the first one has negotiated.
import { createConnection, createDefaultContext } from '@sslkit/socket';

/** Asks the same server twice, and tells what the second connection saved. */
export async function askTwice(host: string, port: number, cafile: string, line: string) {
  // A session belongs to its context.
  const context = createDefaultContext({ cafile });
  const first = await context.wrapSocket(await createConnection([host, port]), { serverHostname: host });
  await first.sendAll(line);
  await first.recv();
  // In TLS 1.3 the session comes behind the handshake: after the first answer it is there.
  const { session } = first;
  await first.close();
  if (session === null) throw new Error('The server has given no session');

  const second = await context.wrapSocket(await createConnection([host, port]), { serverHostname: host, session });
  await second.sendAll(line);
  await second.recv();
  const { sessionReused } = second;
  await second.close();
  const { timeout, hasTicket, ticketLifetimeHint } = session;
  return { sessionReused, id: session.id.toString('hex'), timeout, hasTicket, ticketLifetimeHint };
}
