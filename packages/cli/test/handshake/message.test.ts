import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../../src/handshake/message.ts';

const HANDSHAKE = 22;
const ALERT = 21;

const uint = (octets: number, value: number) => {
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntBE(value, 0, octets);
  return bytes;
};
/** A vector of the presentation language: its length in so many octets, then what is in it. */
const vector = (octets: number, ...parts: readonly Uint8Array[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([uint(octets, content.length), content]);
};
const message = (type: number, ...parts: readonly Uint8Array[]) => Buffer.concat([uint(1, type), vector(3, ...parts)]);
const extension = (type: number, ...parts: readonly Uint8Array[]) =>
  Buffer.concat([uint(2, type), vector(2, ...parts)]);
const decode = (data: Uint8Array, version: string | null = 'TLSv1.3') => decodeMessage(HANDSHAKE, data, version);
/** DER of a name with nothing but a common name, which is short. */
const name = (text: string) => {
  const value = Buffer.concat([Uint8Array.of(0x0c, text.length), Buffer.from(text)]);
  const attribute = Buffer.concat([Uint8Array.of(0x30, value.length + 5, 0x06, 3, 0x55, 4, 3), value]);
  const relative = Buffer.concat([Uint8Array.of(0x31, attribute.length), attribute]);
  return Buffer.concat([Uint8Array.of(0x30, relative.length), relative]);
};

const serverHello = message(
  2,
  uint(2, 0x0303),
  Buffer.alloc(32, 7),
  vector(1),
  uint(2, 0x1301),
  uint(1, 0),
  vector(2, extension(43, uint(2, 0x0304)), extension(51, uint(2, 0x001d), vector(2, Buffer.alloc(32)))),
);

describe('a message is told in words', () => {
  test('ServerHello, with what it chooses', () => {
    expect(decode(serverHello)).toMatchObject({
      name: 'ServerHello',
      summary: 'chooses TLSv1.3, TLS_AES_128_GCM_SHA256, X25519',
      details: { extensions: ['supported_versions', 'key_share'], random: '07'.repeat(32) },
    });
  });

  test('ServerHello whose random value is that of RFC 8446 §4.1.3 is a HelloRetryRequest', () => {
    const retry = Buffer.from(serverHello);
    retry.set(Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'), 6);
    expect(decode(retry)?.name).toBe('HelloRetryRequest');
  });

  test('EncryptedExtensions, with ALPN and the name', () => {
    const alpn = extension(16, vector(2, vector(1, Buffer.from('h2'))));
    expect(decode(message(8, vector(2, alpn, extension(0))))).toMatchObject({
      summary: 'chooses h2 by ALPN, knows the server name',
      details: { ALPN: 'h2' },
    });
  });

  test('CertificateRequest, with the authorities that are wanted', () => {
    const authorities = vector(2, vector(2, name('Alpha')), vector(2, name('Beta')), vector(2, Buffer.alloc(9)));
    const expected = { details: { authorities: ['Alpha', 'Beta', 'a name of 9 bytes'] } };
    const signatures = vector(2, uint(2, 0x0403));
    expect(decode(message(13, vector(1, uint(1, 64)), signatures, authorities), 'TLSv1.2')).toMatchObject({
      details: { ...expected.details, signatures: ['ecdsa_secp256r1_sha256'] },
    });
    const extensions = vector(2, extension(13, signatures), extension(47, authorities));
    expect(decode(message(13, vector(1), extensions))).toMatchObject(expected);
  });

  test('Certificate, by the names in it, and one that cannot be read', async () => {
    const authority = await createCertificateAuthority({ subject: { CN: 'Root' } });
    const { certificate } = await createCertificate({ authority, names: ['localhost'] });
    const list = [certificate, Buffer.from('no certificate')].map((der) => vector(3, der));
    expect(decode(message(11, vector(3, ...list)), 'TLSv1.2')).toMatchObject({
      summary: 'localhost < a certificate that cannot be read',
    });
    const entries = list.map((entry) => Buffer.concat([entry, vector(2, extension(5, Buffer.alloc(3)))]));
    expect(decode(message(11, vector(1), vector(3, ...entries)))).toMatchObject({
      details: { stapled: ['with a stapled OCSP response'] },
    });
  });

  test('ServerKeyExchange, with a curve and with a prime', () => {
    const curve = message(12, uint(1, 3), uint(2, 0x0017), vector(1, Buffer.alloc(65)), uint(2, 0x0804));
    expect(decode(curve, 'TLSv1.2')).toMatchObject({ details: { group: 'P-256', signature: 'rsa_pss_rsae_sha256' } });
    const prime = message(12, vector(2, Buffer.alloc(128, 0xff)), vector(2), vector(2));
    expect(decode(prime, 'TLSv1.2')).toMatchObject({ details: { group: 'DHE of 1024 bits' } });
  });

  test('CertificateVerify, CertificateStatus, NewSessionTicket, Finished and KeyUpdate', () => {
    const verify = message(15, uint(2, 0x0807), vector(2, Buffer.alloc(64)));
    expect(decode(verify)).toMatchObject({ details: { signature: 'ed25519', length: '64 bytes' } });
    const status = message(22, uint(1, 1), vector(3, Buffer.alloc(40)));
    expect(decode(status)).toMatchObject({ details: { length: '40 bytes' } });
    const early = extension(42, uint(4, 16_384));
    const ticket = message(
      4,
      uint(4, 7200),
      uint(4, 1),
      vector(1, uint(1, 0)),
      vector(2, Buffer.alloc(99)),
      vector(2, early),
    );
    expect(decode(ticket)).toMatchObject({
      summary: 'a ticket to resume with, for 120 minutes',
      details: { ticket: '99 bytes', 'early data': 'at most 16384 bytes' },
    });
    expect(decode(message(20, Buffer.alloc(12)))?.details).toEqual({ length: '12 bytes' });
    expect(decode(message(24, uint(1, 1)))?.summary).toContain('asks for the same');
  });

  test('alerts, known and not', () => {
    expect(decodeMessage(ALERT, Uint8Array.of(2, 120), null)?.summary).toBe('fatal: no application protocol');
    expect(decodeMessage(ALERT, Uint8Array.of(1, 0), null)?.summary).toBe('close notify');
    expect(decodeMessage(ALERT, Uint8Array.of(2, 250), null)?.summary).toBe('fatal: alert 250');
  });
});

describe('what is hostile is told, and never thrown', () => {
  test('a message that ends anywhere is malformed or shorter', () => {
    for (let end = 4; end < serverHello.length; end++) {
      expect(decode(serverHello.subarray(0, end))?.name).toBe('ServerHello');
    }
    expect(decode(serverHello.subarray(0, 50))?.summary).toBe('malformed');
  });

  test('a message of a kind that nobody knows is named by its number', () => {
    expect(decode(message(99))?.name).toBe('message 99');
  });

  test('any bytes, in any record, for any version', () => {
    const versions = fc.constantFrom(null, 'TLSv1', 'TLSv1.2', 'TLSv1.3');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.uint8Array({ maxLength: 300 }),
        versions,
        (type, data, version) => {
          decodeMessage(type, data, version);
        },
      ),
    );
  });

  test('any bytes behind the header of any message', () => {
    const versions = fc.constantFrom(null, 'TLSv1', 'TLSv1.2', 'TLSv1.3');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 25 }),
        fc.uint8Array({ maxLength: 300 }),
        versions,
        (type, data, version) => {
          expect(decode(message(type, data), version)).not.toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a byte of a good message changed to any other', () => {
    fc.assert(
      fc.property(fc.nat(serverHello.length - 5), fc.integer({ min: 0, max: 255 }), (at, octet) => {
        const changed = Buffer.from(serverHello);
        changed[at + 4] = octet;
        expect(decode(changed)).not.toBeNull();
      }),
    );
  });
});
