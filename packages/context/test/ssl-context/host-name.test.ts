import { expect, test } from 'vitest';
import { prepareHostName } from '../../src/ssl-context/host-name.ts';

test.each([
  ['bücher.example', 'xn--bcher-kva.example', false],
  ['example.com.', 'example.com.', false],
  ['10.0.0.1', '10.0.0.1', true],
  ['１０.0.0.1', '10.0.0.1', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.3.4.', '1.2.3.4.', false],
  ['2001:db8::1', '2001:db8::1', true],
  ['fe80::1%eth0', 'fe80::1%eth0', false],
  [Buffer.from('a..b'), 'a..b', false],
  [Buffer.from('::1'), '::1', true],
])('%j is prepared as %j', (value, name, isAddress) => {
  expect(prepareHostName(value)).toEqual({ name, isAddress });
});

test.each<[value: unknown, reason: string]>([
  ['', 'an empty name'],
  ['.example.com', 'a leading dot'],
  ['a..b', 'an empty label'],
  [Buffer.from(''), 'no bytes'],
  [Buffer.from('.example.com'), 'bytes with a leading dot'],
  [Buffer.from('bücher.example'), 'bytes that are not ASCII'],
])('%j is refused as a wrong value: %s', (value) => {
  expect(() => prepareHostName(value)).toThrow(
    expect.objectContaining({ name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' }),
  );
});

test.each<[value: unknown, reason: string]>([
  ['a\0b', 'a NUL'],
  ['é\0', 'a NUL in a label that is encoded'],
  [Buffer.from('a\0b'), 'a NUL in bytes'],
  [5, 'a number'],
  [{}, 'an object'],
])('%j is refused as a wrong type: %s', (value) => {
  expect(() => prepareHostName(value)).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
  );
});
