import { Socket } from 'node:net';
import { SSLContext, type SSLSocket, type TLSVersion, type WrapSocketOptions } from '@sslkit/socket';
import { onTestFinished } from 'vitest';
import { connectTo, listenOn, socketClientContext, socketServerContext } from './socket-contexts.ts';

/** A context of a client with Python's defaults, which trusts nobody. */
export function freshClient(): SSLContext {
  return new SSLContext(16); // PROTOCOL_TLS_CLIENT
}

/** A context of a client that asks nobody for anything. */
export function uncheckedClient(): SSLContext {
  const context = freshClient();
  context.checkHostname = false;
  context.verifyMode = 0;
  return context;
}

/** An SSLSocket over a socket that is not connected. */
export async function unconnected(options: WrapSocketOptions = {}): Promise<SSLSocket<Socket>> {
  return freshClient().wrapSocket(new Socket(), { serverHostname: 'localhost', ...options });
}

/** What can differ in {@link connectBoth}. */
export interface BothOptions extends WrapSocketOptions {
  version?: TLSVersion;
  /** The client's. Default: one that trusts the server. */
  context?: SSLContext;
}

/** A client and what the server accepted, over the loopback. */
export async function connectBoth(options: BothOptions = {}): Promise<{ client: SSLSocket; server: SSLSocket }> {
  const { version, context = await socketClientContext(version), ...clientOptions } = options;
  const { listener, port } = await listenOn(await socketServerContext('server', version));
  const accepted = listener.accept();
  const client = await connectTo(port, context, clientOptions);
  const [server] = await accepted;
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { client, server };
}

/** The client of {@link connectBoth}. */
export async function connectedClient(options?: BothOptions): Promise<SSLSocket> {
  return (await connectBoth(options)).client;
}
