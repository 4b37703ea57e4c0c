import { MemoryBIO } from '@sslkit/bio';
import { SSLError } from '@sslkit/errors';
import { describe, expect, expectTypeOf, test } from 'vitest';

const wrongType = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
const outOfRange = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
const construct = (...values: unknown[]) => Reflect.construct(MemoryBIO, values);
const call = (bio: MemoryBIO, method: 'read' | 'write', value: unknown) => Reflect.apply(bio[method], bio, [value]);

function fill(...texts: string[]): MemoryBIO {
  const bio = new MemoryBIO();
  for (const text of texts) bio.write(Buffer.from(text));
  return bio;
}

describe('new MemoryBIO()', () => {
  test('makes an empty queue that is not at its end', () => {
    const bio = new MemoryBIO();
    expect(bio).toBeInstanceOf(MemoryBIO);
    expect(bio.pending).toBe(0);
    expect(bio.eof).toBe(false);
  });

  test.each([[1], [undefined], [Buffer.from('bytes')], [{}]])('rejects the argument %o', (value) => {
    expect(() => construct(value)).toThrow(wrongType);
  });

  test('makes subclasses that work as the class does', () => {
    class Named extends MemoryBIO {
      constructor(readonly label: string) {
        super();
      }
    }
    const bio = new Named('incoming');
    bio.write(Buffer.from('abc'));
    expect(bio.read().toString()).toBe('abc');
    expect(bio.label).toBe('incoming');
  });

  test('makes objects with no property of their own', () => {
    expect(Reflect.ownKeys(new MemoryBIO())).toEqual([]);
  });
});

describe('read()', () => {
  test('returns a Buffer', () => {
    expect(Buffer.isBuffer(fill('abc').read())).toBe(true);
    expectTypeOf(fill().read()).toEqualTypeOf<Buffer>();
  });

  test('takes everything by default, in the order of the writes', () => {
    const bio = fill('foo', 'bar', 'baz');
    expect(bio.read().toString()).toBe('foobarbaz');
    expect(bio.pending).toBe(0);
  });

  test('takes no more than size', () => {
    const bio = fill('foobar');
    expect(bio.read(2).toString()).toBe('fo');
    expect(bio.pending).toBe(4);
    expect(bio.read(1).toString()).toBe('o');
    expect(bio.read(100).toString()).toBe('bar');
  });

  test.each([-1, -2, -(2 ** 31), undefined])('takes everything for the size %o', (size) => {
    expect(fill('foo', 'bar').read(size).toString()).toBe('foobar');
  });

  test('takes nothing for the size 0', () => {
    const bio = fill('foobar');
    expect(bio.read(0)).toHaveLength(0);
    expect(bio.pending).toBe(6);
  });

  test('returns an empty Buffer when nothing is there, at the end and before it', () => {
    const bio = new MemoryBIO();
    expect(bio.read()).toHaveLength(0);
    bio.writeEof();
    expect(bio.read(10)).toHaveLength(0);
  });

  test.each([null, '1', 1n, {}, true, 1.5, Number.NaN])('rejects the size %o as no integer', (size) => {
    expect(() => call(fill('abc'), 'read', size)).toThrow(wrongType);
  });

  test.each([2 ** 31, Number.POSITIVE_INFINITY, -(2 ** 31) - 1])('rejects the size %d as too large', (size) => {
    const bio = fill('abc');
    expect(() => bio.read(size)).toThrow(outOfRange);
    expect(bio.pending).toBe(3);
  });

  test('accepts the largest size', () => {
    expect(fill('abc').read(2 ** 31 - 1)).toHaveLength(3);
  });

  test('returns bytes of its own, which later writes and reads leave alone', () => {
    const bio = fill('abc');
    const first = bio.read();
    bio.write(Buffer.from('xyz'));
    bio.read();
    expect(first.toString()).toBe('abc');
  });

  test.each(['', 'abc'])('returns %o also after the memory behind an earlier result was transferred', (text) => {
    const memory = fill('abc').read().buffer;
    if (memory instanceof ArrayBuffer) structuredClone(memory, { transfer: [memory] });
    expect(memory.byteLength).toBe(0);
    expect(fill(text).read().toString()).toBe(text);
  });

  test.each([0, 1, 7, 4095, 4096, 4097, 16_383, 16_384, 16_385, 70_000])(
    'returns all of %d bytes, time after time',
    (size) => {
      const bio = new MemoryBIO();
      const results = Array.from({ length: 9 }, (_, round) => {
        bio.write(Buffer.alloc(size, round + 1));
        return bio.read();
      });
      // Results that lie side by side in memory keep what they were given.
      for (const [round, bytes] of results.entries()) expect(bytes.equals(Buffer.alloc(size, round + 1))).toBe(true);
    },
  );
});

