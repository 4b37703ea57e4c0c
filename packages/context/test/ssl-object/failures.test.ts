import { PROTOCOL_TLS_SERVER, SSLContext, TLSVersion } from '@sslkit/context';
import { SSLCertVerificationError, SSLEOFError, SSLError } from '@sslkit/errors';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { collectHandshakeErrors, makeMemoryPair, moveBytes, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { scale } from '@sslkit/test-support/thorough.ts';
import { describe, expect, test } from 'vitest';

describe.each(WAYS)('over %s', (way) => {
  const contexts = Promise.all([makeClientContext(), makeServerContext()]);

  test('a server recognises plain HTTP', async () => {
    const { server } = makeMemoryPair(...(await contexts), { way });
    server.receive(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    expect(() => server.handshake()).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_HTTP_REQUEST', errno: 1, library: 'SSL', reason: 'HTTP_REQUEST' }),
    );
  });

  test('a server recognises a plain HTTP proxy request', async () => {
    const { server } = makeMemoryPair(...(await contexts), { way });
    server.receive(Buffer.from('CONNECT localhost:443 HTTP/1.1\r\n\r\n'));
    expect(() => server.handshake()).toThrow(expect.objectContaining({ code: 'ERR_SSL_HTTPS_PROXY_REQUEST' }));
  });

  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['SMTP', '220 mail.example ESMTP ready\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('a client refuses an answer in %s as a wrong version', async (_, answer) => {
    const { client } = makeMemoryPair(...(await contexts), { way });
    client.handshake();
    client.receive(Buffer.from(answer));
    expect(() => client.handshake()).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_WRONG_VERSION_NUMBER', errno: 1, reason: 'WRONG_VERSION_NUMBER' }),
    );
  });

  test('a client that refused the certificate refuses it again', async () => {
    const pair = makeMemoryPair(await makeClientContext({ trust: 'otherAuthority' }), (await contexts)[1], { way });
    pair.client.handshake();
    moveBytes(pair.client, pair.server);
    pair.server.handshake();
    moveBytes(pair.server, pair.client);
    expect(() => pair.client.handshake()).toThrow(SSLCertVerificationError);
    expect(() => pair.client.handshake()).toThrow(SSLError);
    expect(pair.client.object.version()).toBeNull();
  });

  test('no common suite: the server names it, the client gets the alert', async () => {
    const client = await makeClientContext({ version: TLSVersion.TLSv1_2 });
    const server = await makeServerContext({ version: TLSVersion.TLSv1_2 });
    client.setCiphers('ECDHE-ECDSA-AES256-GCM-SHA384');
    server.setCiphers('ECDHE-ECDSA-AES128-GCM-SHA256');
    const errors = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
    expect(errors.server).toMatchObject({
      code: 'ERR_SSL_NO_SHARED_CIPHER',
      alert: { number: 40, name: 'HANDSHAKE_FAILURE', direction: 'sent' },
    });
    expect(errors.client).toMatchObject({
      code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      alert: { number: 40, name: 'HANDSHAKE_FAILURE', direction: 'received' },
    });
  });

  test('no common version: the server names it, the client gets the alert', async () => {
    const client = await makeClientContext({ version: TLSVersion.TLSv1_2 });
    const server = await makeServerContext({ version: TLSVersion.TLSv1_3 });
    const errors = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
    expect(errors.server).toMatchObject({ code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' });
    expect(errors.client).toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      alert: { number: 70, name: 'PROTOCOL_VERSION', direction: 'received' },
    });
  });

  test('a server without a certificate has no suite to share', async () => {
    const server = new SSLContext(PROTOCOL_TLS_SERVER);
    const errors = collectHandshakeErrors(makeMemoryPair(await makeClientContext(), server, { way }));
    expect(errors.server).toMatchObject({ code: 'ERR_SSL_NO_SHARED_CIPHER' });
  });

  test('a context without any version left says so', async () => {
    const client = await makeClientContext();
    client.minimumVersion = TLSVersion.TLSv1_3;
    client.maximumVersion = TLSVersion.TLSv1_2;
    const { client: end } = makeMemoryPair(client, await makeServerContext(), { way });
    expect(() => end.handshake()).toThrow(expect.objectContaining({ code: 'ERR_SSL_NO_PROTOCOLS_AVAILABLE' }));
  });

  describe.each(VERSIONS)('%s', (_, version) => {
    test('a transport that ends before the first flight, or before the answer to it, is an SSLEOFError', async () => {
      const client = await makeClientContext({ version });
      const server = await makeServerContext();
      const pair = makeMemoryPair(client, server, { way });
      pair.client.handshake();
      for (const end of [pair.client, pair.server]) {
        end.receiveEnd();
        expect(() => end.handshake()).toThrow(SSLEOFError);
        expect(() => end.handshake()).toThrow(SSLEOFError);
      }
    });

    test('a transport that ends inside a flight is an SSLEOFError with errno 8', async () => {
      const pair = makeMemoryPair(await makeClientContext({ version }), await makeServerContext(), { way });
      pair.client.handshake();
      pair.server.receive(pair.client.send().subarray(0, 50));
      pair.server.receiveEnd();
      expect(() => pair.server.handshake()).toThrow(
        expect.objectContaining({
          code: 'ERR_SSL_EOF',
          errno: 8,
          library: 'SSL',
          reason: 'UNEXPECTED_EOF_WHILE_READING',
        }),
      );
    });

    test('a bit of the first flight of the server changed at any offset never ends in a handshake that is done', async () => {
      const client = await makeClientContext({ version });
      const server = await makeServerContext({ version });
      const { length } = firstAnswer(makeMemoryPair(client, server, { way }));
      for (let offset = 0; offset < length; offset += scale(1, 17)) {
        const pair = makeMemoryPair(client, server, { way });
        const answer = firstAnswer(pair);
        // Lengths vary with those of ECDSA signatures; the version of a record means nothing (RFC 8446 §5.1).
        if (offset >= answer.length || isRecordVersion(answer, offset)) continue;
        answer.writeUInt8(answer.readUInt8(offset) ^ 0x20, offset);
        pair.client.receive(answer);
        expect(finishes(pair), `offset ${offset}`).toBe(false);
        pair.client.object.close();
        pair.server.object.close();
      }
      expect(length).toBeGreaterThan(100);
    });
  });
});

/** What the server answers to the client's first flight. */
function firstAnswer({ client, server }: ReturnType<typeof makeMemoryPair>): Buffer {
  client.handshake();
  moveBytes(client, server);
  server.handshake();
  return server.send();
}

function isRecordVersion(flight: Buffer, offset: number): boolean {
  let start = 0;
  while (start + 5 <= offset) start += 5 + flight.readUInt16BE(start + 3);
  return offset - start === 1 || offset - start === 2;
}

/** Whether both sides end with a handshake that is done; the server may find out only by the client's alert. */
function finishes(pair: ReturnType<typeof makeMemoryPair>): boolean {
  const { client, server } = collectHandshakeErrors(pair);
  return client === undefined && server === undefined && pair.client.object.version() !== null;
}
