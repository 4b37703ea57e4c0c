import { createDefaultContext, VERIFY_CRL_CHECK_LEAF, VERIFY_X509_STRICT, type WrapOptions } from '@sslkit/context';
import { SSLCertVerificationError, SSLError } from '@sslkit/errors';
import { type CertificateName, takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { collectHandshakeErrors, makeMemoryPair, shakeHands, WAYS } from '@sslkit/test-support/memory-pair.ts';
import { createCertificate, createCrl, encodePem } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';

interface Refusal {
  readonly claim: string;
  readonly certificate: CertificateName;
  readonly client?: WrapOptions;
  readonly trust?: CertificateName;
  readonly verifyCode: number;
  /** The alert that the server gets. */
  readonly alert: string;
}

const REFUSALS: readonly Refusal[] = [
  { claim: 'another CA', certificate: 'distrusted', verifyCode: 20, alert: 'UNKNOWN_CA' },
  { claim: 'no CA', certificate: 'selfSigned', verifyCode: 18, alert: 'UNKNOWN_CA' },
  { claim: 'another host name', certificate: 'otherName', verifyCode: 62, alert: 'BAD_CERTIFICATE' },
  {
    claim: 'another IP address',
    certificate: 'server',
    client: { serverHostname: '127.0.0.2' },
    verifyCode: 64,
    alert: 'BAD_CERTIFICATE',
  },
  {
    claim: 'a label below a wildcard',
    certificate: 'wildcard',
    client: { serverHostname: 'a.b.example.com' },
    verifyCode: 62,
    alert: 'BAD_CERTIFICATE',
  },
  { claim: 'an expired certificate', certificate: 'expired', verifyCode: 10, alert: 'CERTIFICATE_EXPIRED' },
  { claim: 'a certificate that is not valid yet', certificate: 'notYetValid', verifyCode: 9, alert: 'BAD_CERTIFICATE' },
  { claim: "a client's certificate", certificate: 'client', verifyCode: 26, alert: 'UNSUPPORTED_CERTIFICATE' },
];

describe.each(VERSIONS)('%s', (_, version) => {
  describe.each(WAYS)('over %s', (way) => {
    test.each(REFUSALS)('a client refuses $claim with code $verifyCode', async (refusal) => {
      const { certificate, verifyCode, alert } = refusal;
      const contexts = [
        await makeClientContext({ version }),
        await makeServerContext({ version, certificate }),
      ] as const;
      const pair = makeMemoryPair(...contexts, { way, client: refusal.client ?? {} });
      const errors = collectHandshakeErrors(pair);
      expect(errors.client).toBeInstanceOf(SSLCertVerificationError);
      expect(errors.client).toMatchObject({
        code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED',
        errno: 1,
        library: 'SSL',
        reason: 'CERTIFICATE_VERIFY_FAILED',
        verifyCode,
        verifyMessage: expect.any(String),
        alert: { name: alert, direction: 'sent' },
      });
      expect(errors.server).toBeInstanceOf(SSLError);
      expect(errors.server).toMatchObject({ alert: { name: alert, direction: 'received' } });
    });

    test('a server refuses a client of another CA', async () => {
      const server = await makeServerContext({ version, trust: 'authority' });
      server.verifyMode = 2;
      const client = await makeClientContext({ version, certificate: 'distrustedClient' });
      const errors = collectHandshakeErrors(makeMemoryPair(client, server, { way }));
      expect(errors.server).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode: 20 });
      expect(errors.client).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
    });

    test('a server that requires a certificate refuses a client without', async () => {
      const server = await makeServerContext({ version, trust: 'authority' });
      server.verifyMode = 2;
      const errors = collectHandshakeErrors(makeMemoryPair(await makeClientContext({ version }), server, { way }));
      expect(errors.server).toMatchObject({ code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', errno: 1 });
      expect(errors.client).toMatchObject({ alert: { direction: 'received' } });
    });

    test('a server that asks for a certificate accepts a client without', async () => {
      const server = await makeServerContext({ version, trust: 'authority' });
      server.verifyMode = 1;
      const pair = makeMemoryPair(await makeClientContext({ version }), server, { way });
      shakeHands(pair);
      expect(pair.server.object.getPeerCert()).toBeNull();
    });

    test("a server that requires a certificate gets the client's", async () => {
      const server = await makeServerContext({ version, trust: 'authority' });
      server.verifyMode = 2;
      const client = await makeClientContext({ version, certificate: 'client' });
      const pair = makeMemoryPair(client, server, { way });
      shakeHands(pair);
      const { certificate } = await takeCertificate('client');
      expect(pair.server.object.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate));
    });
  });
});

test.each(['localhost', '127.0.0.1', '::1', 'LOCALHOST', null])(
  'a client accepts a certificate for %s',
  async (serverHostname) => {
    const pair = makeMemoryPair(await makeClientContext(), await makeServerContext(), { client: { serverHostname } });
    shakeHands(pair);
    expect(pair.client.object.getPeerCert()).toMatchObject({ version: 3 });
  },
);

test('a wildcard covers one label', async () => {
  const server = await makeServerContext({ certificate: 'wildcard' });
  const pair = makeMemoryPair(await makeClientContext(), server, { client: { serverHostname: 'www.example.com' } });
  shakeHands(pair);
  expect(pair.client.object.serverHostname).toBe('www.example.com');
});

