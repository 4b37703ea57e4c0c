import { describe, expect, test } from 'vitest';
import * as writer from '../../src/der/writer.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each([
  [0, '0400'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_535, '0482ffff'],
  [65_536, '0483010000'],
  [16_777_216, '048401000000'],
])('a length of %i has the fewest octets', (length, header) => {
  const encoded = writer.encodeOctetString(new Uint8Array(length));
  expect(hex(encoded.subarray(0, header.length / 2))).toBe(header);
  expect(encoded.length).toBe(length + header.length / 2);
});

test.each([
  [0, '020100'],
  [127, '02017f'],
  [128, '02020080'],
  [256, '02020100'],
  [32_768n, '0203008000'],
  [2n ** 64n, '0209010000000000000000'],
] as const)('the INTEGER %s has the fewest octets', (value, expected) => {
  expect(hex(writer.encodeInteger(value))).toBe(expected);
});

test('unsigned octets become the shortest INTEGER', () => {
  expect(hex(writer.encodeUnsignedBytes(Uint8Array.of(0, 0, 0x80)))).toBe('02020080');
  expect(hex(writer.encodeUnsignedBytes(Uint8Array.of(0, 0x7f)))).toBe('02017f');
  expect(hex(writer.encodeUnsignedBytes(Uint8Array.of(0, 0)))).toBe('020100');
  expect(hex(writer.encodeUnsignedBytes(Uint8Array.of()))).toBe('020100');
});

test.each([
  [[], '030100'],
  [[0], '03020780'],
  [[5, 6], '03020106'],
  [[8], '0303070080'],
  [[0, 7, 15], '0303008101'],
])('named bits %j have no trailing zeros', (bits, expected) => {
  expect(hex(writer.encodeNamedBits(bits))).toBe(expected);
});

test.each([
  ['2.5.4.3', '0603550403'],
  ['1.2.840.113549', '06062a864886f70d'],
  ['2.999.3', '0603883703'],
  ['0.0', '060100'],
  // 2^128 - 1: two bits, then eighteen groups of seven.
  ['2.25.340282366920938463463374607431768211455', `06146983${'ff'.repeat(17)}7f`],
])('the object identifier %s', (dotted, expected) => {
  expect(hex(writer.encodeOid(dotted))).toBe(expected);
});

test('a SET OF is sorted, a prefix before what it is a prefix of', () => {
  const elements = [Uint8Array.of(4, 2, 1, 0), Uint8Array.of(4, 1, 9), Uint8Array.of(2, 1, 5)];
  expect(hex(writer.encodeSetOf(elements))).toBe('310a02010504010904020100');
});

describe('refusals', () => {
  test.each(['', '1', '1.', '.1', '3.1', '1.40', '1.02', '1.-2', '1.2 ', 'a.b'])(
    'the object identifier %j',
    (dotted) => {
      expect(() => writer.encodeOid(dotted)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    },
  );

  test.each([-1, 1.5, 2 ** 53, Number.NaN])('the INTEGER %s', (value) => {
    expect(() => writer.encodeInteger(value)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });

  test.each([new Date(Number.NaN), new Date(Date.UTC(10_000, 0))])('the date %s', (date) => {
    expect(() => writer.encodeTime(date)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });
});
