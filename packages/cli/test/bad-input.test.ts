import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { createCertificateAuthority, encodePem } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { Background } from './support/background.ts';
import { type Run, sslkit, sslkitJson } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { closedPort, plainServer } from './support/servers.ts';

const { file, server, intermediate } = await makeAuthority();
const folder = makeFolder();
const bad = writeFiles({
  'empty.pem': '',
  'garbage.bin': randomBytes(3000),
  'text.pem': ': this is no PEM\n',
  // 10 MB of a block whose DER is nothing.
  'nothing.pem': encodePem('CERTIFICATE', Buffer.alloc(7_500_000, 0x30)),
});
const BAD: [string, string][] = [
  ['a missing file', `${folder}/missing.pem`],
  ['a directory', folder],
  ['an empty file', bad('empty.pem')],
  ['random bytes', bad('garbage.bin')],
  ['text', bad('text.pem')],
  ['a PEM of 10 MB of nothing', bad('nothing.pem')],
];

const trust = ['--cafile', file('root.pem')];
const authority = ['--ca', file('root.pem'), '--ca-key', file('root.key')];
const own = ['--cert', file('server.pem'), '--key', file('server.key')];
const out = ['--out', `${folder}/out`];

/** Every place on a command line where a file is read. */
const PLACES: [string, (path: string) => string[]][] = [
  ['inspect FILE', (path) => ['inspect', path]],
  ['verify FILE', (path) => ['verify', path, ...trust]],
  ['verify --cafile', (path) => ['verify', file('server.pem'), '--cafile', path]],
  ['verify --untrusted', (path) => ['verify', file('server.pem'), ...trust, '--untrusted', path]],
  ['verify --crl', (path) => ['verify', file('server.pem'), ...trust, '--crl', path]],
  ['match FILE', (path) => ['match', path, 'localhost']],
  ['convert FILE', (path) => ['convert', path, '--to', 'pem']],
  ['create --ca', (path) => ['create', 'server', 'x', '--ca', path, ...out]],
  ['create --ca-key', (path) => ['create', 'server', 'x', '--ca', file('root.pem'), '--ca-key', path, ...out]],
  ['create --csr', (path) => ['create', 'server', '--csr', path, ...authority, ...out]],
  ['create --key', (path) => ['create', 'server', 'x', '--key', path, ...authority, ...out]],
  ['create --revoke', (path) => ['create', 'crl', '--revoke', path, ...authority, ...out]],
  ['connect --cafile', (path) => ['connect', 'localhost:1', '--cafile', path]],
  ['connect --crl', (path) => ['connect', 'localhost:1', '--crl', path]],
  ['connect --cert', (path) => ['connect', 'localhost:1', '--cert', path]],
  ['connect --key', (path) => ['connect', 'localhost:1', '--cert', file('client.pem'), '--key', path]],
  ['explain --cafile', (path) => ['explain', 'localhost:1', '--cafile', path]],
  ['watch FILE', (path) => ['watch', path]],
  ['tunnel --cafile', (path) => ['tunnel', 'localhost:1', '--cafile', path]],
  ['serve --cert', (path) => ['serve', '--port', '0', '--cert', path]],
  ['serve --key', (path) => ['serve', '--port', '0', '--cert', file('server.pem'), '--key', path]],
  ['serve --client-ca', (path) => ['serve', '--port', '0', ...own, '--client-ca', path]],
];

