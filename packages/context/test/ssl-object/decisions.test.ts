import { CERT_REQUIRED, Outcome, type SSLContext, type SSLObject, type Verification } from '@sslkit/context';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { collectHandshakeErrors, makeMemoryPair, shakeHands, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { decodeCertificate } from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';

let client: SSLContext;
let server: SSLContext;

beforeAll(async () => {
  client = await makeClientContext();
});

describe.each(VERSIONS)('%s', (_, version) => {
  describe.each(WAYS)('by way of %s', (way) => {
    test('sniCallback switches the certificate by setting the context', async () => {
      server = await makeServerContext({ version });
      const other = await makeServerContext({ certificate: 'wildcard', version });
      const calls: unknown[] = [];
      server.sniCallback = (object, name, context) => {
        calls.push([name, context === server]);
        object.context = other;
        return null;
      };
      const pair = makeMemoryPair(client, server, { way, client: { serverHostname: 'www.example.com' } });
      shakeHands(pair);
      expect(calls).toEqual([['www.example.com', true]]);
      expect(pair.server.object.context).toBe(other);
      expect(pair.client.object.getPeerCert()).toMatchObject({ subjectAltName: [['DNS', '*.example.com']] });
    });

    test('sniCallback that returns an alert ends the handshake with it', async () => {
      server = await makeServerContext({ version });
      server.sniCallback = () => 112;
      const failure = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
      expect(failure.server).toMatchObject({ reason: 'CALLBACK_FAILED', alert: { number: 112, direction: 'sent' } });
      expect(failure.client).toMatchObject({ alert: { name: 'UNRECOGNIZED_NAME', direction: 'received' } });
    });

    test('sniCallback that throws is the cause of the failure', async () => {
      server = await makeServerContext({ version });
      const reason = new Error('no such customer');
      server.sniCallback = () => {
        throw reason;
      };
      const failure = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
      expect(failure.server).toMatchObject({ reason: 'CALLBACK_FAILED', cause: reason });
      expect(failure.client).toMatchObject({ alert: { name: 'HANDSHAKE_FAILURE' } });
    });

    test('sniCallback that closes the object leaves a closed object', async () => {
      server = await makeServerContext({ version });
      server.sniCallback = (object) => {
        object.close();
        return null;
      };
      const pair = makeMemoryPair(client, server, { way });
      pair.client.handshake();
      pair.server.receive(pair.client.send());
      expect(() => pair.server.handshake()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
    });

    test('sniCallback that enters the handshake again does not start another', async () => {
      server = await makeServerContext({ version });
      const inner: number[] = [];
      server.sniCallback = (object) => {
        inner.push(object.tryHandshake());
        return null;
      };
      const pair = makeMemoryPair(client, server, { way });
      shakeHands(pair);
      expect(inner).toEqual([Outcome.PAUSED]);
    });

    test('a callback that gives a promise is refused, for nobody here can wait', async () => {
      server = await makeServerContext({ version });
      server.sniCallback = async () => null;
      const failure = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
      expect(failure.server).toMatchObject({ reason: 'CALLBACK_FAILED', cause: { code: 'ERR_INVALID_STATE' } });
    });

    test('a handshake made to pause waits for the answer', async () => {
      server = await makeServerContext({ version });
      server.sniCallback = () => {
        throw new Error('is not called');
      };
      const pair = makeMemoryPair(client, server, { way, server: { pauseForDecisions: true } });
      expect(() => shakeHands(pair)).toThrow('stands still');
      const { decision } = pair.server.object;
      expect(decision).toMatchObject({ kind: 'serverName', serverName: 'localhost', alpnProtocols: [] });
      expect(pair.server.handshake()).toBe(Outcome.PAUSED);
      decision?.answer(null as never);
      expect(pair.server.object.decision).toBeNull();
      shakeHands(pair);
      expect(pair.server.object.version()).not.toBeNull();
    });

    test('alpnCallback picks among what the client offers', async () => {
      server = await makeServerContext({ version });
      const offers: unknown[] = [];
      server.alpnCallback = (_connection, offered) => {
        offers.push(offered);
        return 'second';
      };
      const offering = await makeClientContext();
      offering.setAlpnProtocols(['first', 'second']);
      const pair = makeMemoryPair(offering, server, { way });
      shakeHands(pair);
      expect(offers).toEqual([['first', 'second']]);
      expect(pair.client.object.selectedAlpnProtocol()).toBe('second');
    });

    test('clientCertificateCallback chooses the certificate when a server asks', async () => {
      server = await makeServerContext({ version, trust: 'authority' });
      server.verifyMode = CERT_REQUIRED;
      const choosing = await makeClientContext({ version });
      const identity = await makeClientContext({ certificate: 'client' });
      const asked: (readonly Buffer[])[] = [];
      choosing.clientCertificateCallback = (_connection, issuers) => {
        asked.push(issuers);
        return identity;
      };
      const pair = makeMemoryPair(choosing, server, { way });
      shakeHands(pair);
      pair.client.write(Buffer.from('x'));
      expect(asked).toHaveLength(1);
      expect(asked[0]).toHaveLength(1);
      expect(pair.server.object.getPeerCert()).toMatchObject({ subject: [[['commonName', 'Test client']]] });
    });

    test('verifyCallback accepts what OpenSSL refuses, and is told why it does', async () => {
      server = await makeServerContext({ certificate: 'expired', version });
      const lenient = await makeClientContext();
      const found: Verification[] = [];
      lenient.verifyCallback = (_connection, verification) => {
        found.push(verification);
        return true;
      };
      const pair = makeMemoryPair(lenient, server, { way });
      shakeHands(pair);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ verifyCode: 10, verifyDepth: 0, verifyMessage: 'certificate has expired' });
      const { certificate } = await takeCertificate('expired');
      expect(found[0]?.verifyCertificate?.equals(certificate)).toBe(true);
    });

    test('verifyCallback refuses what OpenSSL accepts', async () => {
      server = await makeServerContext({ version });
      const strict = await makeClientContext();
      const codes: number[] = [];
      strict.verifyCallback = (_connection, { verifyCode }) => {
        codes.push(verifyCode);
        return false;
      };
      const failure = collectHandshakeErrors(makeMemoryPair(strict, server, { way }));
      expect(codes).toEqual([0]);
      expect(failure.client).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode: 50 });
    });

    test('verifyCallback that throws refuses, and is the cause', async () => {
      server = await makeServerContext({ certificate: 'expired', version });
      const strict = await makeClientContext();
      const reason = new Error('broken pin store');
      strict.verifyCallback = () => {
        throw reason;
      };
      const failure = collectHandshakeErrors(makeMemoryPair(strict, server, { way }));
      expect(failure.client).toMatchObject({ verifyCode: 10, cause: reason });
    });
  });

  test('a PSK callback that uses its own connection is refused, and one that closes it leaves it closed', async () => {
    const keyed = await makeClientContext({ trust: null });
    keyed.checkHostname = false;
    keyed.verifyMode = 0;
    keyed.setCiphers('PSK');
    const keyServer = await makeServerContext({ version });
    keyServer.setCiphers('PSK');
    keyServer.setPskServerCallback(() => Buffer.alloc(32, 1));
    let connection: SSLObject | undefined;
    const seen: unknown[] = [];
    keyed.setPskClientCallback(() => {
      try {
        connection?.tryRead(Buffer.alloc(1));
      } catch (error) {
        seen.push(error);
      }
      connection?.close();
      return ['me', Buffer.alloc(32, 1)];
    });
    const pair = makeMemoryPair(keyed, keyServer);
    connection = pair.client.object;
    const failure = collectHandshakeErrors(pair);
    expect(seen).toMatchObject([{ code: 'ERR_INVALID_STATE' }]);
    expect(failure.client).toBeInstanceOf(Error);
    expect(() => connection?.tryHandshake()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
  });
});

test('verification is described with the chain that the server sent', async () => {
  server = await makeServerContext({ certificate: 'serverBelowIntermediate' });
  const curious = await makeClientContext();
  const names: unknown[] = [];
  curious.verifyCallback = (_connection, { chain }) => {
    names.push(...chain.map((der) => decodeCertificate(der).issuer));
    return true;
  };
  shakeHands(makeMemoryPair(curious, server));
  expect(names).toEqual([[[['commonName', 'Test intermediate CA']]], [[['commonName', 'Test CA']]]]);
});
