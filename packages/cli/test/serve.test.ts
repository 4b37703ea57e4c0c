import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { Background } from './support/background.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { closedPort, listen, plainServer, tlsServer } from './support/servers.ts';

const { file, root, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const identity = ['--cert', file('server.pem')];

describe('the status page', () => {
  test('shows the client what it negotiated, with a certificate that was made up', async () => {
    const ca = join(makeFolder(), 'ca.pem');
    const { running, port } = await Background.start(['serve', '--ca-out', ca]);
    const { json } = await sslkitJson(['connect', `localhost:${port}`, '--cafile', ca, '--http', '/json']);
    expect(json).toMatchObject({ outcome: 'verified', http: { status: 200 } });
    expect(JSON.parse(json.http.text)).toMatchObject({ protocol: 'TLSv1.3', serverName: 'localhost' });
    const page = await sslkit(['connect', `localhost:${port}`, '--cafile', ca, '--http', '/']);
    expect(page.stdout).toContain('<td>TLSv1.3</td>');
    expect(await running.interrupt()).toBe(0);
  });

  test('escapes what the client says', async () => {
    const { port } = await Background.start(['serve', ...identity]);
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'a<b>.example', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let page = '';
    for await (const data of socket) page += data;
    expect(page).not.toContain('<b>');
  });
});

test('--echo sends back what comes in', async () => {
  const { running, port } = await Background.start(['serve', ...identity, '--echo']);
  const run = await sslkit(['connect', `localhost:${port}`, ...trust, '-i', '--linger', '0'], { input: 'hello\n' });
  expect(run).toMatchObject({ code: 0, stdout: 'hello\r\n' });
  expect(await running.next('connection')).toMatchObject({ protocol: 'TLSv1.3', serverName: 'localhost' });
});

describe('--root', () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'public', 'index.html'), '<h1>hello</h1>');
  writeFileSync(join(folder, 'public', 'a b.txt'), 'text');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'public', 'link.txt'));

  test.each([
    ['/', 200, '<h1>hello</h1>'],
    ['/a%20b.txt?x', 200, 'text'],
    ['/missing', 404, 'Not found\n'],
    ['/../secret.txt', 404, 'Not found\n'],
    ['/%2e%2e/secret.txt', 404, 'Not found\n'],
    ['/link.txt', 404, 'Not found\n'],
    ['/%00', 404, 'Not found\n'],
    ['/%zz', 404, 'Not found\n'],
  ])('%s gives %i', async (path, status, text) => {
    const { port } = await Background.start(['serve', ...identity, '--root', join(folder, 'public')]);
    const { json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--http', path]);
    expect(json.http).toMatchObject({ status, text });
  });
});

