import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { scale, thorough } from '@sslkit/test-support/thorough.ts';
import { type CreatedCertificate, createCertificate, createCertificateAuthority, type KeyType } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { takeKey } from './keys.ts';
import { hasOpenssl, hasPython, openssl, opensslRefusal, python } from './peer-programs.ts';

const QUICK_KEY_TYPES: readonly KeyType[] = ['P-256', 'P-384', 'P-521', 'Ed25519', 'RSA-2048'];
// Making a larger RSA key takes seconds.
const KEY_TYPES: readonly KeyType[] = thorough ? [...QUICK_KEY_TYPES, 'RSA-3072', 'RSA-4096'] : QUICK_KEY_TYPES;
const DAY = 86_400_000; // milliseconds

function verify(leaf: CreatedCertificate, root: CreatedCertificate, ...args: string[]): string {
  const [certificate = '', ...intermediates] = leaf.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
  const files = { 'leaf.pem': certificate, 'root.pem': root.certificatePem, 'rest.pem': intermediates.join('') };
  const untrusted = intermediates.length > 0 ? ['-untrusted', 'rest.pem'] : [];
  return openssl(files, 'verify', '-x509_strict', '-CAfile', 'root.pem', ...untrusted, ...args, 'leaf.pem');
}

function text(certificate: { readonly certificatePem: string }): string {
  return openssl({ 'it.pem': certificate.certificatePem }, 'x509', '-in', 'it.pem', '-noout', '-text');
}

