import { Outcome } from '@sslkit/context';
import { SSLEOFError, SSLError } from '@sslkit/errors';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import { type MemoryPair, makeMemoryPair, moveBytes, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const NOTHING = new Uint8Array(0);

describe.each(VERSIONS)('%s', (_, version) => {
  const contexts = Promise.all([makeClientContext({ version }), makeServerContext({ version })]);

  /** A pair on buffers whose handshake is done and whose queues are empty. */
  async function connect(): Promise<MemoryPair> {
    const pair = makeMemoryPair(...(await contexts), { way: 'buffers' });
    shakeHands(pair);
    pair.client.read();
    return pair;
  }

  test('encrypt() with room for all takes all, and decrypt() gives it back', async () => {
    const { client, server } = await connect();
    const outgoing = Buffer.alloc(17_408);
    const plaintext = Buffer.alloc(16_384, 'x');
    expect(client.object.encrypt(plaintext, outgoing)).toBe(16_384);
    const { produced } = client.object;
    expect(client.object.outgoingPending).toBe(0);
    const room = Buffer.alloc(20_000);
    expect(server.object.decrypt(outgoing.subarray(0, produced), room)).toBe(16_384);
    expect(server.object.consumed).toBe(produced);
    expect(room.subarray(0, 16_384).equals(plaintext)).toBe(true);
  });

  test('what does not fit into outgoing is queued and comes first out of drain() and encrypt()', async () => {
    const { client, server } = await connect();
    const outgoing = Buffer.alloc(10);
    const taken = client.object.encrypt(Buffer.from('first'), outgoing);
    expect(taken).toBe(5);
    expect(client.object.produced).toBe(10);
    const wire = [Buffer.from(outgoing)];
    expect(client.object.outgoingPending).toBeGreaterThan(0);
    const room = Buffer.alloc(1000);
    let rest = Buffer.from('second');
    while (rest.length > 0) {
      const count = client.object.encrypt(rest, outgoing);
      expect(count).toBeGreaterThanOrEqual(0);
      rest = rest.subarray(count);
      wire.push(Buffer.from(outgoing.subarray(0, client.object.produced)));
    }
    while (client.object.outgoingPending > 0) {
      const count = client.object.drain(outgoing);
      expect(count).toBe(client.object.produced);
      wire.push(Buffer.from(outgoing.subarray(0, count)));
    }
    const count = server.object.decrypt(Buffer.concat(wire), room);
    expect(room.toString('latin1', 0, count)).toBe('firstsecond');
  });

  test('decrypt() fills small plaintext buffers to the brim without losing or repeating a byte', async () => {
    const { client, server } = await connect();
    const message = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
    client.write(message);
    const wire = client.send();
    const room = Buffer.alloc(7);
    const parts: Buffer[] = [];
    let count = server.object.decrypt(wire, room);
    let consumed = server.object.consumed;
    while (count > 0) {
      parts.push(Buffer.from(room.subarray(0, count)));
      count = server.object.decrypt(wire.subarray(consumed), room);
      consumed += server.object.consumed;
    }
    expect(count).toBe(Outcome.WANT_READ);
    expect(consumed).toBe(wire.length);
    expect(Buffer.concat(parts).equals(message)).toBe(true);
    expect(parts.slice(0, -1).every(({ length }) => length === 7)).toBe(true);
  });

  test('decrypt() with a full plaintext buffer takes the beginning of a record, and leaves a whole one', async () => {
    const { client, server } = await connect();
    const record = (text: string) => {
      client.write(Buffer.from(text));
      return client.send();
    };
    const [first, second, third] = [record('first'), record('second'), record('third')];
    const room = Buffer.alloc(5);
    for (const length of [1, 4, 5, second.length - 1]) {
      const pair = await connect();
      pair.client.write(Buffer.from('first'));
      const whole = pair.client.send();
      pair.client.write(Buffer.from('second'));
      const next = pair.client.send();
      expect(pair.server.object.decrypt(Buffer.concat([whole, next.subarray(0, length)]), room)).toBe(5);
      expect(pair.server.object.consumed).toBe(whole.length + length);
      expect(pair.server.object.leftover).toBe(false);
      const rest = Buffer.alloc(20);
      expect(pair.server.object.decrypt(next.subarray(length), rest)).toBe(6);
      expect(rest.toString('latin1', 0, 6)).toBe('second');
    }
    const wire = Buffer.concat([first, second, third]);
    expect(server.object.decrypt(wire, room)).toBe(5);
    expect(server.object.consumed).toBe(first.length);
  });

  test('decrypt() without room for plaintext takes nothing', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('first'));
    const wire = client.send();
    for (const part of [wire, wire.subarray(0, 8)]) {
      expect(server.object.decrypt(part, new Uint8Array(0))).toBe(0);
      expect(server.object.consumed).toBe(0);
    }
    const room = Buffer.alloc(5);
    expect(server.object.decrypt(wire, room)).toBe(5);
  });

  test('a record whose beginning says that it is too long fails behind the plaintext in front of it', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('first'));
    const room = Buffer.alloc(5);
    const tooLong = Buffer.from([23, 3, 3, 0xff, 0xff, 0]);
    expect(server.object.decrypt(Buffer.concat([client.send(), tooLong]), room)).toBe(5);
    expect(server.object.leftover).toBe(true);
    expect(() => server.object.decrypt(new Uint8Array(0), room)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/LENGTH_TOO_LONG|DATA_LENGTH/) }),
    );
  });

  test('any sizes of buffers and pieces carry the same bytes', async () => {
    const pair = await connect();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        (message, outgoingSize, plaintextSize, pieceSize) => {
          const wire = encryptThrough(pair, message, Buffer.alloc(outgoingSize));
          const received = decryptThrough(pair, wire, Buffer.alloc(plaintextSize), pieceSize);
          return received.equals(message);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('decrypt() consumes part of a record and wants more', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('hello'));
    const wire = client.send();
    const room = Buffer.alloc(100);
    for (let index = 0; index < wire.length - 1; index += 1) {
      expect(server.object.decrypt(wire.subarray(index, index + 1), room)).toBe(Outcome.WANT_READ);
      expect(server.object.consumed).toBe(1);
    }
    expect(server.object.decrypt(wire.subarray(-1), room)).toBe(5);
  });

  test('bytes behind close_notify are not consumed by decrypt()', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('last'));
    expect(client.unwrap()).toBe(Outcome.WANT_READ);
    const wire = Buffer.concat([client.send(), Buffer.from('plain words')]);
    const room = Buffer.alloc(100);
    const count = server.object.decrypt(wire, room);
    expect(room.toString('latin1', 0, count)).toBe('last');
    let { consumed } = server.object;
    expect(server.object.decrypt(wire.subarray(consumed), room)).toBe(Outcome.CLOSED);
    consumed += server.object.consumed;
    expect(wire.toString('latin1', consumed)).toBe('plain words');
    expect(server.object.shutdownState).toBe(2);
  });

  test('bytes behind close_notify are not consumed by tryUnwrap()', async () => {
    const { client, server } = await connect();
    expect(server.object.tryUnwrap()).toBe(Outcome.WANT_READ);
    moveBytes(server, client);
    expect(client.unwrap()).toBe(Outcome.DONE);
    const wire = Buffer.concat([client.send(), Buffer.from('plain words')]);
    expect(server.object.tryUnwrap(wire)).toBe(Outcome.DONE);
    expect(wire.toString('latin1', server.object.consumed)).toBe('plain words');
    expect(server.object.shutdownState).toBe(3);
  });

  test('close_notify that arrives byte by byte leaves what follows it alone', async () => {
    const { client, server } = await connect();
    client.unwrap();
    const close = client.send();
    const wire = Buffer.concat([close, Buffer.from('plain')]);
    const room = Buffer.alloc(100);
    let outcome: number = Outcome.WANT_READ;
    let at = 0;
    while (outcome === Outcome.WANT_READ) {
      outcome = server.object.decrypt(wire.subarray(at, at + 1), room);
      at += server.object.consumed;
    }
    expect(outcome).toBe(Outcome.CLOSED);
    expect(at).toBe(close.length);
  });

  test('plaintext in front of a broken record is delivered before the failure is thrown', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('good'));
    const good = client.send();
    client.write(Buffer.from('bad'));
    const bad = client.send();
    bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
    const wire = Buffer.concat([good, bad]);
    const room = Buffer.alloc(100);
    const count = server.object.decrypt(wire, room);
    expect(room.toString('latin1', 0, count)).toBe('good');
    const rest = wire.subarray(server.object.consumed);
    expect(() => server.object.decrypt(rest, room)).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', errno: 1 }),
    );
  });

  test('the alert about a broken record is queued for the peer, who reads it', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('bad'));
    const wire = client.send();
    wire.writeUInt8(wire.readUInt8(wire.length - 1) ^ 1, wire.length - 1);
    server.receive(wire);
    expect(() => server.read()).toThrow(SSLError);
    expect(moveBytes(server, client)).toBeGreaterThan(0);
    expect(() => client.read()).toThrow(
      expect.objectContaining({
        code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
        alert: { number: 20, name: 'BAD_RECORD_MAC', direction: 'received' },
      }),
    );
  });

  test('the end of the transport without close_notify is an SSLEOFError', async () => {
    const { client } = await connect();
    client.object.endIncoming();
    expect(() => client.object.decrypt(NOTHING, Buffer.alloc(10))).toThrow(SSLEOFError);
    expect(() => client.object.decrypt(NOTHING, Buffer.alloc(10))).toThrow(SSLEOFError);
  });

  test('the end of the transport in the middle of a record is an SSLEOFError', async () => {
    const { client, server } = await connect();
    client.write(Buffer.from('hello'));
    expect(server.object.decrypt(client.send().subarray(0, 7), Buffer.alloc(10))).toBe(Outcome.WANT_READ);
    server.object.endIncoming();
    expect(() => server.object.decrypt(NOTHING, Buffer.alloc(10))).toThrow(SSLEOFError);
  });

  test('the end of the transport behind close_notify is a clean end', async () => {
    const { client, server } = await connect();
    client.unwrap();
    server.receive(client.send());
    server.object.endIncoming();
    expect(server.read()).toBe(Outcome.CLOSED);
    expect(server.read()).toBe(Outcome.CLOSED);
  });

  test('encrypt() still sends after the peer has closed its direction', async () => {
    const { client, server } = await connect();
    client.unwrap();
    moveBytes(client, server);
    expect(server.read()).toBe(Outcome.CLOSED);
    expect(server.write(Buffer.from('answer'))).toBe(6);
    moveBytes(server, client);
    expect(client.read()).toEqual(Buffer.from('answer'));
  });

  test('encrypt() after our own close_notify is refused', async () => {
    const { client } = await connect();
    client.unwrap();
    expect(() => client.write(Buffer.from('late'))).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_PROTOCOL_IS_SHUTDOWN' }),
    );
  });

  test('encrypt() before the handshake wants to read and produces the first flight', async () => {
    const { client } = makeMemoryPair(...(await contexts), { way: 'buffers' });
    const outgoing = Buffer.alloc(17_408);
    expect(client.object.encrypt(Buffer.from('early'), outgoing)).toBe(Outcome.WANT_READ);
    expect(client.object.produced + client.object.outgoingPending).toBeGreaterThan(100);
  });

  test('encrypt() of nothing takes nothing', async () => {
    const { client } = await connect();
    expect(client.object.encrypt(NOTHING, Buffer.alloc(100))).toBe(0);
    expect(client.object.produced).toBe(0);
  });
});

