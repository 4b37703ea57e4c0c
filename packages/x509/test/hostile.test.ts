// Input made to break a decoder: each case is decoded, or refused with our class, in under 200 ms of a processor.

import { scale } from '@sslkit/test-support/thorough.ts';
import { expect, test } from 'vitest';
import { Certificate, CertificateDecodeError, decodeCertificate } from '../src/index.ts';
import {
  attribute,
  COMMON_NAME,
  certificateWith,
  der,
  extension,
  hex,
  nameOf,
  plainName,
  SUBJECT_ALT_NAME,
  sequence,
  withAltNames,
} from './support/der-builder.ts';
import { mutate, randomFrom } from './support/mutator.ts';
import { processorTime } from './support/processor-time.ts';
import { builtSeeds } from './support/seed-certificates.ts';

const repeat = (count: number, octets: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: count * octets.length }, (_, at) => octets[at % octets.length] as number);

/** Elements nested without a length each, all of them closed. */
const nested = (depth: number, identifier: number): Uint8Array =>
  Buffer.concat([repeat(depth, [identifier, 0x80]), repeat(depth, [0, 0])]);

const length = (octets: string): Uint8Array => hex(`30 ${octets}`);

const cases: Record<string, Uint8Array> = {
  'nesting 100,000 deep': nested(100_000, 0x30),
  'nesting 100,000 deep, never closed': repeat(100_000, [0x30, 0x80]),
  'nesting 100,000 deep in a name': certificateWith({ subject: nested(100_000, 0x30) }),
  'nesting 100,000 deep in a string of a name': certificateWith({
    subject: nameOf(attribute(COMMON_NAME, nested(100_000, 0x2c))),
  }),
  'nesting 100,000 deep in an other name': withAltNames(
    der(0xa0, der(0x06, [42, 3]), der(0xa0, nested(100_000, 0x30))),
  ),
  'nesting 100,000 deep in an X.400 address': withAltNames(nested(100_000, 0xa3)),
  'nesting 100,000 deep in the extensions': certificateWith({ extensions: [nested(100_000, 0x30)] }),
  'a length of 2^53': length('87 20000000000000'),
  'a length of 2^53 in a name': certificateWith({ subject: length('87 20000000000000') }),
  'a length of 2^64 - 1': length('88 ffffffffffffffff'),
  'a length of 2^31': length('84 80000000'),
  'a length of 127 bytes': Buffer.concat([hex('30ff'), repeat(127, [0])]),
  'an OBJECT IDENTIFIER of a megabyte': certificateWith({
    subject: nameOf(
      attribute('2a', der(0x0c, 'x')),
      sequence(),
      attribute(`${'81'.repeat(1_000_000)}01`, der(0x0c, 'x')),
    ),
  }),
  'a thousand OBJECT IDENTIFIERs of 586 bytes': certificateWith({
    subject: nameOf(...Array.from({ length: 1000 }, () => attribute(`${'ff'.repeat(585)}7f`, der(0x0c, 'x')))),
  }),
  'a serial number of a megabyte': certificateWith({ serial: der(0x02, repeat(1_000_000, [0x55])) }),
  'a negative serial number of a megabyte': certificateWith({ serial: der(0x02, repeat(1_000_000, [0x95])) }),
  'a time of a megabyte': certificateWith({ notAfter: der(0x18, `20250101000000.${'1'.repeat(1_000_000)}Z`) }),
  '10,000 names in the subjectAltName': withAltNames(
    ...Array.from({ length: 10_000 }, (_, at) => der(0x82, `host${at}.example.com`)),
  ),
  '10,000 other names': withAltNames(
    ...Array.from({ length: 10_000 }, () =>
      der(0xa0, der(0x06, hex('2b060104018237140203')), der(0xa0, der(0x0c, 'user@example.com'))),
    ),
  ),
  '10,000 directory names': withAltNames(...Array.from({ length: 10_000 }, () => der(0xa4, plainName))),
  '5,000 relative names in the subject': certificateWith({
    subject: nameOf(...Array.from({ length: 5000 }, () => attribute(COMMON_NAME, der(0x0c, 'x')))),
  }),
  '100,000 empty relative names': certificateWith({ subject: sequence(repeat(100_000, [0x31, 0])) }),
  '100,000 extensions': certificateWith({ extensions: [repeat(100_000, [...extension('2a', hex('0500'))])] }),
  '10,000 subjectAltNames': certificateWith({
    extensions: Array.from({ length: 10_000 }, () => extension(SUBJECT_ALT_NAME, sequence(der(0x82, 'a')))),
  }),
  'a string in 100,000 pieces': certificateWith({
    subject: nameOf(attribute(COMMON_NAME, der(0x2c, repeat(100_000, [0x0c, 1, 0x61])))),
  }),
  'no bytes': new Uint8Array(0),
  zeros: new Uint8Array(100_000),
  'a tag number without end': repeat(100_000, [0xff]),
};

test.each(Object.entries(cases))('%s: decoded or refused in under 200 ms', (_, bytes) => {
  const decodeOrRefuse = () => {
    try {
      decodeCertificate(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(CertificateDecodeError);
      const { code, offset } = error as CertificateDecodeError;
      expect(code).toMatch(/^ERR_/);
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(bytes.length);
    }
  };
  expect(processorTime(decodeOrRefuse)).toBeLessThan(200);
});

test('10,000 names and 5,000 relative names are decoded, not refused', () => {
  const names = cases['10,000 names in the subjectAltName'] as Uint8Array;
  expect(decodeCertificate(names).subjectAltName).toHaveLength(10_000);
  const relative = cases['5,000 relative names in the subject'] as Uint8Array;
  expect(decodeCertificate(relative).subject).toHaveLength(5000);
});

const mutants = scale(2000, 300);
test(`every part of ${mutants} mutants is read, or refused with our class alone`, () => {
  const random = randomFrom(7);
  for (let at = 0; at < mutants; at++) {
    const mutant = mutate(builtSeeds[at % builtSeeds.length] as Uint8Array, random);
    for (const strict of [false, true]) {
      try {
        new Certificate(mutant, { strict }).toJSON();
      } catch (error) {
        expect(error).toBeInstanceOf(CertificateDecodeError);
      }
    }
  }
});