describe.skipIf(!hasOpenssl)('in the eyes of the openssl command (skipped where there is none)', () => {
  test.each(QUICK_KEY_TYPES)(
    '%s: a server certificate verifies strictly for each of its names',
    async (keyType) => {
      const authority = await createCertificateAuthority({ privateKey: await takeKey(keyType, 'authority') });
      const privateKey = await takeKey(keyType, 'leaf');
      const server = await createCertificate({ authority, privateKey, names: ['localhost', '127.0.0.1', '::1'] });
      for (const name of [
        ['-verify_hostname', 'localhost'],
        ['-verify_ip', '127.0.0.1'],
        ['-verify_ip', '::1'],
      ]) {
        expect(verify(server, authority, '-purpose', 'sslserver', ...name)).toBe('leaf.pem: OK\n');
      }
    },
    60_000,
  );

  test.each(KEY_TYPES)(
    '%s: a self-signed certificate verifies strictly against itself',
    async (keyType) => {
      const server = await createCertificate({ keyType, names: ['localhost'] });
      expect(verify(server, server, '-purpose', 'sslserver', '-check_ss_sig')).toBe('leaf.pem: OK\n');
    },
    60_000,
  );

  test('every role verifies strictly for its purpose, and not for another', async () => {
    const authority = await createCertificateAuthority();
    for (const [role, purpose, foreign] of [
      ['server', 'sslserver', 'sslclient'],
      ['client', 'sslclient', 'sslserver'],
      ['email', 'smimesign', 'sslserver'],
      ['timeStamping', 'timestampsign', 'sslserver'],
      ['ocspSigning', 'ocsphelper', 'sslserver'],
    ] as const) {
      const leaf = await createCertificate({ authority, role, names: ['someone@example.org'] });
      expect(verify(leaf, authority, '-purpose', purpose)).toBe('leaf.pem: OK\n');
      expect(() => verify(leaf, authority, '-purpose', foreign)).toThrow('unsuitable certificate purpose');
    }
    const peer = await createCertificate({ authority, role: 'peer' });
    expect(verify(peer, authority, '-purpose', 'sslserver')).toBe('leaf.pem: OK\n');
    expect(verify(peer, authority, '-purpose', 'sslclient')).toBe('leaf.pem: OK\n');
  });

  test('a chain over two intermediates of mixed keys verifies strictly, and comes without its root', async () => {
    const root = await createCertificateAuthority({ privateKey: await takeKey('RSA-2048', 'authority') });
    const upper = await createCertificateAuthority({ authority: root, keyType: 'Ed25519', pathLength: 1 });
    const lower = await createCertificate({ authority: upper, role: 'intermediate', keyType: 'P-384', pathLength: 0 });
    const server = await createCertificate({ authority: lower, names: ['localhost'] });
    expect(server.chain).toEqual([server.certificate, lower.certificate, upper.certificate]);
    expect(verify(server, root, '-purpose', 'sslserver')).toBe('leaf.pem: OK\n');
  });

  test('pathLength holds', async () => {
    const root = await createCertificateAuthority({ pathLength: 0 });
    const intermediate = await createCertificateAuthority({ authority: root });
    const server = await createCertificate({ authority: intermediate });
    expect(() => verify(server, root)).toThrow('path length constraint exceeded');
  });

  test('name constraints permit and exclude', async () => {
    const authority = await createCertificateAuthority({
      nameConstraints: { permitted: ['example.org', '10.0.0.0/8', '2001:db8::/32'], excluded: ['bad.example.org'] },
    });
    const permitted = ['www.example.org', '10.1.2.3', '2001:db8::1'];
    const good = await createCertificate({ authority, subject: '', names: permitted });
    expect(verify(good, authority)).toBe('leaf.pem: OK\n');
    for (const name of ['example.net', 'www.bad.example.org', '11.1.2.3', '2001:db9::1']) {
      const bad = await createCertificate({ authority, subject: '', names: [name] });
      expect(() => verify(bad, authority)).toThrow(/permitted subtree violation|excluded subtree violation/);
    }
  });

  test('without a subject the alternative names are critical', async () => {
    const authority = await createCertificateAuthority();
    const server = await createCertificate({ authority, subject: '', names: ['localhost'] });
    expect(text(server)).toMatch(/Subject: \n[\s\S]*Subject Alternative Name: critical\n/);
    expect(verify(server, authority)).toBe('leaf.pem: OK\n');
  });

  test('expired and not yet valid certificates can be created', async () => {
    const authority = await createCertificateAuthority();
    const expired = await createCertificate({ authority, notAfter: new Date(Date.now() - DAY) });
    const early = await createCertificate({ authority, notBefore: new Date(Date.now() + DAY) });
    expect(() => verify(expired, authority)).toThrow('certificate has expired');
    expect(() => verify(early, authority)).toThrow('certificate is not yet valid');
  });

  test('dates up to 2049 are UTCTime, others GeneralizedTime, without fractions', async () => {
    const notBefore = new Date('1949-12-31T23:59:59.999Z');
    const middle = await createCertificate({
      notBefore: new Date('1950-01-01T00:00:00Z'),
      notAfter: new Date('2049-12-31T23:59:59.999Z'),
    });
    const outer = await createCertificate({ notBefore, notAfter: new Date('9999-12-31T23:59:59Z') });
    const parse = (der: Uint8Array) => openssl({ 'it.der': der }, 'asn1parse', '-inform', 'DER', '-in', 'it.der');
    expect(parse(middle.certificate)).toMatch(/UTCTIME +:500101000000Z\n.*UTCTIME +:491231235959Z\n/);
    expect(parse(outer.certificate)).toMatch(
      /GENERALIZEDTIME +:19491231235959Z\n.*GENERALIZEDTIME +:99991231235959Z\n/,
    );
  });

  test('every extension is written as openssl reads it', async () => {
    const authority = await createCertificateAuthority();
    const certificate = await createCertificate({
      authority,
      names: ['example.org'],
      keyUsage: ['digitalSignature', 'decipherOnly', 'keyAgreement'],
      extendedKeyUsage: ['serverAuth', 'anyExtendedKeyUsage', '1.2.3.4'],
      crlDistributionPoints: ['http://example.org/a.crl', 'http://example.org/b.crl'],
      ocsp: ['http://ocsp.example.org/'],
      caIssuers: ['http://example.org/ca.der'],
      policies: ['2.23.140.1.2.1', { oid: '1.2.3', cps: 'https://example.org/cps', userNotice: 'Für Tests' }],
      mustStaple: true,
      extensions: [{ oid: '1.2.3.4.5', critical: false, value: Uint8Array.of(5, 0) }],
    });
    const seen = text(certificate);
    for (const expected of [
      /Basic Constraints: critical\n +CA:FALSE\n/,
      /Key Usage: critical\n +Digital Signature, Key Agreement, Decipher Only\n/,
      /Extended Key Usage: \n +TLS Web Server Authentication, Any Extended Key Usage, 1\.2\.3\.4\n/,
      /CRL Distribution Points: \n\s+Full Name:\s+URI:http:\/\/example.org\/a.crl\n\s+Full Name:\s+URI:http:\/\/example.org\/b.crl\n/,
      /OCSP - URI:http:\/\/ocsp.example.org\/\n\s+CA Issuers - URI:http:\/\/example.org\/ca.der\n/,
      /Policy: 2\.23\.140\.1\.2\.1\n\s+Policy: 1\.2\.3\n\s+CPS: https:\/\/example.org\/cps\n\s+User Notice:\n\s+Explicit Text: F/,
      /TLS Feature: \n +status_request\n/,
      /1\.2\.3\.4\.5: \n/,
    ]) {
      expect(seen).toMatch(expected);
    }
    expect(verify(certificate, authority)).toBe('leaf.pem: OK\n');
  });

  test('an extension of the caller takes the place of a built one, or removes it', async () => {
    const certificate = await createCertificate({
      names: ['example.org'],
      extensions: [
        { oid: '2.5.29.14', value: null },
        { oid: '2.5.29.17', value: Uint8Array.of(0x30, 3, 0x82, 1, 0x61) },
      ],
    });
    expect(text(certificate)).not.toContain('Subject Key Identifier');
    expect(text(certificate)).toMatch(/Subject Alternative Name: \n +DNS:a\n/);
  });

  test.each(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const)('RSA and ECDSA sign with %s', async (hash) => {
    const digest = hash.replace('-', '').toLowerCase();
    const rsa = await createCertificate({ privateKey: await takeKey('RSA-2048', 'leaf'), hash });
    expect(text(rsa)).toContain(`Signature Algorithm: ${digest}WithRSAEncryption\n`);
    const ecdsa = await createCertificate({ hash });
    expect(text(ecdsa)).toMatch(new RegExp(`Signature Algorithm: ecdsa-with-${digest}\n`, 'i'));
    expect(verify(ecdsa, ecdsa, '-check_ss_sig', '-auth_level', '0')).toBe('leaf.pem: OK\n');
    expect(verify(rsa, rsa, '-check_ss_sig', '-auth_level', '0')).toBe('leaf.pem: OK\n');
  });

  test('ECDSA signatures are minimal INTEGERs whatever the numbers', async () => {
    const authority = await createCertificateAuthority();
    // About one in 128 has a short r or s, and three in four a leading 1 bit.
    const leaves = await Promise.all(Array.from({ length: scale(300, 50) }, () => createCertificate({ authority })));
    const issuer = new X509Certificate(authority.certificate).publicKey;
    expect(leaves.filter(({ certificate }) => !new X509Certificate(certificate).verify(issuer))).toEqual([]);
  });

  test('a certificate of a foreign authority of the same name is refused', async () => {
    const authority = await createCertificateAuthority({ subject: 'The CA' });
    const impostor = await createCertificateAuthority({ subject: 'The CA' });
    const server = await createCertificate({ authority: impostor });
    const files = { 'leaf.pem': server.certificatePem, 'root.pem': authority.certificatePem };
    expect(opensslRefusal(files, 'verify', '-CAfile', 'root.pem', 'leaf.pem')).toContain('verification failed');
  });
});

