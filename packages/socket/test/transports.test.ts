import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { TransformStream } from 'node:stream/web';
import { MessageChannel } from 'node:worker_threads';
import {
  checkTransport,
  MessagePortTransport,
  SSLSocketTransport,
  StreamTransport,
  type Transport,
  type TransportPair,
  WebStreamTransport,
} from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { clientContext, serverContext } from './certificates.ts';
import { tcpPair, tlsPair, track } from './loopback.ts';

async function unixPair(): Promise<TransportPair> {
  const folder = await mkdtemp(join(tmpdir(), 'sslkit-'));
  const server = createServer();
  server.listen(join(folder, 'socket'));
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = track(connect(join(folder, 'socket')));
  const [peer] = await accepted;
  server.close();
  await rm(folder, { recursive: true });
  return [new StreamTransport(client), new StreamTransport(track(peer))];
}

function webPair(): TransportPair {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  return [
    new WebStreamTransport({ readable: back.readable, writable: there.writable }),
    new WebStreamTransport({ readable: there.readable, writable: back.writable }),
  ];
}

function portPair(): TransportPair {
  const { port1, port2 } = new MessageChannel();
  return [new MessagePortTransport(port1), new MessagePortTransport(port2)];
}

async function nestedPair(): Promise<TransportPair> {
  const [client, server] = await tlsPair();
  return [new SSLSocketTransport(client), new SSLSocketTransport(server)];
}

async function tcpTransports(): Promise<TransportPair> {
  const [client, server] = await tcpPair();
  return [new StreamTransport(client), new StreamTransport(server)];
}

/** Streams that give their peer the very chunks that are written to them. */
class Passing extends Duplex {
  peer: Passing | null = null;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.peer?.push(chunk);
    callback();
  }

  override _final(callback: () => void): void {
    this.peer?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.peer?.push(null);
    callback(error);
  }
}

function passingStreams(): [Duplex, Duplex] {
  const [one, other] = [new Passing(), new Passing()];
  one.peer = other;
  other.peer = one;
  return [one, other];
}

function passingPair(): TransportPair {
  const [one, other] = passingStreams();
  return [new StreamTransport(one), new StreamTransport(other)];
}

const kinds: [string, () => TransportPair | Promise<TransportPair>][] = [
  ['TCP', tcpTransports],
  ['Unix-domain sockets', unixPair],
  ['streams that pass on what is written', passingPair],
  ['web streams', webPair],
  ['message ports', portPair],
  ['another TLS connection', nestedPair],
];

describe.each(kinds)('%s', (_name, makePair) => {
  test('keeps the contract of a transport', async () => {
    await checkTransport(makePair);
  });

  test('carries TLS, and plaintext after it', async () => {
    const [near, far] = await makePair();
    const [client, server] = await Promise.all([
      (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }),
      (await serverContext()).wrapSocket(far, { serverSide: true }),
    ]);
    const sent = Buffer.alloc(500_000, 'transport');
    const sending = client.sendAll(sent).then(() => client.unwrap());
    const chunks: Buffer[] = [];
    for await (const chunk of server) chunks.push(chunk);
    await Promise.all([sending, server.unwrap()]);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });
});

test('checkTransport() finds a transport that loses bytes', async () => {
  const makePair = async (): Promise<TransportPair> => {
    const [near, far] = await tcpTransports();
    const write = near.write.bind(near);
    near.write = (outgoing) => write(outgoing.subarray(1));
    return [near, far];
  };
  await expect(checkTransport(makePair, { patience: 0.2 })).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
});

test('checkTransport() finds a transport that does not put bytes back', async () => {
  const makePair = async (): Promise<TransportPair> => {
    const [near, far] = await tcpTransports();
    far.unread = () => {};
    return [near, far];
  };
  await expect(checkTransport(makePair, { patience: 0.2 })).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
});

test('TLS in TLS: the inner connection is taken off again, and the outer one goes on', async () => {
  const [outerClient, outerServer] = await tlsPair();
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(outerClient, { serverHostname: 'localhost' }),
    (await serverContext()).wrapSocket(outerServer, { serverSide: true }),
  ]);
  await client.sendAll('inner');
  expect(String(await server.recv())).toBe('inner');
  expect(client.getPeerName()).toEqual(outerClient.getPeerName());
  const unwrapping = client.unwrap();
  await server.recv();
  const below = await server.unwrap();
  expect(below).toBe(outerServer);
  await below.sendAll('outer');
  expect(String(await (await unwrapping).recv())).toBe('outer');
});

test('megabytes pass over streams that pass on what is written, however late they are read', async () => {
  const [near, far] = passingStreams();
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }),
    (await serverContext()).wrapSocket(far, { serverSide: true }),
  ]);
  const sent = Buffer.alloc(2_000_000, 'sslkit');
  await client.sendAll(sent);
  await client.close({ notify: true });
  const chunks: Buffer[] = [];
  for await (const chunk of server) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
});

test('web streams are given back with what was left first', async () => {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(
      { readable: back.readable, writable: there.writable },
      { serverHostname: 'localhost' },
    ),
    (await serverContext()).wrapSocket({ readable: there.readable, writable: back.writable }, { serverSide: true }),
  ]);
  const unwrapping = client.unwrap();
  await server.recv();
  const plainServer = await server.unwrap();
  const plainClient = await unwrapping;
  const writer = plainServer.writable.getWriter();
  void writer.write(Buffer.from('plain')).then(() => writer.close());
  const chunks: Uint8Array[] = [];
  for await (const chunk of plainClient.readable) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('plain');
});

test("a transport of one's own is wrapped and given back", async () => {
  const [near, far] = portPair();
  const [client, server] = await Promise.all([
    (await clientContext()).wrapSocket(near, { serverHostname: 'localhost' }),
    (await serverContext()).wrapSocket(far, { serverSide: true }),
  ]);
  const [plain] = await Promise.all([client.unwrap(), server.unwrap()]);
  expect(plain).toBeInstanceOf(MessagePortTransport);
  await (plain as Transport).close();
});

test('a stream that is not a socket has no address and refuses its options', async () => {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const [client] = await Promise.all([
    (await clientContext()).wrapSocket(Duplex.from({ readable: back, writable: there }), {
      serverHostname: 'localhost',
    }),
    (await serverContext()).wrapSocket(Duplex.from({ readable: there, writable: back }), { serverSide: true }),
  ]);
  expect(() => client.getPeerName()).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
  expect(() => client.getSockOpt(1, 1)).toThrow(expect.objectContaining({ code: 'ENOPROTOOPT' }));
  expect(client.fileno()).toBe(-1);
});
