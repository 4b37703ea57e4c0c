import { Server, type Socket } from 'node:net';
import {
  createConnection,
  createDefaultContext,
  Purpose,
  type SSLContext,
  type SSLListener,
  type SSLSocket,
  type TLSVersion,
  type WrapSocketOptions,
} from '@sslkit/socket';
import { onTestFinished } from 'vitest';
import { type CertificateName, takeCertificate } from './certificates.ts';
import { restrictVersion } from './contexts.ts';

/** A server's context of the socket layer. */
export async function socketServerContext(
  certificate: CertificateName = 'server',
  version?: TLSVersion,
): Promise<SSLContext> {
  const { chainPem, privateKeyPem } = await takeCertificate(certificate);
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  restrictVersion(context, version);
  return context;
}

/** A client's context of the socket layer, which trusts one authority. */
export async function socketClientContext(
  version?: TLSVersion,
  trust: CertificateName = 'authority',
): Promise<SSLContext> {
  const context = createDefaultContext({ cadata: (await takeCertificate(trust)).certificatePem });
  restrictVersion(context, version);
  return context;
}

/** Listens on a free port of 127.0.0.1 until the test is over. */
export async function listenOn(
  context: SSLContext,
  options?: WrapSocketOptions,
): Promise<{ listener: SSLListener; port: number }> {
  const listener = await context.wrapSocket(new Server(), options);
  listener.bind(['127.0.0.1', 0]);
  await listener.listen();
  onTestFinished(() => listener.close());
  return { listener, port: Number(listener.getSockName()[1]) };
}

/** Connects to a port of 127.0.0.1 and does the handshake; closed when the test is over. */
export async function connectTo(
  port: number,
  context: SSLContext,
  options: WrapSocketOptions = {},
): Promise<SSLSocket<Socket>> {
  const socket = await createConnection(['127.0.0.1', port], { timeout: 10 });
  onTestFinished(() => {
    socket.destroy();
  });
  return context.wrapSocket(socket, { serverHostname: 'localhost', ...options });
}