test('a serial number is positive and has 16 random octets, or is the one that was asked for', async () => {
  const serials = await Promise.all(Array.from({ length: 50 }, () => createCertificate()));
  const texts = serials.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
  expect(new Set(texts).size).toBe(50);
  expect(texts.filter((serial) => !/^[4-7][0-9A-F]{31}$/.test(serial))).toEqual([]);
  const largest = (1n << 159n) - 1n;
  for (const [serialNumber, expected] of [
    [1, '01'],
    [128n, '80'],
    ['0aBC', '0ABC'],
    [largest, largest.toString(16).toUpperCase()],
  ] as const) {
    const { certificate } = await createCertificate({ serialNumber });
    expect(new X509Certificate(certificate).serialNumber).toBe(expected);
  }
});

test('the identifiers of keys tie each certificate to its issuer, also where the caller chose them', async () => {
  const authority = await createCertificateAuthority({
    extensions: [{ oid: '2.5.29.14', value: Uint8Array.of(4, 2, 0xab, 0xcd) }],
  });
  const { certificate } = await createCertificate({ authority });
  // AuthorityKeyIdentifier, its OCTET STRING, its SEQUENCE, [0] and the two bytes.
  expect(Buffer.from(certificate).toString('hex')).toContain('0603551d23040630048002abcd');
});

