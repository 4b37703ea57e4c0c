// TLS put on a connection that is in use, and taken off again: STARTTLS, and `SSLSocket.unwrap` of Python's documentation.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createDefaultContext, Purpose } from '@sslkit/socket';

/** The client's side: one line in plaintext, one under TLS, one in plaintext; gives back the answers. */
export async function talkThroughUpgrade(plain: Socket, serverHostname: string, cafile: string): Promise<string[]> {
  const context = createDefaultContext({ cafile });
  plain.write('STARTTLS\n');
  const answers = [await readLine(plain)];

  const conn = await context.wrapSocket(plain, { serverHostname });
  await conn.sendAll('whisper\n');
  answers.push(String(await conn.recv()));

  // The socket that comes back is the one to go on with.
  const unwrapped = await conn.unwrap();
  unwrapped.end('farewell\n');
  answers.push(await readLine(unwrapped));
  return answers;
}

/** The server's side, which answers each line. */
export async function answerThroughUpgrade(plain: Socket, certfile: string, keyfile: string): Promise<void> {
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain(certfile, keyfile);
  if ((await readLine(plain)) !== 'STARTTLS\n') throw new Error('The client asked for something else');
  plain.write('go ahead\n');

  const conn = await context.wrapSocket(plain, { serverSide: true });
  await conn.sendAll(`under TLS: ${await conn.recv()}`);

  const unwrapped = await conn.unwrap();
  unwrapped.end(`in plaintext: ${await readLine(unwrapped)}`);
}

async function readLine(socket: Socket): Promise<string> {
  let line = '';
  while (!line.endsWith('\n')) {
    // Bytes that came with the end of TLS are there already: an event for them may have been and gone.
    const chunk = socket.read();
    if (chunk !== null) line += chunk;
    else await once(socket, 'readable');
  }
  return line;
}
