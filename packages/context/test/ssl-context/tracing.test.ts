import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type MessageCallback,
  Outcome,
  type SSLContext,
  TLSAlertType,
  TLSContentType,
  TLSMessageType,
  TLSVersion,
} from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { makeClientContext, makeServerContext, VERSIONS } from '@sslkit/test-support/contexts.ts';
import {
  collectHandshakeErrors,
  makeMemoryPair,
  moveBytes,
  shakeHands,
  WAYS,
} from '@sslkit/test-support/memory-pair.ts';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-tracing-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function newFile(): string {
  files += 1;
  return join(folder, `keys-${files}.log`);
}

const readLines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('keylogFilename', () => {
  test.each(WAYS)('writes a header and five lines for a handshake of TLS 1.3 over %s', async (way) => {
    const client = await makeClientContext({ version: TLSVersion.TLSv1_3 });
    const path = newFile();
    client.keylogFilename = path;
    expect(client.keylogFilename).toBe(path);
    shakeHands(makeMemoryPair(client, await makeServerContext(), { way }));
    const [header, ...lines] = readLines(path);
    expect(header).toMatch(/^#/);
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
    for (const line of lines) expect(line).toMatch(/^\w+ [0-9a-fA-F]{64} [0-9a-fA-F]{96}$/);
  });

  test('writes CLIENT_RANDOM for TLS 1.2', async () => {
    const client = await makeClientContext({ version: TLSVersion.TLSv1_2 });
    const path = newFile();
    client.keylogFilename = path;
    shakeHands(makeMemoryPair(client, await makeServerContext()));
    expect(readLines(path)[1]).toMatch(/^CLIENT_RANDOM [0-9a-fA-F]{64} [0-9a-fA-F]{96}$/);
  });

  test('both sides may write to the same file, with one header', async () => {
    const [client, server] = [await makeClientContext(), await makeServerContext()];
    const path = newFile();
    client.keylogFilename = path;
    server.keylogFilename = path;
    shakeHands(makeMemoryPair(client, server));
    const lines = readLines(path);
    expect(lines.filter((line) => line.startsWith('#')).length).toBe(1);
    expect(lines.length).toBe(11);
    expect(new Set(lines).size).toBe(6);
  });

  test('appends to what is there, without a header', async () => {
    const path = newFile();
    writeFileSync(path, 'before\n');
    const client = await makeClientContext();
    client.keylogFilename = path;
    shakeHands(makeMemoryPair(client, await makeServerContext()));
    const lines = readLines(path);
    expect(lines[0]).toBe('before');
    expect(lines.length).toBe(6);
  });

  test('null stops it', async () => {
    const path = newFile();
    const client = await makeClientContext();
    client.keylogFilename = path;
    client.keylogFilename = null;
    expect(client.keylogFilename).toBeNull();
    shakeHands(makeMemoryPair(client, await makeServerContext()));
    expect(readLines(path).length).toBe(1);
  });

  test('another file takes over', async () => {
    const [first, second] = [newFile(), newFile()];
    const client = await makeClientContext();
    client.keylogFilename = first;
    client.keylogFilename = second;
    shakeHands(makeMemoryPair(client, await makeServerContext()));
    expect([readLines(first).length, readLines(second).length]).toEqual([1, 6]);
  });

  test('a path that cannot be opened leaves no file in use', async () => {
    const client = await makeClientContext();
    const path = newFile();
    client.keylogFilename = path;
    expect(() => {
      client.keylogFilename = folder;
    }).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    shakeHands(makeMemoryPair(client, await makeServerContext()));
    expect(readLines(path).length).toBe(1);
  });

  test.skipIf(process.platform === 'win32')('a new file is for its owner alone (skipped on Windows)', async () => {
    const path = newFile();
    (await makeClientContext()).keylogFilename = path;
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

type Message = Parameters<MessageCallback>;

async function trace(
  version: TLSVersion,
  configure: (client: SSLContext, server: SSLContext) => void = () => {},
): Promise<{ messages: Message[]; errors: ReturnType<typeof collectHandshakeErrors> }> {
  const messages: Message[] = [];
  const client = await makeClientContext({ version });
  const server = await makeServerContext();
  client.messageCallback = (...message) => void messages.push(message);
  configure(client, server);
  return { errors: collectHandshakeErrors(makeMemoryPair(client, server)), messages };
}

describe.each(VERSIONS)('messageCallback with %s', (_, version) => {
  test('tells of the handshake messages in order', async () => {
    const { messages } = await trace(version);
    const handshake = messages
      .filter(([, , , contentType]) => contentType === TLSContentType.HANDSHAKE)
      .map(([, direction, , , type]) => [direction, TLSMessageType[type]]);
    const expected =
      version === TLSVersion.TLSv1_3
        ? [
            ['write', 'CLIENT_HELLO'],
            ['read', 'SERVER_HELLO'],
            ['read', 'ENCRYPTED_EXTENSIONS'],
            ['read', 'CERTIFICATE'],
            ['read', 'CERTIFICATE_VERIFY'],
            ['read', 'FINISHED'],
            ['write', 'FINISHED'],
            ['read', 'NEWSESSION_TICKET'],
            ['read', 'NEWSESSION_TICKET'],
          ]
        : [
            ['write', 'CLIENT_HELLO'],
            ['read', 'SERVER_HELLO'],
            ['read', 'CERTIFICATE'],
            ['read', 'SERVER_KEY_EXCHANGE'],
            ['read', 'SERVER_DONE'],
            ['write', 'CLIENT_KEY_EXCHANGE'],
            ['write', 'FINISHED'],
            ['read', 'NEWSESSION_TICKET'],
            ['read', 'FINISHED'],
          ];
    expect(handshake).toEqual(expected);
  });

  test('gives the connection, a version and the bytes of each message', async () => {
    const { messages } = await trace(version);
    const hello = messages.find(([, , , contentType]) => contentType === TLSContentType.HANDSHAKE);
    expect(hello?.[0].serverHostname).toBe('localhost');
    expect(TLSVersion[hello?.[2] ?? 0]).toMatch(/^TLSv1/);
    expect(hello?.[5].readUInt8(0)).toBe(TLSMessageType.CLIENT_HELLO);
    expect(hello?.[5].readUIntBE(1, 3)).toBe((hello?.[5].length ?? 0) - 4);
  });

  test('tells of the headers of records', async () => {
    const { messages } = await trace(version);
    const headers = messages.filter(([, , , contentType]) => contentType === TLSContentType.HEADER);
    expect(headers.length).toBeGreaterThan(3);
    for (const [, , headerVersion, , type, data] of headers) {
      expect(data.length).toBe(5);
      expect([data.readUInt8(0), data.readUInt16BE(1)]).toEqual([type, headerVersion]);
    }
  });

  test('tells of alerts', async () => {
    const { messages } = await trace(version, (_, server) => {
      server.sniCallback = () => TLSAlertType.UNRECOGNIZED_NAME;
    });
    const alerts = messages.filter(([, , , contentType]) => contentType === TLSContentType.ALERT);
    expect(alerts.map(([, direction, , , type]) => [direction, type])).toEqual([
      ['read', TLSAlertType.UNRECOGNIZED_NAME],
    ]);
  });

  test('tells nothing of application data but headers', async () => {
    const client = await makeClientContext({ version });
    const pair = makeMemoryPair(client, await makeServerContext());
    shakeHands(pair);
    pair.client.read();
    const messages: Message[] = [];
    client.messageCallback = (...message) => void messages.push(message);
    pair.client.write(Buffer.from('words'));
    for (const [, , , , , data] of messages) expect(data.includes('words')).toBe(false);
  });
});

test('what messageCallback throws waits while more bytes are wanted, and comes out of the call that succeeds', async () => {
  const reason = new Error('the callback failed');
  const client = await makeClientContext();
  client.messageCallback = () => {
    throw reason;
  };
  const pair = makeMemoryPair(client, await makeServerContext());
  expect(pair.client.handshake()).toBe(Outcome.WANT_READ);
  expect(() => shakeHands(pair)).toThrow(reason);
});

test('what messageCallback throws is the cause of the error of a call that fails', async () => {
  const reason = new Error('the callback failed');
  const { errors } = await trace(TLSVersion.TLSv1_3, (client, server) => {
    server.sniCallback = () => TLSAlertType.ACCESS_DENIED;
    client.messageCallback = () => {
      throw reason;
    };
  });
  expect(errors.client).toBeInstanceOf(SSLError);
  expect(errors.client).toMatchObject({ cause: reason });
});

test('messageCallback may use the connection that it is told of', async () => {
  const client = await makeClientContext();
  const versions: (string | null)[] = [];
  client.messageCallback = (connection) => {
    versions.push(connection.version());
    connection.pending();
  };
  const pair = makeMemoryPair(client, await makeServerContext());
  shakeHands(pair);
  expect(versions.length).toBeGreaterThan(3);
});

test('messageCallback that closes the connection ends the call with an error, never a crash', async () => {
  const client = await makeClientContext();
  client.messageCallback = (connection) => connection.close();
  const pair = makeMemoryPair(client, await makeServerContext());
  expect(() => {
    pair.client.handshake();
    pair.client.handshake();
  }).toThrow(Error);
});

test('a callback that was taken away is not called', async () => {
  const client = await makeClientContext();
  let calls = 0;
  client.messageCallback = () => {
    calls += 1;
  };
  client.messageCallback = null;
  const pair = makeMemoryPair(client, await makeServerContext());
  shakeHands(pair);
  moveBytes(pair.server, pair.client);
  expect(calls).toBe(0);
});
