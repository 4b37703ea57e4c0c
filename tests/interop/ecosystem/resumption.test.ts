// Both ends of a connection have to say that it resumed a session: a client alone can be wrong about it.
import { CERT_REQUIRED, OP_NO_TICKET, type SSLContext, SSLSession, type SSLSocket } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { canRun, certificateFiles, freePort, type PeerProcess, startPeer } from '../../support/peer-process.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../../support/socket-contexts.ts';

const WAYS = VERSIONS.flatMap(
  ([name, version]) =>
    [
      [`${name} with what the ticket holds`, { name, version, tickets: true }],
      [`${name} with what the server keeps`, { name, version, tickets: false }],
    ] as const,
);
const obstacle = canRun('openssl', 'version') ? null : 'there is no openssl';

describePeer('openssl s_server', obstacle, () => {
  test.each(WAYS)('resumes our session, %s', async (_way, { name, version, tickets }) => {
    const server = await startServer(name === 'TLS 1.2' ? '-tls1_2' : '-tls1_3', ...(tickets ? [] : ['-no_ticket']));
    const context = await socketClientContext(version);
    const first = await connectTo(server.port, context);
    const session = await takeSession(first, server);
    const second = await connectTo(server.port, context, { session });
    expect(second.sessionReused).toBe(true);
    await server.output(/Reused session-id/);
  });

  test('resumes a session that was kept as bytes, with another context', async () => {
    const server = await startServer();
    const first = await connectTo(server.port, await socketClientContext());
    const bytes = (await takeSession(first, server)).toBytes();
    const context = await socketClientContext();
    const second = await connectTo(server.port, context, { session: SSLSession.fromBytes(bytes, context) });
    expect(second.sessionReused).toBe(true);
    await server.output(/Reused session-id/);
  });
});

describe('our own server', () => {
  test.each(WAYS)('resumes our session, %s', async (_way, { version, tickets }) => {
    const serverSide = await socketServerContext('server', version);
    if (!tickets) serverSide.options |= OP_NO_TICKET;
    const { listener, port } = await listenOn(serverSide);
    const context = await socketClientContext(version);
    const first = await meet(listener, port, context);
    const second = await meet(listener, port, context, first.session);
    const third = await meet(listener, port, context, second.session);
    expect([first, second, third].map(({ reused }) => reused)).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(serverSide.sessionStats()).toMatchObject({ acceptGood: 3, hits: 2 });
  });

  test.each(VERSIONS)('knows the client of a resumed connection by its certificate, %s', async (_name, version) => {
    const serverSide = await socketServerContext('server', version);
    serverSide.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
    serverSide.verifyMode = CERT_REQUIRED;
    const { listener, port } = await listenOn(serverSide);
    const context = await socketClientContext(version);
    const { chainPem, privateKeyPem } = await takeCertificate('client');
    context.loadCertChain({ cert: chainPem, key: privateKeyPem });
    const first = await meet(listener, port, context);
    const second = await meet(listener, port, context, first.session);
    expect(second.reused).toEqual([true, true]);
    expect([first.client, second.client]).toEqual(['Test client', 'Test client']);
  });

  test('does not resume a session of another server, and serves the client all the same', async () => {
    const one = await listenOn(await socketServerContext());
    const other = await listenOn(await socketServerContext());
    const context = await socketClientContext();
    const { session } = await meet(one.listener, one.port, context);
    expect((await meet(other.listener, other.port, context, session)).reused).toEqual([false, false]);
  });
});

async function startServer(...args: string[]): Promise<PeerProcess & { port: number }> {
  const { cert, key } = await certificateFiles('server');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const peer = startPeer('openssl', ['s_server', '-accept', address, '-cert', cert, '-key', key, ...args]);
  await peer.output(/ACCEPT/);
  return { ...peer, port };
}

/** Reads what `s_server` says, and with it a session of TLS 1.3, and ends the connection. */
async function takeSession(connection: SSLSocket<unknown>, server: PeerProcess): Promise<SSLSession> {
  server.write('hello\n');
  await connection.recv();
  const { session } = connection;
  await connection.close({ notify: true });
  if (session === null) throw new Error('There is no session');
  return session;
}

interface Meeting {
  /** The client's word and the server's. */
  reused: [client: boolean | null, server: boolean | null];
  session: SSLSession | null;
  client: string | undefined;
}

async function meet(
  listener: Awaited<ReturnType<typeof listenOn>>['listener'],
  port: number,
  context: SSLContext,
  session: SSLSession | null = null,
): Promise<Meeting> {
  const [connection, [served]] = await Promise.all([connectTo(port, context, { session }), listener.accept()]);
  await served.sendAll('hello');
  await connection.recv();
  const [, name] =
    served
      .getPeerCert()
      ?.subject?.flat()
      .find(([key]) => key === 'commonName') ?? [];
  const meeting: Meeting = {
    reused: [connection.sessionReused, served.sessionReused],
    session: connection.session,
    client: name?.toString(),
  };
  await connection.close({ notify: true });
  await served.close({ notify: true });
  return meeting;
}
