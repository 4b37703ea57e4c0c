import { MemoryBIO } from '@sslkit/bio';
import { accepted, assign, checkRows, Failure, OVERFLOW_ERROR, sslError, TYPE_ERROR } from '../support/rows.ts';

const READONLY = new Failure(TypeError, {});

/** A MemoryBIO that these bytes were written into. */
function filled(text: string): MemoryBIO {
  const queue = new MemoryBIO();
  queue.write(Buffer.from(text));
  return queue;
}

function ended(text: string): MemoryBIO {
  const queue = filled(text);
  queue.writeEof();
  return queue;
}

const write = (value: unknown) => () => new MemoryBIO().write(value as Uint8Array);
const WRITE_AFTER_EOF = sslError('ERR_SSL_WRITE_AFTER_EOF', { errno: null });

checkRows('MemoryBIO', [
  ['any argument: TypeError', () => new (MemoryBIO as unknown as new (value: unknown) => MemoryBIO)(1), TYPE_ERROR],
  ['pending', () => filled('foo').pending, 3],
  ['pending is readonly', () => assign(filled(''), 'pending', 1), READONLY],
  ['eof of a new one', () => new MemoryBIO().eof, false],
  ['eof with bytes left', () => ended('foo').eof, false],
  ['eof with none left', () => ended('').eof, true],
  ['eof is readonly', () => assign(filled(''), 'eof', true), READONLY],
  ['read() gives all', () => filled('foo').read(), Buffer.from('foo')],
  ['read(2) gives two', () => filled('foo').read(2), Buffer.from('fo')],
  ['read(0) gives none', () => filled('foo').read(0), Buffer.alloc(0)],
  ['read(-5) gives all', () => filled('foo').read(-5), Buffer.from('foo')],
  ['read(9) gives what there is', () => filled('foo').read(9), Buffer.from('foo')],
  ['read() of nothing', () => new MemoryBIO().read(), Buffer.alloc(0)],
  ['read() at the end', () => ended('').read(), Buffer.alloc(0)],
  ['read(None): TypeError', () => filled('foo').read(null as unknown as number), TYPE_ERROR],
  ['read(2**31): OverflowError', () => filled('foo').read(2 ** 31), OVERFLOW_ERROR],
  ['write() gives the length', write(Buffer.from('foo')), 3],
  ['write() of nothing', write(Buffer.alloc(0)), 0],
  ['write() of an ArrayBuffer', write(new ArrayBuffer(4)), 4],
  ['write() of a DataView', write(new DataView(new ArrayBuffer(4))), 4],
  ['write() of text: TypeError', write('foo'), TYPE_ERROR],
  ['write() of None: TypeError', write(null), TYPE_ERROR],
  ['write() of a bool: TypeError', write(true), TYPE_ERROR],
  ['write() of a number: TypeError', write(1), TYPE_ERROR],
  ['write() after write_eof(): SSLError', () => ended('').write(Buffer.of(1)), WRITE_AFTER_EOF],
  ['write_eof() twice', accepted(() => ended('').writeEof()), true],
]);
