import { X509Certificate } from 'node:crypto';
import { scale } from '@sslkit/test-support/thorough.ts';
import {
  CertificateDecodeError,
  createCertificate,
  createCertificateAuthority,
  createCrl,
  decodeCrl,
  readPemBundle,
} from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { processorTime } from './support/processor-time.ts';

/** Made by `openssl ca -gencrl`; the expectations below are what `openssl crl -text` prints of it. */
const listOfOpenssl = `-----BEGIN X509 CRL-----
MIIBzzCCAXUCAQEwCgYIKoZIzj0EAwIwOTELMAkGA1UEBhMCWFgxEDAOBgNVBAoM
B0V4YW1wbGUxGDAWBgNVBAMMD1Rlc3QgQ1JMIGlzc3VlchcNMjUwNjAxMDAwMDAw
WhgPMjA2MDA3MDEwMDAwMDBaMIHPMCACAQEXDTI1MDEwMTAwMDAwMFowDDAKBgNV
HRUEAwoBATAhAgIAgBcNMjUwMTAzMDAwMDAwWjAMMAoGA1UdFQQDCgEIMCICAwCA
ARcNMjUwMTAzMDAwMDAwWjAMMAoGA1UdFQQDCgEGMBQCA38A/xcNMjUwMTAyMDMw
NDA1WjBOAhUA8BEiM0RVZneImaq7zN3u/wARIjMXDTI1MDEwMzAwMDAwMFowJjAK
BgNVHRUEAwoBATAYBgNVHRgEERgPMjAyNDEyMjQwMDAwMDBaoDcwNTAfBgNVHSME
GDAWgBTRjEFQyEP4h6Jt5yj+Rsid12MM2jASBgNVHRQECwIJEjRWeJCrze8BMAoG
CCqGSM49BAMCA0gAMEUCIQDQoH/cVhE0u9qBWRPumIRQz96Ai9psQduZIQvZtAN5
egIgE9Rtd7amf1SImmeUeolx6qkdoPNeuvotkOxc46Zco5I=
-----END X509 CRL-----
`;

function derOf(pem: string): Uint8Array {
  const der = readPemBundle(pem).crls[0]?.der;
  if (der === undefined) throw new Error('The text has no CRL');
  return der;
}

const decodeError = expect.objectContaining({ name: 'CertificateDecodeError' });

describe('a list of openssl', () => {
  const list = decodeCrl(derOf(listOfOpenssl), { strict: true });

  test('its frame is read', () => {
    expect(list.version).toBe(2);
    expect(list.issuer).toEqual([
      [['countryName', 'XX']],
      [['organizationName', 'Example']],
      [['commonName', 'Test CRL issuer']],
    ]);
    expect(list.thisUpdate).toEqual(new Date('2025-06-01T00:00:00Z'));
    expect(list.nextUpdate).toEqual(new Date('2060-07-01T00:00:00Z'));
    expect(list.crlNumber).toBe(0x1234567890abcdef01n);
    expect(list.baseCrlNumber).toBeNull();
    expect(list.authorityKeyIdentifier?.keyIdentifier).toBe('D18C4150C843F887A26DE728FE46C89DD7630CDA');
    expect(list.signatureAlgorithm).toBe('1.2.840.10045.4.3.2');
    expect(list.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      ['2.5.29.35', false],
      ['2.5.29.20', false],
    ]);
  });

  test('its entries are given in order, with reason and invalidity date', () => {
    const rest = { certificateIssuer: null, hasUnknownCriticalExtension: false };
    const none = { ...rest, invalidityDate: null };
    expect(list.size).toBe(5);
    expect([...list]).toEqual([
      { ...none, serialNumber: '01', revocationDate: new Date('2025-01-01T00:00:00Z'), reason: 'keyCompromise' },
      { ...none, serialNumber: '80', revocationDate: new Date('2025-01-03T00:00:00Z'), reason: 'removeFromCRL' },
      { ...none, serialNumber: '8001', revocationDate: new Date('2025-01-03T00:00:00Z'), reason: 'certificateHold' },
      { ...none, serialNumber: '7F00FF', revocationDate: new Date('2025-01-02T03:04:05Z'), reason: null },
      {
        ...rest,
        serialNumber: 'F0112233445566778899AABBCCDDEEFF00112233',
        revocationDate: new Date('2025-01-03T00:00:00Z'),
        reason: 'keyCompromise',
        invalidityDate: new Date('2024-12-24T00:00:00Z'),
      },
    ]);
  });

  test.each([['01'], ['1'], [1], [1n], ['8001'], [0x8001], ['7f00ff'], ['F0112233445566778899AABBCCDDEEFF00112233']])(
    'the serial number %s is revoked',
    (serial) => {
      expect(list.isRevoked(serial)).toBe(true);
    },
  );

  test.each([['00'], [-1], ['-8001'], ['02'], ['0F112233445566778899AABBCCDDEEFF00112233'], [0x7f00]])(
    'the serial number %s is not revoked',
    (serial) => {
      expect(list.isRevoked(serial)).toBe(false);
      expect(list.find(serial)).toBeUndefined();
    },
  );

  test('an entry with removeFromCRL is found but revokes nothing', () => {
    expect(list.find('80')).toMatchObject({ reason: 'removeFromCRL' });
    expect(list.isRevoked('80')).toBe(false);
  });

  test.each([['xyz'], [''], ['0x01'], [1.5]])('the serial number %j is a RangeError', (serial) => {
    expect(() => list.isRevoked(serial)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });

  test('no serial number is a TypeError', () => {
    expect(() => list.isRevoked(undefined as unknown as string)).toThrow(TypeError);
  });
});

