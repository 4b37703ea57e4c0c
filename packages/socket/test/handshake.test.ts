import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CERT_REQUIRED, type SSLContext, SSLSocket } from '@sslkit/socket';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { authority, clientContext, serverContext, versions } from './certificates.ts';
import { tcpPair, tlsPair, wrapPair } from './loopback.ts';

/** A callback that takes its time: the callbacks of a context may be async on this layer. */
function slowly<Given extends unknown[], Answer>(callback: (...given: Given) => Answer): (...given: Given) => Answer {
  return (async (...given: Given) => {
    await new Promise(setImmediate);
    return callback(...given);
  }) as unknown as (...given: Given) => Answer;
}

/** A server's context for another name. */
async function contextFor(name: string): Promise<SSLContext> {
  return serverContext(createCertificate({ authority: await authority, names: [name] }));
}

describe.each(versions)('%s', (_name, version) => {
  test('an async sniCallback fetches the certificate while the handshake waits', async () => {
    const context = await serverContext();
    const asked: unknown[] = [];
    context.sniCallback = slowly((connection, name, original) => {
      asked.push(connection, name, original);
      connection.context = other;
      return null;
    });
    const other = await contextFor('example.com');
    const [client, server] = await tlsPair({
      client: { context: await clientContext(version), serverHostname: 'example.com' },
      server: { context },
    });
    expect(asked).toEqual([server, 'example.com', context]);
    expect(asked[0]).toBeInstanceOf(SSLSocket);
    expect(client.getPeerCert()).toMatchObject({ subjectAltName: [['DNS', 'example.com']] });
    expect(server.context).toBe(other);
  });

  test('an async sniCallback that throws refuses the client, and is the cause', async () => {
    const context = await serverContext();
    const cause = new Error('no such tenant');
    context.sniCallback = slowly(() => {
      throw cause;
    });
    const sockets = await tcpPair();
    const accepting = context.wrapSocket(sockets[1], { serverSide: true }).catch((error) => error);
    const connecting = (await clientContext(version)).wrapSocket(sockets[0], { serverHostname: 'localhost' });
    await expect(connecting).rejects.toMatchObject({ code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' });
    expect((await accepting).cause).toBe(cause);
  });

  test('an async alpnCallback picks the protocol', async () => {
    const [clientSide, serverSide] = [await clientContext(version), await serverContext()];
    clientSide.setAlpnProtocols(['h2', 'http/1.1']);
    serverSide.alpnCallback = slowly((_connection, offered) => offered.at(-1));
    const [client, server] = await tlsPair({ client: { context: clientSide }, server: { context: serverSide } });
    expect([client.selectedAlpnProtocol(), server.selectedAlpnProtocol()]).toEqual(['http/1.1', 'http/1.1']);
  });

  test('an async clientCertificateCallback chooses the certificate of the client', async () => {
    const [clientSide, serverSide] = [await clientContext(version), await serverContext()];
    serverSide.loadVerifyLocations({ cadata: (await authority).certificatePem });
    serverSide.verifyMode = CERT_REQUIRED;
    const identity = await clientContext();
    const certificate = await createCertificate({ authority: await authority, role: 'client', subject: 'Alice' });
    identity.loadCertChain({ cert: certificate.chainPem, key: certificate.privateKeyPem });
    clientSide.clientCertificateCallback = slowly(() => identity);
    const [, server] = await tlsPair({ client: { context: clientSide }, server: { context: serverSide } });
    expect(server.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate.certificate));
  });

  test('an async verifyCallback has the last word', async () => {
    const context = await clientContext(version);
    context.verifyCallback = slowly((_connection, verification) => verification.verifyCode === 62);
    const [client] = await tlsPair({ client: { context, serverHostname: 'pinned.example' } });
    expect(client.version()).toBe(_name.replace(' ', 'v'));
    context.verifyCallback = slowly(() => false);
    const sockets = await tcpPair();
    const [refused] = await Promise.allSettled([
      context.wrapSocket(sockets[0], { serverHostname: 'localhost' }),
      (await serverContext()).wrapSocket(sockets[1], { serverSide: true }),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED' } });
  });
});

test('a connection that is closed while a callback thinks rejects at once', async () => {
  const context = await serverContext();
  context.sniCallback = (() => new Promise(() => {})) as unknown as typeof context.sniCallback;
  const [near, far] = await tcpPair();
  const connecting = (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }).catch((error) => error);
  const server = await context.wrapSocket(far, { serverSide: true, doHandshakeOnConnect: false });
  const handshake = server.doHandshake().catch((error) => error);
  await server.readable();
  await new Promise(setImmediate);
  await server.close();
  expect(await handshake).toMatchObject({ code: 'EBADF' });
  await connecting;
});

test('calls that wait for the handshake at the same time share one', async () => {
  const [near, far] = await tcpPair();
  const [server, client] = await Promise.all([
    (await serverContext()).wrapSocket(far, { serverSide: true, doHandshakeOnConnect: false }),
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost', doHandshakeOnConnect: false }),
  ]);
  const both = [client, server].flatMap((connection) => [connection.doHandshake(), connection.doHandshake()]);
  const [received] = await Promise.all([server.recv(), client.send('x'), ...both]);
  expect(String(received)).toBe('x');
});

test('a hundred handshakes at once all succeed', async () => {
  const contexts = { client: { context: await clientContext() }, server: { context: await serverContext() } };
  const pairs = await Promise.all(Array.from({ length: 100 }, async () => wrapPair(await tcpPair(), contexts)));
  expect(pairs.every(([client, server]) => client.version() === server.version())).toBe(true);
});

test('a session is resumed, and both sides say so', async () => {
  const contexts = { client: { context: await clientContext() }, server: { context: await serverContext() } };
  const [first, server] = await tlsPair(contexts);
  await server.sendAll('.');
  await first.recv();
  const { session } = first;
  expect(session).not.toBeNull();
  const [second, resumed] = await tlsPair({ ...contexts, client: { ...contexts.client, session } });
  expect([first.sessionReused, second.sessionReused, resumed.sessionReused]).toEqual([false, true, true]);
});

test('diagnostics channels tell of handshakes, refusals and closing', async () => {
  const told: string[] = [];
  const listeners = ['handshake.start', 'handshake.end', 'handshake.error', 'verification', 'close'].map((name) => {
    const listener = (message: unknown) => {
      expect(message).toMatchObject({ connection: expect.any(SSLSocket) });
      told.push(name);
    };
    subscribe(`sslkit.${name}`, listener);
    return () => unsubscribe(`sslkit.${name}`, listener);
  });
  try {
    const [client] = await tlsPair();
    await client.close();
    expect(told).toEqual(['handshake.start', 'handshake.start', 'handshake.end', 'handshake.end', 'close']);
    told.length = 0;
    const [near, far] = await tcpPair();
    const [refused] = await Promise.allSettled([
      (await clientContext()).wrapSocket(near, { serverHostname: 'example.com' }),
      (await serverContext()).wrapSocket(far, { serverSide: true }),
    ]);
    expect(refused?.status).toBe('rejected');
    expect(told).toEqual(expect.arrayContaining(['verification', 'handshake.error', 'close']));
  } finally {
    for (const stop of listeners) stop();
  }
});
