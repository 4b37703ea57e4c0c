import { createHash, randomBytes } from 'node:crypto';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { CertificateName } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { chromiumObstacle, startChromium } from '../../support/peers/chromium.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { serveHttps } from '../../support/peers/https.ts';
import { socketServerContext } from '../../support/socket-contexts.ts';

const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];
const large = randomBytes(3_000_003);

describePeer('Chromium against our server', chromiumObstacle, () => {
  let browser: BrowserContext;
  beforeAll(async () => {
    browser = await startChromium(['server', 'serverRsa', 'wildcard']);
  }, 60_000);
  afterAll(() => browser.close());

  /** Opens a page at `path`. */
  async function open(url: string): Promise<Page> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(url);
    return page;
  }

  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('a page loads and says how, %s', async (_kind, certificate) => {
      const { port, visits } = await serveHttps(makeSite(), await socketServerContext(certificate, version));
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      const response = await page.goto(`https://localhost:${port}/`);
      expect(await page.title()).toBe('Our page');
      expect(await response?.securityDetails()).toMatchObject({ protocol: name });
      expect(visits).toContainEqual({ version: name.replace(' ', 'v'), reused: false, alpn: null, client: undefined });
    });

    test('megabytes are downloaded and uploaded', async () => {
      const { port } = await serveHttps(makeSite(), await socketServerContext('server', version));
      const page = await open(`https://localhost:${port}/`);
      const digest = await page.evaluate(`(async () => {
        const body = await (await fetch('/large')).arrayBuffer();
        return (await fetch('/digest', { method: 'POST', body })).text();
      })()`);
      expect(digest).toBe(createHash('sha256').update(large).digest('hex'));
    });

    test('a session of ours is resumed', async () => {
      const { port, visits } = await serveHttps(makeSite(), await socketServerContext('server', version));
      const page = await open(`https://localhost:${port}/`);
      // It may have opened two connections at first, before there was a session.
      for (let round = 0; round < 4; round++) await page.evaluate(`fetch('/closing').then((answer) => answer.text())`);
      expect(visits.slice(2).map(({ reused }) => reused)).toContain(true);
    });
  });

  test('HTTP/2 carries many requests at once over one connection', async () => {
    const context = await socketServerContext();
    context.setAlpnProtocols(['h2', 'http/1.1']);
    // Megabytes: with what waits to be sent beyond that, Node refuses further streams.
    const server = http2.createServer({ maxSessionMemory: 200 }, (request, response) => answer(request.url, response));
    const { port, visits } = await serveHttps(server, context);
    const page = await open(`https://localhost:${port}/`);
    const before = visits.length;
    const lengths = await page.evaluate(`Promise.all(Array.from({ length: 20 }, async (_, index) =>
      (await (await fetch('/large?' + index)).arrayBuffer()).byteLength))`);
    expect(lengths).toEqual(Array.from({ length: 20 }, () => large.length));
    expect(visits.slice(before)).toEqual([]);
    expect(visits.at(0)?.alpn).toBe('h2');
  });

  test('a WebSocket carries megabytes both ways', async () => {
    const site = makeSite();
    const sockets = new WebSocketServer({ server: site });
    sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(message)));
    const { port } = await serveHttps(site, await socketServerContext());
    const page = await open(`https://localhost:${port}/`);
    const returned = await page.evaluate(`new Promise((resolve, reject) => {
      const socket = new WebSocket('wss://localhost:${port}/');
      socket.binaryType = 'arraybuffer';
      socket.onerror = reject;
      socket.onopen = () => socket.send(new Uint8Array(2_000_000).fill(7));
      socket.onmessage = ({ data }) => {
        resolve([data.byteLength, new Uint8Array(data).every((byte) => byte === 7)]);
        socket.close();
      };
    })`);
    expect(returned).toEqual([2_000_000, true]);
  });

  test('the name that Chromium asks for chooses the certificate', async () => {
    const context = await socketServerContext('distrusted');
    const other = await socketServerContext('wildcard');
    const asked: unknown[] = [];
    context.sniCallback = (connection, name) => {
      asked.push(name);
      connection.context = other;
      return null;
    };
    const { port } = await serveHttps(makeSite(), context);
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    const response = await page.goto(`https://www.example.com:${port}/`);
    expect(await response?.securityDetails()).toMatchObject({ subjectName: '*.example.com' });
    expect(new Set(asked)).toEqual(new Set(['www.example.com']));
  });

  test('a certificate that Chromium does not accept is refused', async () => {
    const { port } = await serveHttps(makeSite(), await socketServerContext('distrusted'));
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await expect(page.goto(`https://localhost:${port}/`)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
  });
});

/** A site with a page, megabytes to download, and a place to upload to, which answers with a digest. */
function makeSite(): http.Server {
  return http.createServer((request, response) => {
    if (request.url === '/digest') request.pipe(createHash('sha256').setEncoding('hex')).pipe(response);
    else answer(request.url, response);
  });
}

function answer(url: string | undefined, response: http.ServerResponse | http2.Http2ServerResponse): void {
  if (url?.startsWith('/large')) {
    response.setHeader('Cache-Control', 'no-store');
    response.end(large);
  } else if (url === '/closing') {
    response.setHeader('Connection', 'close');
    response.end('closing');
  } else {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Our page</title>');
  }
}