test('a root is left out of the chain, also where it was copied', async () => {
  const root = await createCertificateAuthority();
  const { chain, certificate } = await createCertificate({ authority: { ...root } });
  expect(chain).toEqual([certificate]);
});

test('an authority read from PEM and from DER issues as the created one does', async () => {
  const created = await createCertificateAuthority();
  for (const authority of [
    { certificate: created.certificatePem, privateKey: created.privateKeyPem },
    { certificate: created.certificate, privateKey: created.privateKey },
  ]) {
    const server = await createCertificate({ authority });
    const parsed = new X509Certificate(server.certificate);
    expect(parsed.checkIssued(new X509Certificate(created.certificate))).toBe(true);
    expect(parsed.verify(new X509Certificate(created.certificate).publicKey)).toBe(true);
    expect(server.chain).toEqual([server.certificate]);
  }
});

test('a certificate for an existing key carries that key', async () => {
  const first = await createCertificate({ keyType: 'P-384' });
  const second = await createCertificate({ privateKey: first.privateKeyPem });
  const key = createPrivateKey(first.privateKeyPem);
  expect(second.privateKey).toEqual(first.privateKey);
  expect(new X509Certificate(second.certificate).checkPrivateKey(key)).toBe(true);
});

test('a created certificate keeps its key when the caller wipes the bytes it gave', async () => {
  const { privateKey } = await createCertificate();
  const given = privateKey.slice();
  const certificate = await createCertificate({ privateKey: given });
  given.fill(0);
  expect(certificate.privateKey).toEqual(privateKey);
});