describe('a list of createCrl', () => {
  test('revokes the certificate that it was made for, by the serial number that Node prints', async () => {
    const authority = await createCertificateAuthority();
    const revoked = await createCertificate({ authority });
    const other = await createCertificate({ authority });
    const { crl } = await createCrl({
      authority,
      crlNumber: 7,
      revoked: [{ certificate: revoked.certificate, reason: 'superseded' }],
    });
    const list = decodeCrl(crl, { strict: true });
    expect(list.isRevoked(new X509Certificate(revoked.certificate).serialNumber)).toBe(true);
    expect(list.isRevoked(new X509Certificate(other.certificate).serialNumber)).toBe(false);
    expect(list.crlNumber).toBe(7n);
  });

  test('without entries revokes nothing', async () => {
    const { crl } = await createCrl({ authority: await createCertificateAuthority() });
    const list = decodeCrl(crl);
    expect(list.size).toBe(0);
    expect([...list]).toEqual([]);
    expect(list.isRevoked(1)).toBe(false);
  });
});

describe('lists of any shape', () => {
  const der = (tag: number, ...parts: (Uint8Array | number[])[]): Uint8Array => {
    const contents = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const { length } = contents;
    const size =
      length < 128 ? [length] : [0x84, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
    return Buffer.concat([Buffer.from([tag, ...size]), contents]);
  };
  const time = der(0x17, Buffer.from('250101000000Z'));
  const algorithm = der(0x30, der(0x06, [0x2a, 0x03]));
  const listOf = (entries: Uint8Array[], extensions: Uint8Array[] = []): Uint8Array => {
    const after = extensions.length > 0 ? der(0xa0, der(0x30, ...extensions)) : Buffer.alloc(0);
    return der(
      0x30,
      der(0x30, der(0x02, [1]), algorithm, der(0x30), time, der(0x30, ...entries), after),
      algorithm,
      der(0x03, [0]),
    );
  };
  const entry = (serial: number[], ...extensions: Uint8Array[]) =>
    der(0x30, der(0x02, serial), time, ...(extensions.length > 0 ? [der(0x30, ...extensions)] : []));
  const extension = (oid: number[], value: Uint8Array, critical = false) =>
    der(0x30, der(0x06, oid), critical ? der(0x01, [0xff]) : Buffer.alloc(0), der(0x04, value));

  test('negative serial numbers are found, and are not those of the same magnitude', () => {
    const list = decodeCrl(listOf([entry([0xff]), entry([0x80]), entry([0xff, 0x7f])]));
    expect([...list].map(({ serialNumber }) => serialNumber)).toEqual(['-01', '-80', '-81']);
    expect(['-01', '-80', '-81', -1, -128n, -129n].map((serial) => list.isRevoked(serial))).toEqual(
      Array(6).fill(true),
    );
    expect([1, 128, 129, 255].map((serial) => list.isRevoked(serial))).toEqual(Array(4).fill(false));
  });

  test('of a serial number that is listed twice the first entry counts', () => {
    const reason = (code: number) => extension([0x55, 0x1d, 21], der(0x0a, [code]));
    const list = decodeCrl(listOf([entry([5], reason(1)), entry([5], reason(4))]));
    expect(list.find(5)?.reason).toBe('keyCompromise');
  });

  test('a reason without a name is null, and an unknown critical extension is told', () => {
    const list = decodeCrl(
      listOf([entry([5], extension([0x55, 0x1d, 21], der(0x0a, [7])), extension([0x2a, 3], der(0x05), true))]),
    );
    expect(list.find(5)).toMatchObject({ reason: null, hasUnknownCriticalExtension: true });
  });

  test('an entry of an indirect list names the issuer of its certificate', () => {
    const name = der(0x30, der(0x31, der(0x30, der(0x06, [0x55, 4, 3]), der(0x0c, Buffer.from('Other')))));
    const list = decodeCrl(listOf([entry([5], extension([0x55, 0x1d, 29], der(0x30, der(0xa4, name)), true))]));
    expect(list.find(5)).toMatchObject({
      certificateIssuer: [[['commonName', 'Other']]],
      hasUnknownCriticalExtension: false,
    });
  });

  test('a delta list gives the number of its base', () => {
    expect(decodeCrl(listOf([], [extension([0x55, 0x1d, 27], der(0x02, [9]), true)])).baseCrlNumber).toBe(9n);
  });

  test('100,000 entries are read in under half a second and found among each other', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      entry([1, index >> 16, (index >> 8) & 255, index & 255]),
    );
    const list = listOf(entries);
    const decoded = decodeCrl(list);
    expect(processorTime(() => decodeCrl(list).isRevoked(0x01000000))).toBeLessThan(500);
    for (let serial = 0x01000000; serial < 0x01000000 + 100_000; serial += 997)
      expect(decoded.isRevoked(serial)).toBe(true);
    expect(decoded.isRevoked(0x01000000 + 100_000)).toBe(false);
  });

  test('100,000 entries with one serial number are read in under half a second', () => {
    const list = listOf(Array.from({ length: 100_000 }, () => entry([5])));
    const readAndFind = () => {
      const decoded = decodeCrl(list);
      expect(decoded.isRevoked(6)).toBe(false);
      expect(decoded.isRevoked(5)).toBe(true);
    };
    expect(processorTime(readAndFind)).toBeLessThan(500);
  });

  test('a list cut off at any byte is refused with the class of decoding', () => {
    const whole = derOf(listOfOpenssl);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeCrl(whole.subarray(0, length))).toThrow(decodeError);
    }
  });

  test('a list with any byte changed is read or refused with the class of decoding, whatever is asked of it', () => {
    const whole = derOf(listOfOpenssl);
    for (let at = 0; at < whole.length; at += scale(1, 5)) {
      for (const change of [1, 0x20, 0x80, 0xff]) {
        const changed = whole.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        try {
          const list = decodeCrl(changed);
          void [list.version, list.thisUpdate, list.nextUpdate, list.signatureAlgorithm, list.size, list.find(1)];
          void [list.crlNumber, list.baseCrlNumber, list.authorityKeyIdentifier, [...list]];
        } catch (error) {
          expect(error, `byte ${at}`).toBeInstanceOf(CertificateDecodeError);
        }
      }
    }
  });

  test('a text is a TypeError', () => {
    expect(() => decodeCrl(listOfOpenssl as unknown as Uint8Array)).toThrow(TypeError);
  });
});
