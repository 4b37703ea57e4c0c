import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { Outcome, TLSVersion } from '@sslkit/context';
import { type CertificateName, takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import {
  type MemoryEnd,
  makeBufferEnd,
  makeMemoryPair,
  moveBytes,
  shakeHands,
  WAYS,
} from '@sslkit/test-support/memory-pair.ts';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, onTestFinished, test } from 'vitest';

const withCode = (code: string) => expect.objectContaining({ code });

/** Shakes hands with Node's own TLS server on the loopback. */
async function connectToNode(
  version: TLSVersion,
  certificate: CertificateName = 'server',
): Promise<{ end: MemoryEnd; peer: TLSSocket }> {
  const { chainPem, privateKeyPem } = await takeCertificate(certificate);
  const server = createServer({ cert: chainPem, key: privateKeyPem });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'secureConnection');
  const { port } = server.address() as AddressInfo;
  const socket: Socket = connectSocket(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const end = makeBufferEnd(await makeClientContext({ version }), { serverHostname: 'localhost' });
  await once(socket, 'connect');
  while (end.handshake() !== Outcome.DONE) {
    socket.write(end.send());
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    end.receive(bytes);
  }
  socket.write(end.send());
  const [peer] = (await accepted) as [TLSSocket];
  return { end, peer };
}

describe.each(VERSIONS)('%s', (_, version) => {
  test('tls-exporter is what node:tls exports', async () => {
    const { end, peer } = await connectToNode(version);
    // RFC 9266 §2
    const expected = peer.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    expect(end.object.getChannelBinding('tls-exporter')).toEqual(expected);
  });

  test.each([
    [20, 'EXPERIMENTAL_label', Buffer.from('context')],
    [32, 'EXPERIMENTAL_label', Buffer.alloc(0)],
    [100, 'other', Buffer.alloc(300, 7)],
  ])('exportKeyingMaterial(%i, %s, …) gives what node:tls gives', async (length, label, context) => {
    const { end, peer } = await connectToNode(version);
    expect(end.object.exportKeyingMaterial(length, label, context)).toEqual(
      peer.exportKeyingMaterial(length, label, context),
    );
  });

  test('without a context exportKeyingMaterial() gives what node:tls gives without', async () => {
    const { end, peer } = await connectToNode(version);
    const withoutContext = peer.exportKeyingMaterial as (length: number, label: string) => Buffer;
    const expected = Reflect.apply(withoutContext, peer, [32, 'EXPERIMENTAL_label']);
    expect(end.object.exportKeyingMaterial(32, 'EXPERIMENTAL_label')).toEqual(expected);
  });

  test('tls-server-end-point is the hash of the certificate that node:tls shows', async () => {
    const { end } = await connectToNode(version);
    const { certificate } = await takeCertificate('server');
    const expected = createHash('sha256').update(certificate).digest();
    expect(end.object.getChannelBinding('tls-server-end-point')).toEqual(expected);
  });

  test.each(WAYS)('both sides have the same bindings over %s', async (way) => {
    const pair = makeMemoryPair(await makeClientContext({ version }), await makeServerContext(), { way });
    shakeHands(pair);
    for (const type of ['tls-unique', 'tls-server-end-point', 'tls-exporter']) {
      const [ours, theirs] = [pair.client, pair.server].map(({ object }) =>
        object.getChannelBinding(type, { allowTLSv1_3: true }),
      );
      expect(ours, type).toEqual(theirs);
      expect(ours?.length, type).toBeGreaterThanOrEqual(12);
    }
  });

  test('a resumed connection has other bindings, the same on both sides', async () => {
    const contexts = [await makeClientContext({ version }), await makeServerContext()] as const;
    const pair = makeMemoryPair(...contexts);
    shakeHands(pair);
    moveBytes(pair.server, pair.client);
    pair.client.read();
    const { session } = pair.client.object;
    const again = makeMemoryPair(...contexts, { client: { serverHostname: 'localhost', session } });
    shakeHands(again);
    expect(again.client.object.sessionReused).toBe(true);
    const options = { allowTLSv1_3: true };
    const unique = again.client.object.getChannelBinding('tls-unique', options);
    expect(unique).toEqual(again.server.object.getChannelBinding('tls-unique', options));
    expect(unique).not.toEqual(pair.client.object.getChannelBinding('tls-unique', options));
  });
});