test('the methods for buffers are a state error on an object of MemoryBIO', async () => {
  const { object } = makeMemoryPair(await makeClientContext(), await makeServerContext()).client;
  const room = Buffer.alloc(10);
  const wrongState = expect.objectContaining({ code: 'ERR_INVALID_STATE' });
  expect(() => object.decrypt(room, room)).toThrow(wrongState);
  expect(() => object.encrypt(room, room)).toThrow(wrongState);
  expect(() => object.drain(room)).toThrow(wrongState);
});

function encryptThrough({ client }: MemoryPair, message: Uint8Array, outgoing: Buffer): Buffer {
  const wire: Buffer[] = [];
  let taken = 0;
  while (taken < message.length) {
    const count = client.object.encrypt(message.subarray(taken), outgoing);
    if (count < 0) throw new Error(`encrypt() gave ${count}`);
    taken += count;
    wire.push(Buffer.from(outgoing.subarray(0, client.object.produced)));
  }
  while (client.object.outgoingPending > 0) {
    wire.push(Buffer.from(outgoing.subarray(0, client.object.drain(outgoing))));
  }
  return Buffer.concat(wire);
}

function decryptThrough({ server }: MemoryPair, wire: Buffer, plaintext: Buffer, pieceSize: number): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  let end = 0;
  while (end < wire.length) {
    end = Math.min(end + pieceSize, wire.length);
    let count: number;
    do {
      count = server.object.decrypt(wire.subarray(start, end), plaintext);
      start += server.object.consumed;
      if (count > 0) parts.push(Buffer.from(plaintext.subarray(0, count)));
    } while (count > 0);
    if (count !== Outcome.WANT_READ) throw new Error(`decrypt() gave ${count}`);
  }
  return Buffer.concat(parts);
}