describe('readInto(target)', () => {
  test('fills the target from its start and returns the count', () => {
    const target = Buffer.from('.....');
    expect(fill('abc').readInto(target)).toBe(3);
    expect(target.toString()).toBe('abc..');
  });

  test('takes no more than fits', () => {
    const bio = fill('abcdef');
    expect(bio.readInto(new Uint8Array(4))).toBe(4);
    expect(bio.read().toString()).toBe('ef');
  });

  test('takes any view and any ArrayBuffer', () => {
    const memory = new ArrayBuffer(4);
    expect(fill('abcd').readInto(new DataView(memory, 2))).toBe(2);
    expect(fill('12').readInto(memory)).toBe(2);
    expect(Buffer.from(memory).toString()).toBe('12ab');
  });

  test('returns 0 when nothing is there, at the end and before it', () => {
    const bio = new MemoryBIO();
    expect(bio.readInto(new Uint8Array(4))).toBe(0);
    bio.writeEof();
    expect(bio.readInto(new Uint8Array(4))).toBe(0);
  });

  test.each(['text', null, undefined, 1, [97], {}])('rejects the target %o', (target) => {
    const bio = fill('abc');
    expect(() => Reflect.apply(bio.readInto, bio, [target])).toThrow(wrongType);
    expect(bio.pending).toBe(3);
  });
});

describe('write()', () => {
  const bytes = Uint8Array.of(0x61, 0x62, 0x63, 0x64);
  test.each<[string, ArrayBufferView | ArrayBufferLike]>([
    ['a Buffer', Buffer.from(bytes)],
    ['a Uint8Array', bytes],
    ['a part of an ArrayBuffer', Uint8Array.of(0, 0, ...bytes, 0).subarray(2, 6)],
    ['a DataView', new DataView(Uint8Array.of(0, ...bytes).buffer, 1)],
    ['a view of wider elements', new Uint16Array(bytes.slice().buffer)],
    ['a Uint8ClampedArray', new Uint8ClampedArray(bytes)],
    ['an ArrayBuffer', bytes.slice().buffer],
    ['a SharedArrayBuffer', shared(bytes).buffer],
    ['a view of a SharedArrayBuffer', shared(bytes)],
  ])('takes %s and returns its length in bytes', (_, data) => {
    const bio = new MemoryBIO();
    expect(bio.write(data)).toBe(4);
    expect(bio.read().toString()).toBe('abcd');
  });

  test.each(['text', null, undefined, true, 1, 1n, [97], {}, Symbol.iterator, new Blob(['a'])])(
    'rejects %o as no bytes',
    (data) => {
      const bio = new MemoryBIO();
      expect(() => call(bio, 'write', data)).toThrow(wrongType);
      expect(bio.pending).toBe(0);
    },
  );

  test('takes an empty array, which is no end', () => {
    const bio = new MemoryBIO();
    expect(bio.write(new Uint8Array(0))).toBe(0);
    expect(bio.pending).toBe(0);
    expect(bio.eof).toBe(false);
  });

  test('takes the bytes of a transferred array, which are none', () => {
    const data = Uint8Array.of(1, 2, 3);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(new MemoryBIO().write(data)).toBe(0);
  });

  test('copies: the caller may change the data afterwards', () => {
    const bio = new MemoryBIO();
    const data = Buffer.from('abc');
    bio.write(data);
    data.fill(0);
    expect(bio.read().toString()).toBe('abc');
  });

  test('rejects more than 2³¹ − 1 bytes, and queues none of them', () => {
    const bio = new MemoryBIO();
    // Never touched, so the system does not back it with memory.
    expect(() => bio.write(new ArrayBuffer(2 ** 31))).toThrow(outOfRange);
    expect(bio.pending).toBe(0);
  });

  test.each([['bytes'], ['']])('rejects %o after writeEof() with an SSLError that has no number', (text) => {
    const bio = fill('before');
    bio.writeEof();
    const write = () => bio.write(Buffer.from(text));
    expect(write).toThrow(SSLError);
    expect(write).toThrow(expect.objectContaining({ code: 'ERR_SSL_WRITE_AFTER_EOF', errno: null, library: null }));
    expect(bio.read().toString()).toBe('before');
  });

  test('looks at the type of the data before it looks at the end', () => {
    const bio = new MemoryBIO();
    bio.writeEof();
    expect(() => call(bio, 'write', 'text')).toThrow(wrongType);
  });
});

describe('eof', () => {
  test('is true once the end is written and everything before it is read', () => {
    const bio = fill('foo');
    expect(bio.eof).toBe(false);
    bio.writeEof();
    expect(bio.eof).toBe(false);
    bio.read(2);
    expect(bio.eof).toBe(false);
    bio.read(1);
    expect(bio.eof).toBe(true);
  });

  test('is true at once when the end is written to an empty queue, however often', () => {
    const bio = new MemoryBIO();
    bio.writeEof();
    bio.writeEof();
    expect(bio.eof).toBe(true);
  });
});

test('pending and eof cannot be set', () => {
  const bio = fill('abc');
  expect(() => Object.assign(bio, { pending: 0 })).toThrow(TypeError);
  expect(() => Object.assign(bio, { eof: true })).toThrow(TypeError);
  expect(bio.pending).toBe(3);
});

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const result = new Uint8Array(new SharedArrayBuffer(bytes.length));
  result.set(bytes);
  return result;
}
