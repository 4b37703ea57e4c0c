import { once } from 'node:events';
import type { Socket } from 'node:net';
import { CERT_REQUIRED, SSLCertVerificationError, SSLEOFError, SSLError, TimeoutError } from '@sslkit/socket';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { authority, clientContext, serverContext, versions } from './certificates.ts';
import { tcpPair, tlsPair, type wrapPair } from './loopback.ts';

const DAY = 86_400_000; // milliseconds

/** Both results of a handshake that fails. */
async function failingPair(options: Parameters<typeof wrapPair>[1]): Promise<[unknown, unknown]> {
  const sockets = await tcpPair();
  const { context: near = await clientContext(), ...clientOptions } = options?.client ?? {};
  const { context: far = await serverContext(), ...serverOptions } = options?.server ?? {};
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'connected',
      (error: unknown) => error,
    );
  const outcomes = await Promise.all([
    outcome(near.wrapSocket(sockets[0], { serverHostname: 'localhost', ...clientOptions })),
    outcome(far.wrapSocket(sockets[1], { serverSide: true, ...serverOptions })),
  ]);
  // "upon transmission or receipt of a fatal alert": no TCP connection is left open.
  for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  return outcomes;
}

describe.each(versions)('%s', (_name, version) => {
  test('an authority that is not trusted is refused', async () => {
    const issuer = await createCertificateAuthority();
    const context = await serverContext(createCertificate({ authority: issuer, names: ['localhost'] }));
    context.maximumVersion = version;
    const [client] = await failingPair({ server: { context } });
    expect(client).toBeInstanceOf(SSLCertVerificationError);
    expect(client).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode: 20 });
  });

  test('the alert of the peer is what a server that is refused reports', async () => {
    const issuer = await createCertificateAuthority();
    const context = await serverContext(createCertificate({ authority: issuer, names: ['localhost'] }));
    context.maximumVersion = version;
    const [near, far] = await tcpPair();
    const connecting = (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }).catch(() => {});
    const refused = context
      .wrapSocket(far, { serverSide: true })
      // In TLS 1.3 the server may be done before the client looks at the certificate.
      .then((connection) => connection.recv())
      .catch((error) => error);
    await connecting;
    expect(await refused).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
  });

  test('a certificate for another name is refused', async () => {
    const context = await clientContext(version);
    const [client] = await failingPair({ client: { context, serverHostname: 'example.com' } });
    expect(client).toBeInstanceOf(SSLCertVerificationError);
    expect(client).toMatchObject({ verifyCode: 62 });
  });

  test('a certificate that has expired is refused', async () => {
    const certificate = createCertificate({
      authority: await authority,
      names: ['localhost'],
      notBefore: new Date(Date.now() - 3 * DAY),
      notAfter: new Date(Date.now() - DAY),
    });
    const context = await clientContext(version);
    const [client] = await failingPair({ client: { context }, server: { context: await serverContext(certificate) } });
    expect(client).toBeInstanceOf(SSLCertVerificationError);
    expect(client).toMatchObject({ verifyCode: 10 });
  });

  test('a client without the certificate that is asked for hears why', async () => {
    const context = await serverContext();
    context.loadVerifyLocations({ cadata: (await authority).certificatePem });
    context.verifyMode = CERT_REQUIRED;
    const [near, far] = await tcpPair();
    const refusing = context.wrapSocket(far, { serverSide: true }).catch((error) => error);
    const refused = (await clientContext(version))
      .wrapSocket(near, { serverHostname: 'localhost' })
      // TLS 1.3: the client is done first, and learns of the refusal when it reads.
      .then((connection) => connection.recv())
      .catch((error) => error);
    expect(await refusing).toMatchObject({ code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' });
    expect(await refused).toBeInstanceOf(SSLError);
    expect((await refused).code).toMatch(/ALERT_(HANDSHAKE_FAILURE|CERTIFICATE_REQUIRED)$/);
  });

  test('a record that was tampered with ends the connection on both sides, and TCP with it', async () => {
    const [client, server] = await tlsPair({ client: { context: await clientContext(version) } });
    await server.sendAll('.');
    await client.recv();
    // A record of application data, RFC 8446 §5.2, that no key has made.
    client.lower.write(Buffer.from([23, 3, 3, 0, 40, ...Buffer.alloc(40, 7)]));
    const error = await server.recv().catch((reason) => reason);
    expect(error.code).toBe('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC');
    await expect(server.sendAll('x')).rejects.toBe(error);
    await expect(client.recv()).rejects.toMatchObject({ code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' });
    for (const { lower } of [client, server]) if (!lower.closed) await once(lower, 'close');
  });

  test('plaintext that came before a bad record is delivered before the error', async () => {
    const [client, server] = await tlsPair({ client: { context: await clientContext(version) } });
    client.lower.cork();
    const sending = client.sendAll('good');
    client.lower.write(Buffer.from([23, 3, 3, 0, 40, ...Buffer.alloc(40, 7)]));
    client.lower.uncork();
    await sending;
    expect(String(await server.recv())).toBe('good');
    await expect(server.recv()).rejects.toBeInstanceOf(SSLError);
  });
});

test('no version in common is told on both sides', async () => {
  const context = await serverContext();
  context.maximumVersion = versions[0][1];
  const [client, server] = await failingPair({
    client: { context: await clientContext(versions[1][1]) },
    server: { context },
  });
  expect(server).toMatchObject({ code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' });
  expect(client).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
});

test('plaintext where TLS was meant is told from TLS, on both sides', async () => {
  const [near, far] = await tcpPair();
  far.end('220 smtp.example.com\r\n');
  const connecting = (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' });
  await expect(connecting).rejects.toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  const [http, server] = await tcpPair();
  http.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const accepting = (await serverContext()).wrapSocket(server, { serverSide: true });
  await expect(accepting).rejects.toMatchObject({ code: 'ERR_SSL_HTTP_REQUEST' });
});

describe('a peer that goes away', () => {
  const leave: [string, (socket: Socket) => unknown, object][] = [
    ['by ending the stream', (socket) => socket.end(), { code: 'ERR_SSL_EOF' }],
    ['by a reset', (socket) => socket.resetAndDestroy(), { code: 'ECONNRESET' }],
  ];
  test.each(leave)('before it says anything, %s, fails the handshake', async (_name, go, expected) => {
    const [near, far] = await tcpPair();
    const accepting = (await serverContext()).wrapSocket(far, { serverSide: true });
    go(near);
    await expect(accepting).rejects.toMatchObject(expected);
  });

  test.each(leave)('after the ClientHello, %s, fails the handshake of the client', async (_name, go, expected) => {
    const [near, far] = await tcpPair();
    const connecting = (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' });
    await once(far, 'data');
    go(far);
    await expect(connecting).rejects.toMatchObject(expected);
  });

  test.each(leave)('in the middle of the first flight of the server, %s', async (_name, go, expected) => {
    const [near, far] = await tcpPair();
    const connecting = (await clientContext()).wrapSocket(near, {
      serverHostname: 'localhost',
      transport: 'stream',
    });
    await once(far, 'data');
    // The head of a handshake record, and no more than that.
    far.write(Buffer.from([22, 3, 3, 0]));
    while (near.bytesRead < 4) await new Promise(setImmediate);
    go(far);
    await expect(connecting).rejects.toMatchObject(expected);
  });

  test('by a reset while data is read rejects with the error of the system', async () => {
    const [client, server] = await tlsPair();
    await server.sendAll('.');
    await client.recv();
    const reading = client.recv();
    server.lower.resetAndDestroy();
    await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(client.sendAll('x')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('by a reset while data is written rejects with the error of the system', async () => {
    const [client, server] = await tlsPair();
    const writing = client.sendAll(Buffer.alloc(64_000_000));
    server.lower.resetAndDestroy();
    const error = await writing.catch((reason) => reason);
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  });

  test('by a reset behind an alert: the alert is what is reported', async () => {
    const [client, server] = await tlsPair({ client: { transport: 'stream' } });
    await server.sendAll('.');
    await client.recv();
    // What the server sends and the client has not read: data, close_notify, and then the reset.
    const before = client.lower.bytesRead;
    await server.sendAll('data');
    const unwrapping = server.unwrap().catch((error) => error);
    while (client.lower.bytesRead - before < 40) await new Promise(setImmediate);
    server.lower.resetAndDestroy();
    while (!client.lower.destroyed) await new Promise(setImmediate);
    await unwrapping;
    expect(String(await client.recv())).toBe('data');
    expect(await client.recv()).toHaveLength(0);
    expect(client.ended).toBe('close_notify');
  });
});

describe('deadlines and signals', () => {
  test('a handshake has a deadline of its own, and its socket is closed', async () => {
    const [near, far] = await tcpPair();
    const closed = once(near, 'close');
    const wrapping = (await serverContext()).wrapSocket(far, { serverSide: true, handshakeTimeout: 0.05 });
    const error = await wrapping.catch((reason) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT', operation: 'handshake' });
    expect(far.destroyed).toBe(true);
    near.resume();
    await closed;
  });

  test('a deadline is for the whole call, however often the peer sends a byte', async () => {
    const [near, far] = await tcpPair();
    const wrapping = (await serverContext()).wrapSocket(far, { serverSide: true, handshakeTimeout: 0.1 });
    const drip = setInterval(() => near.writable && near.write(Buffer.from([22])), 10);
    near.on('error', () => {});
    await expect(wrapping).rejects.toMatchObject({ name: expect.stringMatching(/^(TimeoutError|SSLError)$/) });
    clearInterval(drip);
  });

  test('setTimeout() limits each call, and the connection goes on after it', async () => {
    const [client, server] = await tlsPair();
    client.setTimeout(0.02);
    await expect(client.recv()).rejects.toMatchObject({ code: 'ETIMEDOUT', operation: 'read' });
    await expect(client.sendAll(Buffer.alloc(64_000_000))).rejects.toMatchObject({ operation: 'write' });
    await server.sendAll('late');
    expect(String(await client.recv())).toBe('late');
    expect(client.getTimeout()).toBe(0.02);
  });

  test('unwrap() that runs out of time can be called again', async () => {
    const [client, server] = await tlsPair();
    client.setTimeout(0.02);
    await expect(client.unwrap()).rejects.toMatchObject({ code: 'ETIMEDOUT', operation: 'shutdown' });
    client.setTimeout(null);
    const unwrapping = client.unwrap();
    await server.recv();
    await Promise.all([unwrapping, server.unwrap()]);
  });

  test('a signal ends a read, and loses nothing', async () => {
    const [client, server] = await tlsPair();
    const stop = new AbortController();
    const reading = client.recv(1024, { signal: stop.signal });
    stop.abort('reason');
    await expect(reading).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'reason' });
    await server.sendAll('still here');
    expect(String(await client.recv())).toBe('still here');
  });

  test('a signal that was given already ends every call before it begins', async () => {
    const [client] = await tlsPair();
    const signal = AbortSignal.abort();
    const calls = [
      client.recv(1, { signal }),
      client.recvInto(new Uint8Array(1), 0, { signal }),
      client.send('x', { signal }),
      client.sendAll('x', { signal }),
      client.readable({ signal }),
      client.writable({ signal }),
      client.halfClose({ signal }),
      client.unwrap({ signal }),
      client.doHandshake({ signal }),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'ABORT_ERR' } });
    }
    expect(client.version()).toBe('TLSv1.3');
  });

  test('a signal ends wrapping, and the socket is closed', async () => {
    const [near] = await tcpPair();
    const stop = new AbortController();
    const wrapping = (await clientContext()).wrapSocket(near, { serverHostname: 'localhost', signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(wrapping).rejects.toMatchObject({ code: 'ABORT_ERR' });
    expect(near.destroyed).toBe(true);
  });

  test('a handshake ended by its signal goes on when it is called again', async () => {
    const [near, far] = await tcpPair();
    const client = await (await clientContext()).wrapSocket(near, {
      serverHostname: 'localhost',
      doHandshakeOnConnect: false,
    });
    const stop = new AbortController();
    const handshake = client.doHandshake({ signal: stop.signal });
    await once(far, 'readable');
    stop.abort();
    await expect(handshake).rejects.toMatchObject({ code: 'ABORT_ERR' });
    await Promise.all([client.doHandshake(), (await serverContext()).wrapSocket(far, { serverSide: true })]);
    expect(client.version()).toBe('TLSv1.3');
  });

  test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY]])('a time-out of %s is refused', async (seconds) => {
    const [client] = await tlsPair();
    expect(() => client.setTimeout(seconds)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });
});

test('an SSLEOFError of the handshake is not taken for an empty read', async () => {
  const [near, far] = await tcpPair();
  const client = await (await clientContext()).wrapSocket(near, {
    serverHostname: 'localhost',
    doHandshakeOnConnect: false,
  });
  const reading = client.recv();
  await once(far, 'data');
  far.end();
  await expect(reading).rejects.toBeInstanceOf(SSLEOFError);
});
