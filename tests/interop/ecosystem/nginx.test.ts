import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { SSLContext, SSLSession } from '@sslkit/socket';
import { Client } from 'undici';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type CertificateName, takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { authorityFile, certificateFiles } from '../../support/peer-process.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { makeAgent, serveHttps } from '../../support/peers/https.ts';
import { type Nginx, type NginxReport, nginxObstacle, parseReport, startNginx } from '../../support/peers/nginx.ts';
import { connectTo, socketClientContext, socketServerContext } from '../../support/socket-contexts.ts';

describePeer('nginx', nginxObstacle, () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx();
  });

  describe.each(VERSIONS)('node:http over our makefile(), %s', (name, version) => {
    test('many requests share one connection', async () => {
      const { agent, streams } = makeAgent(nginx.port, await socketClientContext(version), { keepAlive: true });
      for (let round = 0; round < 20; round++) {
        const report = parseReport(await text(await get('https://localhost/', agent)));
        expect(report).toEqual({
          protocol: name.replace(' ', 'v'),
          reused: false,
          http: 'HTTP/1.1',
          verified: 'NONE',
          subject: '',
          name: 'localhost',
        });
      }
      expect(streams).toHaveLength(1);
    });

    test('a file of megabytes arrives whole', async () => {
      const { agent } = makeAgent(nginx.port, await socketClientContext(version));
      const received = await buffer(await get('https://localhost/file', agent));
      expect(received.equals(nginx.file)).toBe(true);
    });
  });

  test('nginx ends a connection with close_notify', async () => {
    const connection = await connectTo(nginx.port, await socketClientContext());
    await connection.sendAll('GET /file HTTP/1.0\r\n\r\n');
    let length = 0;
    for await (const chunk of connection) length += chunk.length;
    expect(length).toBeGreaterThan(nginx.file.length);
    expect(connection.ended).toBe('close_notify');
  });

  test('node:http2 runs over our makefile() with many streams at once', async () => {
    const context = await socketClientContext();
    context.setAlpnProtocols(['h2']);
    const stream = (await connectTo(nginx.port, context)).makefile();
    const session = http2.connect('https://localhost', { createConnection: () => stream });
    onTestFinished(() => session.destroy());
    const files = await Promise.all(
      Array.from({ length: 5 }, () => buffer(session.request({ ':path': '/file' }).end())),
    );
    expect(files.every((file) => file.equals(nginx.file))).toBe(true);
    const reports = await Promise.all(Array.from({ length: 50 }, () => text(session.request({ ':path': '/' }).end())));
    expect(new Set(reports.map((report) => parseReport(report).http))).toEqual(new Set(['HTTP/2.0']));
  });

  test.each([
    ['HTTP/1.1', false],
    ['HTTP/2.0', true],
  ])('undici speaks %s over our makefile()', async (protocol, allowH2) => {
    const context = await socketClientContext();
    if (allowH2) context.setAlpnProtocols(['h2', 'http/1.1']);
    const client = makeUndiciClient(nginx.port, context, allowH2);
    const [report, file] = await Promise.all([
      client.request({ path: '/', method: 'GET' }).then(({ body }) => body.text()),
      client.request({ path: '/file', method: 'GET' }).then(({ body }) => body.arrayBuffer()),
    ]);
    expect(parseReport(report).http).toBe(protocol);
    expect(Buffer.from(file).equals(nginx.file)).toBe(true);
  });

  test.each([
    ['none', undefined, { verified: 'NONE', subject: '' }],
    ['one of a known authority', 'client', { verified: 'SUCCESS', subject: 'CN=Test client' }],
    ['one of an unknown authority', 'distrustedClient', { subject: 'CN=Other client' }],
  ] as const)('a client certificate reaches nginx: %s', async (_name, certificate, expected) => {
    const report = await ask(nginx.port, await clientContext(certificate));
    expect(report).toMatchObject(expected);
    if (certificate === 'distrustedClient') expect(report.verified).toMatch(/^FAILED:/);
  });

  describe.each([
    ['TLS 1.2 by session id', VERSIONS[0][1], 'ssl_session_cache builtin:100; ssl_session_tickets off;'],
    ['TLS 1.2 by ticket', VERSIONS[0][1], 'ssl_session_cache none; ssl_session_tickets on;'],
    ['TLS 1.3 by stateless ticket', VERSIONS[1][1], 'ssl_session_cache none; ssl_session_tickets on;'],
    ['TLS 1.3 by stateful ticket', VERSIONS[1][1], 'ssl_session_cache builtin:100; ssl_session_tickets off;'],
  ])('%s', (_name, version, directives) => {
    test('a session is resumed, and both sides say so', async () => {
      const { port } = await startNginx({ directives });
      const context = await socketClientContext(version);
      const first = await visit(port, context);
      const second = await visit(port, context, first.session);
      expect([first.report.reused, first.reused]).toEqual([false, false]);
      expect([second.report.reused, second.reused]).toEqual([true, true]);
    });
  });

  test('a session of another server is not resumed, and the connection comes to be all the same', async () => {
    const context = await socketClientContext();
    const first = await visit(nginx.port, context);
    const other = await startNginx();
    const second = await visit(other.port, context, first.session);
    expect([second.report.reused, second.reused]).toEqual([false, false]);
  });

  test('ws speaks through nginx to its server over our makefile()', async () => {
    const backend = await serveEcho();
    const { port } = await startNginx({ directives: proxyTo(`http://127.0.0.1:${backend}`) });
    const stream = (await connectTo(port, await socketClientContext())).makefile();
    const socket = new WebSocket('wss://localhost/back/', { createConnection: () => stream });
    await once(socket, 'open');
    const sent = randomBytes(1_000_000);
    socket.send(sent);
    const [received] = await once(socket, 'message');
    expect(sent.equals(received)).toBe(true);
    socket.close(1000, 'done');
    expect(await once(socket, 'close')).toEqual([1000, Buffer.from('done')]);
  });

  describe('as a client of our server', () => {
    test.each(VERSIONS)('it verifies us, shows its certificate and resumes, %s', async (name, version) => {
      const context = await socketServerContext('server', version);
      context.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
      context.verifyMode = 2;
      const server = http.createServer((request, response) => request.pipe(response));
      const { port, visits } = await serveHttps(server, context);
      const { cert, key } = await certificateFiles('client');
      const proxy = await startNginx({
        directives: proxyTo(
          `https://127.0.0.1:${port}`,
          `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${await authorityFile()}; proxy_ssl_name localhost;
           proxy_ssl_server_name on; proxy_ssl_certificate ${cert}; proxy_ssl_certificate_key ${key};`,
        ),
      });
      const sent = randomBytes(2_000_000);
      const { agent } = makeAgent(proxy.port, await socketClientContext());
      for (let round = 0; round < 2; round++) {
        const request = https.request('https://localhost/back/', { agent, method: 'POST' });
        request.end(sent);
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        expect((await buffer(response)).equals(sent)).toBe(true);
      }
      const visit = { version: name.replace(' ', 'v'), alpn: null, client: 'Test client' };
      expect(visits).toEqual([
        { ...visit, reused: false },
        { ...visit, reused: true },
      ]);
    });

    test('it refuses a server of an unknown authority', async () => {
      const server = http.createServer((_request, response) => response.end('never'));
      const { port } = await serveHttps(server, await socketServerContext('distrusted'));
      const proxy = await startNginx({
        directives: proxyTo(
          `https://127.0.0.1:${port}`,
          `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${await authorityFile()}; proxy_ssl_name localhost;`,
        ),
      });
      const { agent } = makeAgent(proxy.port, await socketClientContext());
      const response = await get('https://localhost/back/', agent);
      expect(response.statusCode).toBe(502);
      await proxy.output(/upstream SSL certificate verify error/);
    });
  });
});

