import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SSLSocket, SSLWantReadError, SSLWantWriteError } from '@sslkit/socket';
import { afterAll, onTestFinished } from 'vitest';
import { checkRows, Failure, NOT_IMPLEMENTED, type Row, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';
import { connectBoth, connectedClient } from '../support/ssl-sockets.ts';

const WANT_READ = new Failure(SSLWantReadError, { errno: 2, library: null, reason: null });
const WANT_WRITE = new Failure(SSLWantWriteError, { errno: 3, library: null, reason: null });
const TIMEOUT = new Failure(Error, { name: 'TimeoutError', code: 'ETIMEDOUT' });
const NOTHING = Buffer.alloc(0);
const hello = Buffer.from('hello');

/** A row about a connection whose peer has sent `hello`. */
const reading = (claim: string, call: (socket: SSLSocket) => unknown, expected: unknown): Row => [
  claim,
  async () => {
    const { client, server } = await connectBoth();
    await server.sendAll(hello);
    return call(client);
  },
  expected,
];

/** A row about a connection whose peer has sent nothing. */
const silent = (claim: string, call: (socket: SSLSocket) => unknown, expected: unknown): Row => [
  claim,
  async () => call(await connectedClient()),
  expected,
];

/** What a call puts into a buffer of `length`, and what it gives. */
async function fill(length: number, call: (buffer: Buffer) => Promise<number>): Promise<[number, string]> {
  const buffer = Buffer.alloc(length, '-');
  return [await call(buffer), buffer.toString()];
}

checkRows('recv(buflen, flags)', [
  reading('what was sent', (socket) => socket.recv(), hello),
  reading('at most buflen', (socket) => socket.recv(3), Buffer.from('hel')),
  silent('0 gives none at once', (socket) => socket.recv(0), NOTHING),
  silent('below zero: ValueError', (socket) => socket.recv(-1), VALUE_ERROR),
  silent('a fraction: TypeError', (socket) => socket.recv(1.5), TYPE_ERROR),
  silent('text: TypeError', (socket) => socket.recv('1' as never), TYPE_ERROR),
  silent('flags: ValueError', (socket) => socket.recv(1, { flags: 1 }), VALUE_ERROR),
  reading('flags of 0', (socket) => socket.recv(5, { flags: 0 }), hello),
  silent('never waits: SSLWantReadError', (socket) => neverWaiting(socket).recv(), WANT_READ),
  silent('with a time-out: TimeoutError', (socket) => inAHurry(socket).recv(), TIMEOUT),
]);

checkRows('recv_into(buffer, nbytes, flags)', [
  reading('what was sent', (socket) => fill(7, (buffer) => socket.recvInto(buffer)), [5, 'hello--']),
  reading('as much as fits', (socket) => fill(3, (buffer) => socket.recvInto(buffer)), [3, 'hel']),
  reading('at most nbytes', (socket) => fill(7, (buffer) => socket.recvInto(buffer, 2)), [2, 'he-----']),
  reading('nbytes of 0 is the buffer', (socket) => fill(7, (buffer) => socket.recvInto(buffer, 0)), [5, 'hello--']),
  reading('nbytes below 0 is the buffer', (socket) => fill(3, (buffer) => socket.recvInto(buffer, -1)), [3, 'hel']),
  reading('nbytes beyond the buffer', (socket) => fill(3, (buffer) => socket.recvInto(buffer, 100)), [3, 'hel']),
  silent('an empty buffer gives 0 at once', (socket) => socket.recvInto(NOTHING), 0),
  silent('text for a buffer: TypeError', (socket) => socket.recvInto('x' as never), TYPE_ERROR),
  silent('a fraction: TypeError', (socket) => socket.recvInto(Buffer.alloc(1), 1.5), TYPE_ERROR),
  silent('flags: ValueError', (socket) => socket.recvInto(Buffer.alloc(1), 1, { flags: 1 }), VALUE_ERROR),
  silent('never waits: SSLWantReadError', (socket) => neverWaiting(socket).recvInto(Buffer.alloc(1)), WANT_READ),
  silent('with a time-out: TimeoutError', (socket) => inAHurry(socket).recvInto(Buffer.alloc(1)), TIMEOUT),
]);

checkRows('read(len, buffer)', [
  reading('what was sent', (socket) => socket.read(), hello),
  reading('at most len', (socket) => socket.read(3), Buffer.from('hel')),
  silent('0 gives none at once', (socket) => socket.read(0), NOTHING),
  silent('below zero: ValueError', (socket) => socket.read(-1), VALUE_ERROR),
  reading('into a buffer', (socket) => fill(7, (buffer) => socket.read(2, buffer)), [2, 'he-----']),
  reading('into a buffer, below zero', (socket) => fill(3, (buffer) => socket.read(-1, buffer)), [3, 'hel']),
  reading('into a buffer, beyond it', (socket) => fill(3, (buffer) => socket.read(100, buffer)), [3, 'hel']),
  silent('into an empty buffer', (socket) => socket.read(10, NOTHING), 0),
]);

checkRows('send(data, flags), sendall(data, flags), write(data)', [
  silent('send() gives the length', (socket) => socket.send(Buffer.alloc(10)), 10),
  silent('send() of nothing gives 0', (socket) => socket.send(NOTHING), 0),
  silent('sendall() gives None', (socket) => socket.sendAll(Buffer.alloc(10)), undefined),
  silent('sendall() of nothing', (socket) => socket.sendAll(NOTHING), undefined),
  silent('write() gives the length', (socket) => socket.write(Buffer.alloc(10)), 10),
  silent('write() of nothing gives 0', (socket) => socket.write(NOTHING), 0),
  silent('send() of a number: TypeError', (socket) => socket.send(1 as never), TYPE_ERROR),
  silent('sendall() of None: TypeError', (socket) => socket.sendAll(null as never), TYPE_ERROR),
  silent('send() with flags: ValueError', (socket) => socket.send(hello, { flags: 1 }), VALUE_ERROR),
  silent('sendall() with flags: ValueError', (socket) => socket.sendAll(hello, { flags: 1 }), VALUE_ERROR),
  [
    'sendall() takes every kind of buffer by its bytes',
    async () => {
      const { client, server } = await connectBoth();
      for (const data of [Uint16Array.of(0x6161), new DataView(Uint8Array.of(98).buffer), Uint8Array.of(99).buffer]) {
        await client.sendAll(data);
      }
      await client.close({ notify: true });
      let received = '';
      for await (const chunk of server) received += String(chunk);
      return received;
    },
    'aabc',
  ],
  silent('send() that never waits: SSLWantWriteError', (socket) => flood(neverWaiting(socket)), WANT_WRITE),
  silent('sendall() with a time-out: TimeoutError', (socket) => flood(inAHurry(socket)), TIMEOUT),
]);

/** Sends until that is refused: nobody reads. */
async function flood(socket: SSLSocket): Promise<void> {
  for (;;) await socket.sendAll(Buffer.alloc(1_000_000));
}

function neverWaiting(socket: SSLSocket): SSLSocket {
  socket.setBlocking(false);
  return socket;
}

function inAHurry(socket: SSLSocket): SSLSocket {
  socket.setTimeout(0.05);
  return socket;
}

checkRows('What is for datagrams', [
  silent('sendto(): ValueError', (socket) => socket.sendto(hello, ['127.0.0.1', 1]), VALUE_ERROR),
  silent('recvfrom(): ValueError', (socket) => socket.recvfrom(), VALUE_ERROR),
  silent('recvfrom_into(): ValueError', (socket) => socket.recvfromInto(Buffer.alloc(1)), VALUE_ERROR),
  silent('sendmsg(): NotImplementedError', (socket) => socket.sendmsg([hello]), NOT_IMPLEMENTED),
  silent('recvmsg(): NotImplementedError', (socket) => socket.recvmsg(1), NOT_IMPLEMENTED),
  silent('recvmsg_into(): NotImplementedError', (socket) => socket.recvmsgInto([]), NOT_IMPLEMENTED),
]);

const folder = mkdtempSync(join(tmpdir(), 'sslkit-sendfile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'digits');
writeFileSync(path, '0123456789');

async function openDigits(): Promise<FileHandle> {
  const file = await open(path);
  onTestFinished(() => file.close());
  return file;
}

/** How many bytes `sendFile` says it has sent, and what has arrived. */
async function transmit(offset?: number, count?: number | null): Promise<[number, string]> {
  const { client, server } = await connectBoth();
  const sent = await client.sendFile(await openDigits(), offset, count);
  await client.close({ notify: true });
  let received = '';
  for await (const chunk of server) received += String(chunk);
  return [sent, received];
}

/** A row about the refusal of a file, or of a part of one. */
const refusing = (claim: string, call: (socket: SSLSocket, file: FileHandle) => unknown, failure: Failure): Row => [
  claim,
  async () => call(await connectedClient(), await openDigits()),
  failure,
];

checkRows('sendfile(file, offset, count)', [
  ['the whole file', () => transmit(), [10, '0123456789']],
  ['from offset', () => transmit(4), [6, '456789']],
  ['count bytes', () => transmit(2, 3), [3, '234']],
  ['count beyond the end', () => transmit(8, 100), [2, '89']],
  ['offset beyond the end', () => transmit(100), [0, '']],
  refusing('what is no file: TypeError', (socket) => socket.sendFile('path' as never), TYPE_ERROR),
  refusing('a count of 0: ValueError', (socket, file) => socket.sendFile(file, 0, 0), VALUE_ERROR),
  refusing('a count below zero: ValueError', (socket, file) => socket.sendFile(file, 0, -1), VALUE_ERROR),
  refusing('a count that is a fraction: TypeError', (socket, file) => socket.sendFile(file, 0, 1.5), TYPE_ERROR),
  refusing('an offset below zero', (socket, file) => socket.sendFile(file, -1), VALUE_ERROR),
  refusing('never waits: ValueError', (socket, file) => neverWaiting(socket).sendFile(file), VALUE_ERROR),
]);

checkRows('makefile()', [
  reading('reads what was sent', async (socket) => (await once(socket.makefile())).toString(), 'hello'),
  [
    'writes, and its end is the end',
    async () => {
      const { client, server } = await connectBoth();
      client.makefile().end('bye');
      let received = '';
      for await (const chunk of server) received += String(chunk);
      return [received, server.ended];
    },
    ['bye', 'close_notify'],
  ],
]);

async function once(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of stream) return chunk;
  return NOTHING;
}
