// "Client-side operation" of Python's documentation: connect to a server, verify it, look at its certificate, talk.
import { Socket } from 'node:net';
import { createDefaultContext } from '@sslkit/socket';

/** Asks an HTTPS server for the head of its first page, and gives back its certificate and the lines of its answer. */
export async function fetchHead(host: string, port: number, cafile: string) {
  // Recommended settings for a client: the certificate is verified, and the name in it. Without `cafile` the system's
  // own authorities are trusted.
  const context = createDefaultContext({ cafile });
  const conn = await context.wrapSocket(new Socket(), { serverHostname: host });
  await conn.connect([host, port]);
  try {
    const cert = conn.getPeerCert();
    await conn.sendAll(`HEAD / HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    const answer = await conn.recv(1024);
    return { cert, lines: answer.toString('latin1').split('\r\n') };
  } finally {
    await conn.close();
  }
}
