import { createServer as createHttpsServer } from 'node:https';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { closedPort, listen, plainServer, tlsServer } from './support/servers.ts';

const DAY = 86_400_000;
const authority = await createCertificateAuthority({ subject: { CN: 'Test Root' } });
const certificate = await createCertificate({ authority, names: ['localhost', '127.0.0.1'], days: 30 });
const file = writeFiles({ 'ca.pem': authority.certificatePem, 'empty.pem': '', 'garbage.pem': 'no certificate\n' });
const trust = ['--cafile', file('ca.pem')];
let port = 0;
beforeAll(async () => {
  port = await tlsServer(certificate, { ALPNProtocols: ['http/1.1'] });
});

describe('a server that verifies', () => {
  test('gives a report on standard output, nothing on standard error, and 0', async () => {
    const run = await sslkit(['connect', `localhost:${port}`, ...trust]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const fields = Object.fromEntries(run.stdout.split('\n').map((line) => [line.slice(2, 14).trim(), line.slice(15)]));
    expect(fields).toMatchObject({
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384, 256 bits',
      ALPN: 'none',
      subject: 'CN=localhost',
      names: 'localhost, 127.0.0.1',
      issuer: 'CN=Test Root',
      key: 'EC P-256',
      chain: 'verified: localhost < Test Root',
      name: 'verified: localhost is localhost',
    });
    expect(fields['valid']).toMatch(/^\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, 29 days left$/);
  });

  test('gives the same as JSON', async () => {
    const { code, json } = await sslkitJson(['connect', `localhost:${port}`, ...trust]);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      schema: 'sslkit/connect/1',
      target: { host: 'localhost', port, serverName: 'localhost' },
      outcome: 'verified',
      exitCode: 0,
      verified: { chain: true, name: true, matchedName: 'localhost' },
      problem: null,
      protocol: 'TLSv1.3',
      cipher: { name: 'TLS_AES_256_GCM_SHA384', bits: 256 },
      certificate: { subject: 'CN=localhost', names: ['localhost', '127.0.0.1'], issuer: 'CN=Test Root', daysLeft: 29 },
      http: null,
    });
    expect(json.chain).toHaveLength(2);
  });

  test('an address is held to the addresses of the certificate', async () => {
    const { code, json } = await sslkitJson(['connect', `127.0.0.1:${port}`, ...trust]);
    expect(code).toBe(0);
    expect(json.verified.matchedName).toBe('127.0.0.1');
  });

  test('a URL is taken for its host and port', async () => {
    expect(await sslkit(['connect', `https://localhost:${port}/path`, ...trust])).toMatchObject({ code: 0 });
  });
});