async function get(url: string, agent: http.Agent): Promise<http.IncomingMessage> {
  const [response] = await once(https.get(url, { agent }), 'response');
  return response;
}

async function clientContext(certificate: CertificateName | undefined): Promise<SSLContext> {
  const context = await socketClientContext();
  if (certificate === undefined) return context;
  const { chainPem, privateKeyPem } = await takeCertificate(certificate);
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  return context;
}

async function ask(port: number, context: SSLContext): Promise<NginxReport> {
  const { agent } = makeAgent(port, context);
  return parseReport(await text(await get('https://localhost/', agent)));
}

/** One connection for one request, with what both sides say of resumption. */
async function visit(
  port: number,
  context: SSLContext,
  session: SSLSession | null = null,
): Promise<{ report: NginxReport; reused: boolean | null; session: SSLSession | null }> {
  const connection = await connectTo(port, context, { session });
  await connection.sendAll('GET / HTTP/1.0\r\nHost: localhost\r\n\r\n');
  let answer = '';
  for await (const chunk of connection) answer += chunk;
  const report = parseReport(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  const result = { report, reused: connection.sessionReused, session: connection.session };
  await connection.close({ notify: true });
  return result;
}

function makeUndiciClient(port: number, context: SSLContext, allowH2: boolean): Client {
  const client = new Client('https://localhost', {
    allowH2,
    connect: (_options, callback) => {
      connectTo(port, context).then(
        (connection) => callback(null, connection.makefile()),
        (error) => callback(error, null),
      );
    },
  });
  onTestFinished(() => client.destroy());
  return client;
}

function proxyTo(target: string, further = ''): string {
  return `location /back/ {
    proxy_pass ${target}/;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $http_connection;
    ${further}
  }`;
}

/** A WebSocket server in plaintext, which sends back what it is sent. */
async function serveEcho(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    server.close();
    for (const client of server.clients) client.terminate();
  });
  server.on('connection', (socket) => socket.on('message', (message) => socket.send(message)));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