test('node:tls serves and trusts what is created, with client certificates', async () => {
  const root = await createCertificateAuthority({ keyType: 'Ed25519' });
  const authority = await createCertificateAuthority({ authority: root });
  const server = await createCertificate({ authority, names: ['localhost', '127.0.0.1'] });
  const client = await createCertificate({ authority, role: 'client', subject: 'someone' });
  const listener = createServer({
    cert: server.chainPem,
    key: server.privateKeyPem,
    ca: root.certificatePem,
    requestCert: true,
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const [[atServer], socket] = await Promise.all([
    once(listener, 'secureConnection'),
    (async () => {
      const connection = connect({
        port,
        host: '127.0.0.1',
        ca: root.certificatePem,
        cert: client.chainPem,
        key: client.privateKeyPem,
      });
      await once(connection, 'secureConnect');
      return connection;
    })(),
  ]);
  expect(socket.authorized).toBe(true);
  expect(atServer.authorized).toBe(true);
  expect(atServer.getPeerCertificate().subject.CN).toBe('someone');
  socket.destroy();
  atServer.destroy();
  listener.close();
});

describe.skipIf(!hasPython)('in the eyes of CPython (skipped where there is no python3)', () => {
  test.each(QUICK_KEY_TYPES)(
    '%s: ssl shakes hands over a created chain, verifying strictly',
    async (keyType) => {
      const root = await createCertificateAuthority({ privateKey: await takeKey(keyType, 'authority') });
      // The key in the middle is of the same kind, and that of another leaf.
      const privateKey = await takeKey(keyType, 'leaf');
      const authority = await createCertificateAuthority({ subject: 'Issuing CA', authority: root, privateKey });
      const server = await createCertificate({ authority, privateKey, names: ['localhost'] });
      const files = { 'chain.pem': server.chainPem, 'key.pem': server.privateKeyPem, 'root.pem': root.certificatePem };
      const program = `
import ssl
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain('chain.pem', 'key.pem')
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.verify_flags |= ssl.VERIFY_X509_STRICT
client.load_verify_locations('root.pem')
a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
ends = [client.wrap_bio(a, b, server_hostname='localhost'), server.wrap_bio(b, a, server_side=True)]
for _ in range(4):
    for end in list(ends):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
print(ends[0].getpeercert()['subjectAltName'])`;
      expect(python(files, program)).toBe("(('DNS', 'localhost'),)");
    },
    60_000,
  );
});

describe('refusals', () => {
  const refused = (options: object) => expect(createCertificate(options as never)).rejects;
  const value = { code: 'ERR_INVALID_ARG_VALUE', name: 'RangeError' };
  const type = { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' };
  const range = { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' };

  test.each([
    ['an unknown role', { role: 'toString' }, value],
    ['an unknown keyType', { keyType: 'RSA-512' }, value],
    ['a keyType beside a privateKey', { keyType: 'P-256', privateKey: '' }, value],
    ['an unknown hash', { hash: 'MD5' }, value],
    ['days that are text', { days: '3' }, type],
    ['no days', { days: 0 }, range],
    ['days that are no number', { days: Number.NaN }, range],
    ['an end before the beginning', { notBefore: new Date(10_000), notAfter: new Date(1000) }, value],
    ['a date that is text', { notAfter: '2030-01-01' }, type],
    ['an invalid date', { notAfter: new Date(Number.NaN) }, range],
    ['a year of five digits', { notAfter: new Date('+010000-01-01T00:00:00Z') }, range],
    ['a serial number of 0', { serialNumber: 0 }, range],
    ['a negative serial number', { serialNumber: -1n }, range],
    ['a serial number of 21 octets', { serialNumber: 1n << 159n }, range],
    ['a serial number with a fraction', { serialNumber: 1.5 }, range],
    ['a serial number that is no hexadecimal text', { serialNumber: '0x12' }, value],
    ['a serial number of another type', { serialNumber: {} }, type],
    ['an unknown key usage', { keyUsage: ['toString'] }, value],
    ['an unknown extended key usage', { extendedKeyUsage: ['serverauth'] }, value],
    ['usages that are no array', { keyUsage: 'digitalSignature' }, type],
    ['a pathLength for a leaf', { pathLength: 0 }, value],
    ['a negative pathLength', { role: 'authority', pathLength: -1 }, range],
    ['empty name constraints', { role: 'authority', nameConstraints: {} }, value],
    ['an authority without a subject', { role: 'authority', subject: '' }, value],
    ['an authority that is none', { authority: null }, type],
    ['an authority with a certificate of another type', { authority: { certificate: 1, privateKey: 1 } }, type],
    ['an extension without bytes', { extensions: [{ oid: '1.2.3', value: 'text' }] }, type],
    ['an extension with a malformed identifier', { extensions: [{ oid: '1.40.3', value: new Uint8Array() }] }, value],
    ['addresses that are no array', { ocsp: 'http://example.org/' }, type],
    ['names that are no array', { names: 'localhost' }, type],
    ['neither a subject nor names', { subject: '' }, value],
    ['an address that is no URI', { ocsp: ['example.org'] }, value],
    ['a policy that is no identifier', { policies: ['any'] }, value],
    ['options that are none', 'server', type],
  ])('%s', async (_, options, expected) => {
    await refused(options as object).toMatchObject(expected);
  });

  test('a key that does not belong to the certificate of the authority', async () => {
    const [{ certificate }, { privateKey }] = await Promise.all([createCertificate(), createCertificate()]);
    await refused({ authority: { certificate, privateKey } }).toMatchObject(value);
  });

  test('bytes that are no certificate', async () => {
    const { privateKey } = await createCertificate();
    await refused({ authority: { certificate: Uint8Array.of(0x30, 0x80), privateKey } }).toMatchObject({
      name: 'CertificateDecodeError',
    });
    await refused({ authority: { certificate: 'text', privateKey } }).toMatchObject({ code: 'ERR_PEM_NO_BLOCK' });
  });
});