/** A failure is told in one sentence that begins with who says it; what can be done may follow. */
function expectOneSentence({ code, stdout, stderr }: Run, what: string): void {
  expect(code, what).toBeGreaterThan(0);
  expect(stdout, what).toBe('');
  expect(stderr, what).toMatch(/^sslkit: \S.*\n(?: {2}\S.*\n)*$/);
  expect(stderr, what).not.toMatch(/\bat \S+ \(|node:internal|undefined|\[object /);
}

test.each(PLACES)(
  '%s: whatever the file is, one clear sentence and 3',
  async (place, words) => {
    for (const [what, path] of BAD) {
      // What is a directory may also be the name of a host.
      const code = place === 'watch FILE' && what === 'a directory' ? 2 : 3;
      const run = await sslkit(words(path));
      expectOneSentence(run, what);
      expect(run.code, what).toBe(code);
      if (code === 3) expect(run.stderr, what).toContain(path);
    }
  },
  60_000,
);

describe('--json', () => {
  test.each(PLACES.slice(0, 6))('%s: the failure is JSON too', async (_place, words) => {
    const { code, json } = await sslkitJson(words(`${folder}/missing.pem`));
    expect(code).toBe(3);
    expect(json).toMatchObject({ schema: 'sslkit/error/1', outcome: 'input', exitCode: 3 });
  });
});

/** Every verb that goes to a server. */
const VERBS: [string, (place: string) => string[]][] = [
  ['connect', (place) => ['connect', place]],
  ['explain', (place) => ['explain', place]],
  ['watch', (place) => ['watch', place]],
  ['inspect', (place) => ['inspect', place]],
  ['verify', (place) => ['verify', place]],
  ['match', (place) => ['match', place, 'localhost']],
];

const SERVERS: [string, () => Promise<number>, number][] = [
  ['greets as SMTP does', () => plainServer((socket) => socket.write('220 hello\r\n')), 5],
  [
    'answers in HTTP',
    () => plainServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    5,
  ],
  ['sends noise', () => plainServer((socket) => socket.write(Buffer.alloc(2000, 0xee))), 5],
  ['hangs', () => plainServer(() => {}), 5],
  ['refuses', closedPort, 4],
];

// They do little but wait for a second.
describe.concurrent.each(SERVERS)('a server that %s', (_what, start, code) => {
  test.each(VERBS)(`%s ends with ${code} and says why`, async (_verb, words) => {
    const run = await sslkit([...words(`127.0.0.1:${await start()}`), '--timeout', '1']);
    expect(run.code).toBe(code);
    expect(run.stdout + run.stderr).toMatch(/\w{4,} \w+ \w+/);
    expect(run.stderr).not.toMatch(/\n {4}at |node:internal/);
  });

  test(`tunnel --once ends with ${code} and says why`, async () => {
    const place = `127.0.0.1:${await start()}`;
    const { running, port } = await Background.start(['tunnel', place, '--once', '--timeout', '1']);
    const closed = new Promise((resolve) => running.child.once('close', resolve));
    const client = connectTcp(port, '127.0.0.1');
    client.on('error', () => {});
    expect(await running.next('failure')).toMatchObject({ exitCode: code, title: expect.stringMatching(/\w+ \w+/) });
    expect(await closed).toBe(code);
  });
});

describe('a large bundle', () => {
  const others = async (count: number) => {
    const made: Uint8Array[] = [];
    // One key for all, since to make one takes longest.
    for (let number = 0; number < count; number++) {
      const { privateKey } = intermediate;
      const { certificate } = await createCertificateAuthority({ subject: { CN: `Other ${number}` }, privateKey });
      made.push(certificate);
    }
    return made.map((der) => encodePem('CERTIFICATE', der)).join('');
  };

  test('of 10 MB with one certificate over and over is verified', async () => {
    const over = writeFiles({ 'over.pem': server.chainPem.repeat(Math.ceil(10_000_000 / server.chainPem.length)) });
    expect(await sslkit(['verify', over('over.pem'), ...trust])).toMatchObject({ code: 0 });
    expect(await sslkit(['match', over('over.pem'), 'localhost'])).toMatchObject({ code: 0 });
  }, 60_000);

  test('gives up the intermediate that is needed, among hundreds that are not', async () => {
    const bundle = writeFiles({ 'bundle.pem': (await others(300)) + intermediate.certificatePem });
    const words = ['verify', file('alone.pem'), ...trust, '--untrusted', bundle('bundle.pem')];
    const { code, json } = await sslkitJson(words);
    expect(code).toBe(0);
    expect(json.chain).toHaveLength(3);
  }, 60_000);
});
