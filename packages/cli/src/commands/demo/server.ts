import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createDefaultContext, Purpose, type SSLListener, type SSLSocket } from '@sslkit/socket';
import type { CreatedCertificate } from '@sslkit/x509';

/** What the client says to have TLS taken off. */
export const TAKE_OFF = 'TLS off';

/** A server on a free port of this machine. */
export interface DemoServer extends AsyncDisposable {
  readonly port: number;
  /** Shows another certificate from now on. */
  show(certificate: CreatedCertificate): void;
}

/** Starts a server that answers each message, and unwraps when it is asked to. */
export async function startServer(certificate: CreatedCertificate): Promise<DemoServer> {
  const listener = await serverContext(certificate).wrapSocket(createServer());
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  const serving = serve(listener);
  return {
    port: listener.getSockName()[1] as number,
    show(other) {
      listener.context = serverContext(other);
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      await serving;
    },
  };
}

function serverContext({ chainPem, privateKeyPem }: CreatedCertificate): ReturnType<typeof createDefaultContext> {
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  return context;
}

async function serve(listener: SSLListener): Promise<void> {
  for await (const [connection] of listener) {
    // A client that goes away in the middle costs this connection alone.
    answer(connection).catch(() => connection.close());
  }
}

async function answer(connection: SSLSocket<Socket>): Promise<void> {
  for await (const message of connection) {
    if (String(message) === TAKE_OFF) {
      await connection.sendAll('TLS goes off');
      const plain = await connection.unwrap();
      plain.on('data', (bytes: Buffer) => plain.end(`you said in plaintext: ${bytes}`));
      await once(plain, 'close');
      return;
    }
    await connection.sendAll(`you said over ${connection.version()}: ${message}`);
  }
  await connection.close({ notify: true });
}