test('tls-unique of TLS 1.2 is the Finished message that node:tls got first', async () => {
  const { end, peer } = await connectToNode(TLSVersion.TLSv1_2);
  expect(end.object.getChannelBinding('tls-unique')).toEqual(peer.getPeerFinished());
});

test('tls-unique of TLS 1.3 is refused, and given to whoever insists', async () => {
  const { end, peer } = await connectToNode(TLSVersion.TLSv1_3);
  expect(() => end.object.getChannelBinding()).toThrow(withCode('ERR_SSL_CHANNEL_BINDING_UNDEFINED'));
  expect(end.object.getChannelBinding('tls-unique', { allowTLSv1_3: true })).toEqual(peer.getPeerFinished());
});

describe('tls-server-end-point, by the signature of the certificate (RFC 5929 §4.1)', () => {
  test.each([
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ] as const)('%s is taken as it is', async (hash, digest) => {
    const authority = await takeCertificate('authority');
    const { chainPem, privateKeyPem, certificate } = await createCertificate({ authority, names: ['localhost'], hash });
    const server = await makeServerContext();
    server.loadCertChain({ cert: chainPem, key: privateKeyPem });
    const pair = makeMemoryPair(await makeClientContext(), server);
    shakeHands(pair);
    const expected = createHash(digest).update(certificate).digest();
    expect(pair.client.object.getChannelBinding('tls-server-end-point')).toEqual(expected);
    expect(pair.server.object.getChannelBinding('tls-server-end-point')).toEqual(expected);
  });

  test('SHA-1 becomes SHA-256', async () => {
    const authority = await takeCertificate('authority');
    const weak = await createCertificate({ authority, names: ['localhost'], hash: 'SHA-1' });
    expect(new X509Certificate(weak.certificate).subject).toContain('localhost');
    const client = await makeClientContext();
    const server = await makeServerContext();
    for (const context of [client, server]) context.setCiphers('DEFAULT:@SECLEVEL=0');
    server.loadCertChain({ cert: weak.chainPem, key: weak.privateKeyPem });
    const pair = makeMemoryPair(client, server);
    shakeHands(pair);
    const expected = createHash('sha256').update(weak.certificate).digest();
    expect(pair.client.object.getChannelBinding('tls-server-end-point')).toEqual(expected);
  });

  test('a signature without a hash of its own, Ed25519, has none', async () => {
    const own = await createCertificate({ names: ['localhost'], keyType: 'Ed25519' });
    const server = await makeServerContext();
    server.loadCertChain({ cert: own.chainPem, key: own.privateKeyPem });
    server.setCiphersuites('TLS_AES_128_GCM_SHA256');
    const client = await makeClientContext({ trust: null });
    client.loadVerifyLocations({ cadata: own.certificatePem });
    client.setClientSigalgs('ed25519');
    client.setServerSigalgs('ed25519');
    const pair = makeMemoryPair(client, server);
    shakeHands(pair);
    expect(pair.client.object.getChannelBinding('tls-server-end-point')).toBeNull();
  });
});

describe('exportKeyingMaterial()', () => {
  const connected = async () => {
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext());
    shakeHands(pair);
    return pair.client.object;
  };

  test.each([0, -1, 2 ** 31, 65_537])('refuses a length of %i', async (length) => {
    const object = await connected();
    expect(() => object.exportKeyingMaterial(length, 'EXPERIMENTAL')).toThrow(withCode('ERR_OUT_OF_RANGE'));
  });

  test.each([1.5, '32', null, undefined])('refuses a length of %o', async (length) => {
    const object = await connected();
    expect(() => object.exportKeyingMaterial(length as unknown as number, 'EXPERIMENTAL')).toThrow(
      withCode('ERR_INVALID_ARG_TYPE'),
    );
  });

  test.each([32, null, Buffer.from('label')])('refuses a label of %o', async (label) => {
    const object = await connected();
    expect(() => object.exportKeyingMaterial(32, label as unknown as string)).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test('refuses a context that is text', async () => {
    const object = await connected();
    expect(() => object.exportKeyingMaterial(32, 'EXPERIMENTAL', 'text' as unknown as Uint8Array)).toThrow(
      withCode('ERR_INVALID_ARG_TYPE'),
    );
  });

  test('is refused before the handshake', async () => {
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext());
    expect(() => pair.client.object.exportKeyingMaterial(32, 'EXPERIMENTAL')).toThrow(
      withCode('ERR_INVALID_ARG_VALUE'),
    );
  });
});