test('the text of a mismatch names the host, and that of an expiry is OpenSSL’s', async () => {
  const texts = await Promise.all(
    (['otherName', 'expired'] as const).map(async (certificate) => {
      const pair = makeMemoryPair(await makeClientContext(), await makeServerContext({ certificate }));
      return (collectHandshakeErrors(pair).client as SSLCertVerificationError).verifyMessage;
    }),
  );
  expect(texts).toEqual(["Hostname mismatch, certificate is not valid for 'localhost'.", 'certificate has expired']);
});

test('the error of a refused certificate carries it, its depth and the chain', async () => {
  const pair = makeMemoryPair(await makeClientContext(), await makeServerContext({ certificate: 'expired' }));
  const { client } = collectHandshakeErrors(pair);
  const [leaf, root] = await Promise.all([takeCertificate('expired'), takeCertificate('authority')]);
  const { verifyDepth, verifyCertificate, verifyChain } = client as SSLCertVerificationError;
  expect(verifyDepth).toBe(0);
  expect(verifyCertificate).toEqual(Buffer.from(leaf.certificate));
  expect(verifyChain).toEqual([Buffer.from(leaf.certificate), Buffer.from(root.certificate)]);
});

test('a client that verifies nothing accepts a distrusted certificate and shows an empty dictionary', async () => {
  const client = await makeClientContext({ trust: null });
  client.checkHostname = false;
  client.verifyMode = 0;
  const pair = makeMemoryPair(client, await makeServerContext({ certificate: 'distrusted' }));
  shakeHands(pair);
  const { certificate } = await takeCertificate('distrusted');
  expect(pair.client.object.getPeerCert()).toEqual({});
  expect(pair.client.object.getPeerCert({ binaryForm: true })).toEqual(Buffer.from(certificate));
});

test('a chain through an intermediate verifies, and is given as sent and as verified', async () => {
  const pair = makeMemoryPair(
    await makeClientContext(),
    await makeServerContext({ certificate: 'serverBelowIntermediate' }),
  );
  shakeHands(pair);
  const [leaf, intermediate, root] = await Promise.all(
    (['serverBelowIntermediate', 'intermediate', 'authority'] as const).map(async (name) =>
      Buffer.from((await takeCertificate(name)).certificate),
    ),
  );
  expect(pair.client.object.getUnverifiedChain()).toEqual([leaf, intermediate]);
  expect(pair.client.object.getVerifiedChain()).toEqual([leaf, intermediate, root]);
});

test('a chain without its intermediate fails', async () => {
  const server = await makeServerContext();
  const { certificatePem, privateKeyPem } = await takeCertificate('serverBelowIntermediate');
  server.loadCertChain({ cert: certificatePem, key: privateKeyPem });
  const { client } = collectHandshakeErrors(makeMemoryPair(await makeClientContext(), server));
  expect(client).toMatchObject({ verifyCode: 20 });
});

test('an intermediate alone is trusted by a default context, and not without the flag for partial chains', async () => {
  const server = await makeServerContext({ certificate: 'serverBelowIntermediate' });
  const cadata = (await takeCertificate('intermediate')).certificatePem;
  shakeHands(makeMemoryPair(createDefaultContext({ cadata }), server));
  const { client } = collectHandshakeErrors(makeMemoryPair(await makeClientContext({ trust: 'intermediate' }), server));
  expect(client).toMatchObject({ verifyCode: 2 });
});

test("a strict client refuses a certificate without its issuer's key identifier, others take it", async () => {
  const authority = await takeCertificate('authority');
  const bare = await createCertificate({
    authority,
    names: ['localhost'],
    extensions: [{ oid: '2.5.29.35', value: null }],
  });
  const server = await makeServerContext();
  server.loadCertChain({ cert: bare.chainPem, key: bare.privateKeyPem });
  const client = await makeClientContext();
  shakeHands(makeMemoryPair(client, server));
  client.verifyFlags |= VERIFY_X509_STRICT;
  const errors = collectHandshakeErrors(makeMemoryPair(client, server));
  expect(errors.client).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode: 85 });
});

describe('with revocation lists', () => {
  test('a missing list, a listed and an unlisted certificate are told apart', async () => {
    const authority = await takeCertificate('authority');
    const revoked = await createCertificate({ authority, names: ['localhost'], serialNumber: 0x1234n });
    const crl = await createCrl({ authority, revoked: [{ serialNumber: 0x1234n }] });
    const client = await makeClientContext();
    client.verifyFlags |= VERIFY_CRL_CHECK_LEAF;
    const server = await makeServerContext();
    expect(collectHandshakeErrors(makeMemoryPair(client, server)).client).toMatchObject({ verifyCode: 3 });
    client.loadVerifyLocations({ cadata: crl.crlPem });
    shakeHands(makeMemoryPair(client, server));
    server.loadCertChain({ cert: revoked.chainPem, key: revoked.privateKeyPem });
    expect(collectHandshakeErrors(makeMemoryPair(client, server)).client).toMatchObject({
      verifyCode: 23,
      alert: { name: 'CERTIFICATE_REVOKED', direction: 'sent' },
    });
  });
});

test('a certificate whose DER was cut short is refused when it is loaded', async () => {
  const { certificate } = await takeCertificate('authority');
  const context = await makeClientContext({ trust: null });
  const cut = encodePem('CERTIFICATE', certificate.subarray(0, 100));
  expect(() => context.loadVerifyLocations({ cadata: cut })).toThrow(SSLError);
});
