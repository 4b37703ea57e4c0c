import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  allNames,
  asn1Object,
  CertificateDecodeError,
  commonNames,
  decodeOid,
  encodeOid,
  fromName,
  fromNid,
  fromOid,
} from '../src/index.ts';

const python = spawnSync('python3', ['-c', 'import ssl']).status === 0;

test('asn1Object() finds OpenSSL’s number and names by the identifier', () => {
  expect(asn1Object('1.3.6.1.5.5.7.3.1')).toEqual({
    nid: 129,
    shortName: 'serverAuth',
    longName: 'TLS Web Server Authentication',
    oid: '1.3.6.1.5.5.7.3.1',
  });
  expect(fromOid('2.5.4.3').longName).toBe('commonName');
});

test('asn1Object() takes no names', () => {
  expect(() => asn1Object('serverAuth')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('fromName() takes a short name, a long name and an identifier, and minds case', () => {
  expect(fromName('CN').nid).toBe(13);
  expect(fromName('commonName').nid).toBe(13);
  expect(fromName('2.5.4.3').nid).toBe(13);
  expect(() => fromName('cn')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('fromNid() refuses numbers that no object has, and what is no number', () => {
  expect(fromNid(13).shortName).toBe('CN');
  expect(fromNid(33)).toEqual({ nid: 33, shortName: 'DES-EDE3', longName: 'des-ede3', oid: null });
  for (const nid of [-1, 0, 99999]) {
    expect(() => fromNid(nid)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  }
  expect(() => fromNid(1.5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});

test('an identifier may have what OpenSSL forgives: blanks for dots, a last dot, leading zeros after the first arc', () => {
  for (const text of ['2 5 4 3', '2.5.4.3.', '2.5.4.03']) expect(asn1Object(text).nid).toBe(13);
  for (const text of ['02.5.4.3', '2.5..4.3', ' 2.5.4.3', '2.5.4.3..', '2', '']) {
    expect(() => asn1Object(text)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  }
});

test.skipIf(!python)('fromNid() agrees with CPython on every number (needs python3)', () => {
  // Runs only where python3 carries OpenSSL 3.0, whose objects the table has.
  const script = `
import json, ssl
def look(n):
    try: return list(ssl._ssl.nid2obj(n))
    except ValueError: return None
print(json.dumps([ssl.OPENSSL_VERSION_INFO[:2] == (3, 0), [look(n) for n in range(1, 1300)]]))`;
  const [comparable, objects] = JSON.parse(execFileSync('python3', ['-c', script], { encoding: 'utf8' })) as [
    boolean,
    ([number, string, string, string | null] | null)[],
  ];
  if (!comparable) return;
  const own = objects.map((_, index) => {
    try {
      const { nid, shortName, longName, oid } = fromNid(index + 1);
      return [nid, shortName, longName, oid];
    } catch {
      return null;
    }
  });
  expect(own).toEqual(objects);
});

test('decodeOid() and encodeOid() are each other’s inverse, whatever the size of an arc', () => {
  for (const oid of [
    '0.0',
    '0.39',
    '1.0',
    '1.39.1',
    '2.0',
    '2.5.4.3',
    '2.999',
    '1.2.340282366920938463463374607431768211455',
  ]) {
    expect(decodeOid(encodeOid(oid))).toBe(oid);
  }
  expect([...encodeOid('2.999.3')]).toEqual([0x88, 0x37, 0x03]);
});

test('encodeOid() refuses what is no identifier', () => {
  for (const text of ['', '1', '3.1', '1.40', '1.02', '1.2.', '.1.2', 'CN', '1.-2']) {
    expect(() => encodeOid(text)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  }
});

test('decodeOid() refuses empty, unfinished and enormous encodings', () => {
  for (const bytes of [[], [0x88], new Array(587).fill(1)]) {
    expect(() => decodeOid(Uint8Array.from(bytes))).toThrow(CertificateDecodeError);
  }
});

test('the common names are a part of all names', () => {
  for (const oid of ['2.5.4.3', '2.5.4.97', '1.2.840.113549.1.9.1', '0.9.2342.19200300.100.1.25', '2.5.4.45']) {
    expect(commonNames.longName(oid)).toBeDefined();
    expect(commonNames.longName(oid)).toBe(allNames.longName(oid));
  }
  expect(commonNames.longName('1.3.6.1.5.5.7.3.1')).toBeUndefined();
});
