import { HAS_EGD, randAdd, randBytes, randEgd, randPseudoBytes, randStatus } from '@sslkit/context';
import { checkRows, NOT_IMPLEMENTED, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const asNumber = (value: unknown) => value as number;

checkRows('RAND_bytes(num)', [
  ['gives num bytes', () => randBytes(16).length, 16],
  ['gives a Buffer', () => Buffer.isBuffer(randBytes(1)), true],
  ['gives none for 0', () => randBytes(0), Buffer.alloc(0)],
  ['gives other bytes each time', () => randBytes(32).equals(randBytes(32)), false],
  ['a negative num: ValueError', () => randBytes(-5), VALUE_ERROR],
  ['text: TypeError', () => randBytes(asNumber('16')), TYPE_ERROR],
  ['a fraction: TypeError', () => randBytes(1.5), TYPE_ERROR],
  ['None: TypeError', () => randBytes(asNumber(null)), TYPE_ERROR],
  ['nothing: TypeError', () => randBytes(asNumber(undefined)), TYPE_ERROR],
]);

checkRows('RAND_pseudo_bytes(num)', [
  ['gives num bytes', () => randPseudoBytes(16)[0].length, 16],
  ['is cryptographic', () => randPseudoBytes(16)[1], true],
  ['a negative num: ValueError', () => randPseudoBytes(-5), VALUE_ERROR],
  ['text: TypeError', () => randPseudoBytes(asNumber('16')), TYPE_ERROR],
]);

checkRows('RAND_status()', [['is seeded', () => randStatus(), true]]);

checkRows('RAND_add(bytes, entropy)', [
  ['text', () => randAdd('this is a random string', 75), undefined],
  ['bytes', () => randAdd(Buffer.from('this is a random bytes object'), 75), undefined],
  ['an ArrayBuffer', () => randAdd(new ArrayBuffer(10), 1.5), undefined],
  ['nothing inside', () => randAdd('', 0), undefined],
  ['a number: TypeError', () => randAdd(42 as unknown as string, 1), TYPE_ERROR],
  ['None: TypeError', () => randAdd(null as unknown as string, 1), TYPE_ERROR],
  ['entropy as text: TypeError', () => randAdd('x', asNumber('1')), TYPE_ERROR],
  ['no entropy: TypeError', () => randAdd('x', asNumber(undefined)), TYPE_ERROR],
]);

checkRows('RAND_egd(path)', [
  ['HAS_EGD is false', () => HAS_EGD, false],
  ['is not implemented', () => randEgd('/nowhere'), NOT_IMPLEMENTED],
]);