describe('a certificate that is refused', () => {
  test('an unknown issuer ends with 7 and says which file to give', async () => {
    const { code, json, stderr } = await sslkitJson(['connect', `localhost:${port}`]);
    expect(code).toBe(7);
    expect(json).toMatchObject({
      outcome: 'untrusted',
      verified: { chain: false, name: true },
      problem: { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
      certificate: { issuer: 'CN=Test Root' },
      protocol: null,
    });
    expect(json.problem.remedies.join()).toContain('--cafile');
    expect(stderr).toBe('');
  });

  test('another name ends with 8 and lists the names it is for', async () => {
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '--servername', 'example.org']);
    expect(run.code).toBe(8);
    expect(run.stdout).toMatch(/name +NOT verified: example\.org is not among the names/);
    expect(run.stderr).toContain("You asked for 'example.org'; the certificate is for localhost, 127.0.0.1.");
  });

  test('an expired certificate ends with 9 and says since when', async () => {
    const expired = await createCertificate({
      authority,
      names: ['localhost'],
      notAfter: new Date(Date.now() - 5 * DAY),
    });
    const run = await sslkit(['connect', `localhost:${await tlsServer(expired)}`, ...trust]);
    expect(run.code).toBe(9);
    expect(run.stderr).toContain('(5 days ago)');
    expect(run.stdout).toContain('expired 5 days ago');
  });

  test('a certificate from the future ends with 9', async () => {
    const early = await createCertificate({
      authority,
      names: ['localhost'],
      notBefore: new Date(Date.now() + 5 * DAY),
    });
    const { code, json } = await sslkitJson(['connect', `localhost:${await tlsServer(early)}`, ...trust]);
    expect(code).toBe(9);
    expect(json.problem.code).toBe('CERT_NOT_YET_VALID');
  });

  test('a self-signed certificate ends with 7', async () => {
    const selfSigned = await createCertificate({ names: ['localhost'] });
    const { code, json } = await sslkitJson(['connect', `localhost:${await tlsServer(selfSigned)}`, ...trust]);
    expect(code).toBe(7);
    expect(json.problem.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  test('a missing intermediate ends with 7 and is named as the likely fault', async () => {
    const intermediate = await createCertificateAuthority({ authority, subject: { CN: 'Test Intermediate' } });
    const leaf = await createCertificate({ authority: intermediate, names: ['localhost'] });
    const incomplete = { ...leaf, chainPem: leaf.certificatePem };
    const run = await sslkit(['connect', `localhost:${await tlsServer(incomplete)}`, ...trust]);
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('CN=Test Intermediate');
    expect(run.stderr).toContain('no intermediate');
    expect(await sslkit(['connect', `localhost:${await tlsServer(leaf)}`, ...trust])).toMatchObject({ code: 0 });
  });

  test('a certificate for another purpose ends with 11', async () => {
    const client = await createCertificate({ authority, names: ['localhost'], role: 'client' });
    const { code, json } = await sslkitJson(['connect', `localhost:${await tlsServer(client)}`, ...trust]);
    expect(code).toBe(11);
    expect(json.problem.code).toBe('INVALID_PURPOSE');
  });

  test('--insecure goes on, tells the protocol, and keeps the exit code', async () => {
    const { code, json } = await sslkitJson(['connect', `localhost:${port}`, '--insecure']);
    expect(code).toBe(7);
    expect(json).toMatchObject({ protocol: 'TLSv1.3', verified: { chain: false, name: true }, outcome: 'untrusted' });
  });
});

describe('no TLS connection', () => {
  test('a closed port ends with 4', async () => {
    const { code, json } = await sslkitJson(['connect', `127.0.0.1:${await closedPort()}`]);
    expect(code).toBe(4);
    expect(json).toMatchObject({ outcome: 'unreachable', problem: { code: 'ECONNREFUSED' }, certificate: null });
  });

  test('a host that does not exist ends with 4', async () => {
    const { code, json } = await sslkitJson(['connect', 'no-such-host.invalid:443']);
    expect(code).toBe(4);
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(json.problem.code);
  });

  test('plain HTTP ends with 5 and shows what was answered', async () => {
    const http = await plainServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    const run = await sslkit(['connect', `127.0.0.1:${http}`]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain("It answered 'HTTP/1.1 400 Bad Request'");
  });

  test('SMTP ends with 5 and leads to --starttls', async () => {
    const smtp = await plainServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    const run = await sslkit(['connect', `127.0.0.1:${smtp}`]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('--starttls smtp');
  });

  test('a server that closes at once ends with 5', async () => {
    const closing = await plainServer((socket) => socket.once('data', () => socket.destroy()));
    expect((await sslkit(['connect', `127.0.0.1:${closing}`])).code).toBe(5);
  });

  test('a connection that is cut in the middle of the handshake ends with 6', async () => {
    const cutting = await plainServer((socket) => {
      // The beginning of a handshake record that never ends.
      socket.once('data', () => socket.end(Buffer.from([22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3])));
    });
    expect((await sslkit(['connect', `127.0.0.1:${cutting}`])).code).toBe(6);
  });

  test('a server that never answers ends with 5 when the time is up', async () => {
    const silent = await plainServer(() => {});
    const run = await sslkit(['connect', `127.0.0.1:${silent}`, '--timeout', '0.2']);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('Not one byte came back');
  });

  test('no common version ends with 6', async () => {
    const old = await tlsServer(certificate, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    expect((await sslkit(['connect', `127.0.0.1:${old}`, ...trust])).code).toBe(6);
  });
});

describe('--http', () => {
  let https = 0;
  beforeAll(async () => {
    const { chainPem: cert, privateKeyPem: key } = certificate;
    const server = createHttpsServer({ cert, key }, (request, response) => {
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/plain' });
      response.end(`${request.method} ${request.url} for ${request.headers.host}`);
    });
    https = await listen(server);
  });

  test('gives the body on standard output and the report on standard error', async () => {
    const run = await sslkit(['connect', `localhost:${https}`, ...trust, '--http', '/status?x=1']);
    expect(run).toMatchObject({ code: 0, stdout: `GET /status?x=1 for localhost:${https}` });
    expect(run.stderr).toContain('HTTP/1.1 200 OK');
    expect(run.stderr).toContain('chain        verified');
  });

  test('gives the answer within the JSON', async () => {
    const { json } = await sslkitJson(['connect', `localhost:${https}`, ...trust, '--http', '/missing']);
    expect(json.alpn).toBe('http/1.1');
    expect(json.http).toMatchObject({ status: 404, text: `GET /missing for localhost:${https}`, base64: null });
  });

  test('is not sent to a server that is not verified', async () => {
    const run = await sslkit(['connect', `localhost:${https}`, '--http', '/']);
    expect(run).toMatchObject({ code: 7, stdout: '' });
  });

  test('an answer that is not HTTP ends with 1', async () => {
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '--http', '/']);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/gave no answer in HTTP/);
  });
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['no target', ['connect'], 2],
    ['an unknown option', ['connect', 'localhost', '--nonsense'], 2],
    ['a port that is none', ['connect', 'localhost:99999'], 2],
    ['an empty port', ['connect', 'localhost:'], 2],
    ['an empty host', ['connect', ':443'], 2],
    ['an unknown scheme', ['connect', 'gopher://localhost'], 2],
    ['a path without a slash', ['connect', 'localhost', '--http', 'index.html'], 2],
    ['a time-out that is no number', ['connect', 'localhost', '--timeout', 'soon'], 2],
    ['a missing CA file', ['connect', 'localhost', '--cafile', file('missing.pem')], 3],
    ['a folder as CA file', ['connect', 'localhost', '--cafile', file('')], 3],
    ['an empty CA file', ['connect', 'localhost', '--cafile', file('empty.pem')], 3],
    ['garbage as CA file', ['connect', 'localhost', '--cafile', file('garbage.pem')], 3],
    ['a file as CA folder', ['connect', 'localhost', '--capath', file('ca.pem')], 3],
    ['an unknown verb', ['conect', 'localhost'], 2],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(words);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });

  test('with --json it is JSON as well', async () => {
    const { code, json } = await sslkitJson(['connect', 'localhost', '--cafile', file('missing.pem')]);
    expect(code).toBe(3);
    expect(json).toMatchObject({ schema: 'sslkit/error/1', outcome: 'input', exitCode: 3 });
  });
});

test('control characters in a certificate do not reach the terminal', async () => {
  const nasty = await createCertificate({ authority, names: ['localhost'], subject: { CN: 'evil\u001b[2Jname' } });
  const run = await sslkit(['connect', `localhost:${await tlsServer(nasty)}`, ...trust], { env: { FORCE_COLOR: '' } });
  expect(run.stdout).not.toContain('\u001b');
  expect(run.stdout).toContain('\\u{1b}');
});