describe('--to and tunnel', () => {
  test('carry plaintext between two programs without TLS', async () => {
    const upstream = await plainServer((socket) => socket.pipe(socket));
    const { port } = await Background.start(['serve', ...identity, '--to', `127.0.0.1:${upstream}`]);
    const { running, port: local } = await Background.start(['tunnel', `localhost:${port}`, ...trust]);
    const socket = connectTcp(local, '127.0.0.1');
    socket.end('x'.repeat(1_000_000));
    let received = 0;
    for await (const data of socket) received += data.length;
    expect(received).toBe(1_000_000);
    expect(await running.interrupt()).toBe(0);
  });

  test('a server that is not verified gets nothing', async () => {
    let heard = 0;
    const port = await tlsServer(server);
    const { running, port: local } = await Background.start(['tunnel', `localhost:${port}`, '--once']);
    const socket = connectTcp(local, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('secret');
    socket.on('data', () => heard++);
    expect(await running.next('failure')).toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', exitCode: 7 });
    const [code] = await once(running.child, 'close');
    expect({ code, heard }).toEqual({ code: 7, heard: 0 });
  });

  test('an upstream that is down is told, and the server goes on', async () => {
    const { running, port } = await Background.start(['serve', ...identity, '--to', `127.0.0.1:${await closedPort()}`]);
    await sslkit(['connect', `localhost:${port}`, ...trust, '-i', '--linger', '0'], { input: 'x\n' });
    expect(await running.next('failure')).toMatchObject({ message: expect.stringContaining('refuses connections') });
    expect(await sslkit(['connect', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
  });
});

describe('client certificates', () => {
  const words = ['serve', ...identity, '--client-ca', file('root.pem'), '--echo'];
  const connection = async (port: number, ...more: string[]) =>
    sslkit(['connect', `localhost:${port}`, ...trust, '--tls', '1.2', '-i', '--linger', '0', ...more], {
      input: 'x\n',
    });

  test('are wanted with --client-ca', async () => {
    const { running, port } = await Background.start(words);
    expect((await connection(port)).code).toBe(6);
    expect(await running.next('failure')).toMatchObject({ code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' });
    expect(await connection(port, '--cert', file('client.pem'), '--key', file('client.key'))).toMatchObject({
      code: 0,
      stdout: 'x\r\n',
    });
  });

  test('may be missing with --client-optional', async () => {
    const { port } = await Background.start([...words, '--client-optional']);
    expect(await connection(port)).toMatchObject({ code: 0, stdout: 'x\r\n' });
  });
});

test('SNI chooses among several certificates', async () => {
  const other = await createCertificate({ authority: root, names: ['other.example'] });
  const path = writeFiles({ 'other.pem': other.chainPem, 'other.key': other.privateKeyPem });
  const { port } = await Background.start(['serve', ...identity, '--cert', path('other.pem')]);
  for (const name of ['localhost', 'other.example']) {
    const { json } = await sslkitJson(['connect', `127.0.0.1:${port}`, ...trust, '--servername', name]);
    expect(json).toMatchObject({ outcome: 'verified', verified: { matchedName: name } });
  }
});

test('a certificate that changes is shown from then on, and open connections stay', async () => {
  const path = writeFiles({ 'server.pem': server.chainPem, 'server.key': server.privateKeyPem });
  const { running, port } = await Background.start(['serve', '--cert', path('server.pem'), '--echo']);
  const socket = tls.connect({ port, host: 'localhost', ca: root.certificatePem });
  await once(socket, 'secureConnect');
  const next = await createCertificate({ authority: root, names: ['localhost'], privateKey: server.privateKeyPem });
  writeFileSync(path('server.pem'), next.chainPem);
  await running.next('reload');
  const { json } = await sslkitJson(['connect', `localhost:${port}`, ...trust]);
  expect(json.certificate.issuer).toBe('CN=Test Root');
  socket.write('still there');
  expect(String((await once(socket, 'data'))[0])).toBe('still there');
  socket.destroy();
});

test('a client that speaks no TLS is told of, and the server goes on', async () => {
  const { running, port } = await Background.start(['serve', ...identity]);
  const socket = connectTcp(port, '127.0.0.1');
  socket.end('GET / HTTP/1.1\r\n\r\n');
  expect(await running.next('failure')).toMatchObject({ code: 'ERR_SSL_HTTP_REQUEST' });
  socket.destroy();
  expect(await sslkit(['connect', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
});

test('--once ends after the first connection', async () => {
  const { running, port } = await Background.start(['serve', ...identity, '--once']);
  const closed = once(running.child, 'close');
  await sslkit(['connect', `localhost:${port}`, ...trust, '--http', '/']);
  expect(await closed).toEqual([0, null]);
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['a missing certificate', ['--cert', file('missing.pem')], 3],
    ['a certificate without its key', ['--cert', file('alone.pem')], 3],
    ['the key of another', ['--cert', file('server.pem'), '--key', file('client.key')], 3],
    ['two services', ['--echo', '--to', 'localhost:1'], 2],
    ['a folder that is none', ['--root', file('server.pem')], 3],
    ['more keys than certificates', ['--key', file('server.key')], 2],
    ['a port that is none', ['--port', '70000'], 2],
    ['a client authority that is none', ['--client-ca', file('garbage.pem')], 3],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['serve', '--port', '0', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
  });

  test('a port in use ends with 1', async () => {
    const port = await listen(createServer());
    const run = await sslkit(['serve', '--port', String(port)]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('in use');
  });
});
