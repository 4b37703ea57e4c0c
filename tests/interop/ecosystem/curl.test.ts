import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import { promisify } from 'node:util';
import { CERT_REQUIRED, type SSLContext } from '@sslkit/socket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CertificateName, takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { authorityFile, certificateFiles } from '../../support/peer-process.ts';
import { commandObstacle, describePeer, makeFolder, writeFor } from '../../support/peers/daemon.ts';
import { serveHttps } from '../../support/peers/https.ts';
import { listenOn, socketServerContext } from '../../support/socket-contexts.ts';

const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];
const PEER_FAILED_VERIFICATION = 60; // "EXIT CODES" of curl(1)
const large = randomBytes(3_000_003);

describePeer('curl against our server', commandObstacle('curl', '--version'), () => {
  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('many requests share one connection, %s', async (_kind, certificate) => {
      const { port, visits } = await serveHttps(greeter(), await socketServerContext(certificate, version));
      const urls = Array.from({ length: 20 }, (_, index) => `https://localhost:${port}/${index}`);
      const answer = await curl(port, ...urls);
      expect(String(answer)).toBe(urls.map((_, index) => `hello /${index}\n`).join(''));
      expect(visits).toEqual([{ version: name.replace(' ', 'v'), reused: false, alpn: null, client: undefined }]);
    });

    test('megabytes are downloaded and uploaded', async () => {
      const { port } = await serveHttps(warehouse(), await socketServerContext('server', version));
      const path = writeFor(undefined, makeFolder(), 'upload', large);
      expect((await curl(port, `https://localhost:${port}/`)).equals(large)).toBe(true);
      const digest = await curl(port, '--data-binary', `@${path}`, `https://localhost:${port}/`);
      expect(String(digest)).toBe(createHash('sha256').update(large).digest('hex'));
    });

    test('a session of ours is resumed', async () => {
      const { port, visits } = await serveHttps(greeter(), await socketServerContext('server', version));
      const url = `https://localhost:${port}/`;
      await curl(port, '--header', 'connection: close', url, url, url);
      expect(visits.map(({ reused }) => reused)).toEqual([false, true, true]);
    });

    test('a client certificate is asked for and verified', async () => {
      const context = await verifyingContext();
      const { port, visits } = await serveHttps(greeter(), context);
      const { cert, key } = await certificateFiles('client');
      await curl(port, '--cert', cert, '--key', key, `https://localhost:${port}/`);
      expect(visits.map(({ client }) => client)).toEqual(['Test client']);
    });
  });

  test('curl that is killed in the middle ends its response alone', async () => {
    const server = http.createServer();
    const { port } = await serveHttps(server, await socketServerContext());
    const stop = new AbortController();
    const url = `https://localhost:${port}/`;
    const killed = runCurl(port, ['--limit-rate', '1k', url], stop.signal);
    const [, response] = (await once(server, 'request')) as [http.IncomingMessage, http.ServerResponse];
    const closed = once(response, 'close');
    // More than the buffers of both sides: it cannot all be on its way.
    response.write(Buffer.alloc(50_000_000));
    stop.abort();
    await expect(killed).rejects.toMatchObject({ code: 'ABORT_ERR' });
    await closed;
    expect(response.writableFinished).toBe(false);
    server.on('request', (_request, next) => next.end('next'));
    expect(String(await curl(port, url))).toBe('next');
  });

  test('HTTP/2 is agreed on by ALPN', async () => {
    const context = await socketServerContext();
    context.setAlpnProtocols(['h2', 'http/1.1']);
    const server = http2.createServer((request, response) => request.pipe(response));
    const { port, visits } = await serveHttps(server, context);
    const path = writeFor(undefined, makeFolder(), 'upload', large);
    const answer = await curl(port, '--http2', '--data-binary', `@${path}`, `https://localhost:${port}/`);
    expect(answer.equals(large)).toBe(true);
    expect(visits.map(({ alpn }) => alpn)).toEqual(['h2']);
  });

  test.each([
    ['an authority that curl does not know', 'distrusted'],
    ['a name that does not match', 'otherName'],
    ['a certificate that has expired', 'expired'],
  ] as const)('%s is refused', async (_name, certificate) => {
    const { port } = await serveHttps(greeter(), await socketServerContext(certificate));
    await expect(curl(port, `https://localhost:${port}/`)).rejects.toMatchObject({ code: PEER_FAILED_VERIFICATION });
  });

  test('curl without a certificate is refused', async () => {
    const { port } = await serveHttps(greeter(), await verifyingContext());
    await expect(curl(port, `https://localhost:${port}/`)).rejects.toMatchObject({ code: expect.any(Number) });
  });

  test('curl takes our close_notify for the end of a body', async () => {
    const { listener, port } = await listenOn(await socketServerContext());
    const answered = curl(port, `https://localhost:${port}/`);
    const [connection] = await listener.accept();
    await connection.recv();
    await connection.sendAll('HTTP/1.1 200 OK\r\n\r\nno length, but an end');
    await connection.close({ notify: true });
    expect(String(await answered)).toBe('no length, but an end');
  });
});

/** Runs curl until the test is over; see {@link runCurl}. */
async function curl(port: number, ...args: string[]): Promise<Buffer> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return runCurl(port, args, stop.signal);
}

/** Runs curl, which takes 127.0.0.1 for `localhost` and trusts our authority; gives back what it has fetched. */
async function runCurl(port: number, args: string[], signal: AbortSignal): Promise<Buffer> {
  const shared = ['--disable', '--silent', '--show-error', '--noproxy', '*', '--cacert', await authorityFile()];
  const { stdout } = await promisify(execFile)(
    'curl',
    [...shared, '--resolve', `localhost:${port}:127.0.0.1`, ...args],
    { encoding: 'buffer', maxBuffer: 2 * large.length, signal },
  );
  return stdout;
}

function greeter(): http.Server {
  return http.createServer((request, response) => response.end(`hello ${request.url}\n`));
}

/** Gives megabytes, and answers to those it is given with their digest. */
function warehouse(): http.Server {
  return http.createServer((request, response) => {
    if (request.method === 'GET') response.end(large);
    else request.pipe(createHash('sha256').setEncoding('hex')).pipe(response);
  });
}

async function verifyingContext(): Promise<SSLContext> {
  const context = await socketServerContext();
  context.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
  context.verifyMode = CERT_REQUIRED;
  return context;
}
