// "Server-side operation" of Python's documentation: listen, accept, wrap what was accepted, deal with the client.
import { on } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createDefaultContext, Purpose, SHUT_RDWR, type SSLSocket } from '@sslkit/socket';

/** Serves clients of `server`, which listens or is going to, one after the other, until `signal` ends it. */
export async function serve(certfile: string, keyfile: string, server: Server, signal: AbortSignal): Promise<void> {
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain(certfile, keyfile);
  for await (const [newsocket] of on(server, 'connection', { signal })) {
    const connstream = await context.wrapSocket(newsocket as Socket, { serverSide: true });
    try {
      await dealWithClient(connstream);
    } finally {
      connstream.shutdown(SHUT_RDWR);
      await connstream.close();
    }
  }
}

/** Listens at a free port of this machine. */
export async function listen(): Promise<Server> {
  const bindsocket = createServer();
  await new Promise<void>((resolve) => bindsocket.listen({ host: '127.0.0.1', port: 0, backlog: 5 }, resolve));
  return bindsocket;
}

async function dealWithClient(connstream: SSLSocket): Promise<void> {
  let data = await connstream.recv(1024);
  // Empty data means that the client is finished with us.
  while (data.length > 0) {
    if (!(await doSomething(connstream, data))) break;
    data = await connstream.recv(1024);
  }
}

/** Says the same in capital letters; false when it was told to stop. */
async function doSomething(connstream: SSLSocket, data: Buffer): Promise<boolean> {
  await connstream.sendAll(data.toString().toUpperCase());
  return !data.includes('stop');
}
