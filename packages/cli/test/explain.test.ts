import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createCertificate } from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder } from './support/files.ts';
import { browser, hasOpenssl, hasPython } from './support/peers.ts';
import { closedPort, plainServer, tlsServer } from './support/servers.ts';
import { starttlsServer } from './support/starttls-server.ts';
import { Terminal } from './support/terminal.ts';

const { file, root, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
let port = 0;
beforeAll(async () => {
  port = await tlsServer(server, { ALPNProtocols: ['http/1.1'] });
});

interface Message {
  direction: string;
  name: string;
  summary: string;
  size: number;
  ms: number;
  details: Record<string, string | string[]>;
}
interface Choice {
  topic: string;
  chosen: string;
  why: string;
  passedOver: string[];
}

const namesOf = (messages: Message[]) => messages.map(({ direction, name }) => `${direction} ${name}`);
const choice = (choices: Choice[], topic: string) => choices.find((candidate) => candidate.topic === topic);

describe('a handshake', () => {
  test('of TLS 1.3 is told message by message', async () => {
    const { code, json } = await sslkitJson(['explain', `localhost:${port}`, ...trust]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ schema: 'sslkit/explain/1', outcome: 'verified', problem: null });
    expect(namesOf(json.messages).slice(0, 9)).toEqual([
      'sent ClientHello',
      'received ServerHello',
      'received EncryptedExtensions',
      'received Certificate',
      'received CertificateVerify',
      'received Finished',
      'sent ChangeCipherSpec',
      'sent Finished',
      'received NewSessionTicket',
    ]);
    const [hello] = json.messages as Message[];
    expect(hello?.details).toMatchObject({ versions: ['TLSv1.3', 'TLSv1.2'], ALPN: ['h2', 'http/1.1'] });
    expect(hello?.size).toBeGreaterThan(200);
    const times = (json.messages as Message[]).map(({ ms }) => ms);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test('of TLS 1.2 has the messages of TLS 1.2', async () => {
    const { json } = await sslkitJson(['explain', `localhost:${port}`, ...trust, '--tls', '1.2']);
    expect(namesOf(json.messages)).toEqual(
      expect.arrayContaining(['received ServerKeyExchange', 'received ServerHelloDone', 'sent ClientKeyExchange']),
    );
    expect(choice(json.choices, 'ALPN')).toMatchObject({ chosen: 'http/1.1', passedOver: ['h2'] });
    expect(choice(json.choices, 'group')?.chosen).toBe('X25519');
  });

  test('says why each choice came out as it did', async () => {
    const { json } = await sslkitJson(['explain', `localhost:${port}`, ...trust]);
    expect(choice(json.choices, 'version')).toMatchObject({ chosen: 'TLSv1.3', passedOver: ['TLSv1.2'] });
    expect(choice(json.choices, 'ALPN')?.why).toContain('the second');
    expect(choice(json.choices, 'signature')?.chosen).toBe('ecdsa_secp256r1_sha256');
    expect(choice(json.choices, 'certificate')?.why).toContain('localhost');
  });

  test('with a group that the server does not want takes another round trip', async () => {
    const picky = await tlsServer(server, { ecdhCurve: 'P-384' });
    const { json } = await sslkitJson(['explain', `localhost:${picky}`, ...trust]);
    expect(namesOf(json.messages).slice(0, 2)).toEqual(['sent ClientHello', 'received HelloRetryRequest']);
    expect(choice(json.choices, 'group')).toMatchObject({
      chosen: 'P-384',
      why: expect.stringContaining('round trip'),
    });
  });

  test('is drawn as a ladder', async () => {
    const run = await sslkit(['explain', `localhost:${port}`, ...trust]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/──▶ ClientHello {2}offers TLSv1\.3, TLSv1\.2 to localhost/);
    expect(run.stdout).toMatch(/◀══ Certificate {2}localhost < Test Intermediate/);
    const detailed = await sslkit(['explain', `localhost:${port}`, ...trust, '--details']);
    expect(detailed.stdout).toContain('key shares: ');
  });
});

describe('what is encrypted', () => {
  test.each([
    ['1.3', ['ClientHello', 'ServerHello', 'ChangeCipherSpec']],
    ['1.2', ['ClientHello', 'ServerHello', 'Certificate', 'ServerKeyExchange', 'ServerHelloDone', 'ClientKeyExchange']],
  ])('in TLS %s is told', async (version, clear) => {
    const { json } = await sslkitJson(['explain', `localhost:${port}`, ...trust, '--tls', version]);
    const readable = (json.messages as (Message & { encrypted: boolean })[]).filter(({ encrypted }) => !encrypted);
    expect(readable.map(({ name }) => name)).toEqual(expect.arrayContaining(clear));
    expect(readable.map(({ name }) => name)).not.toContain('Finished');
    expect(json.wire.received).toBeGreaterThan(500);
  });
});

test('a server that wants a certificate says of which authorities', async () => {
  const asking = await tlsServer(server, { ca: root.certificatePem, requestCert: true, rejectUnauthorized: false });
  const { json } = await sslkitJson(['explain', `localhost:${asking}`, ...trust, '--tls', '1.2']);
  const request = (json.messages as Message[]).find(({ name }) => name === 'CertificateRequest');
  expect(request?.details['authorities']).toEqual(['Test Root']);
});

test('a server that could do better lets on, in its random value', async () => {
  const { json } = await sslkitJson(['explain', `localhost:${port}`, ...trust, '--tls', '1.2']);
  expect(choice(json.choices, 'version')?.why).toContain('newer');
});

test('explain comes through STARTTLS', async () => {
  const mail = await starttlsServer(server, [
    { say: '220 hello\r\n' },
    { after: /^EHLO/, say: '250 STARTTLS\r\n' },
    { after: /^STARTTLS/, say: '220 go\r\n' },
  ]);
  expect((await sslkit(['explain', `localhost:${mail}`, ...trust, '--starttls', 'smtp'])).code).toBe(0);
});

test.skipIf(!hasOpenssl)('openssl s_server is explained (skipped without openssl)', async () => {
  const identity = ['-cert', file('server.pem'), '-key', file('server.key'), '-cert_chain', file('intermediate.pem')];
  const peer = spawn('openssl', ['s_server', '-accept', '0', '-naccept', '1', '-tls1_2', ...identity]);
  try {
    let said = '';
    let open: string | undefined;
    while (open === undefined) {
      said += String((await once(peer.stdout, 'data'))[0]);
      open = /ACCEPT \S*:(\d+)/.exec(said)?.[1];
    }
    const { code, json } = await sslkitJson(['explain', `localhost:${open}`, ...trust]);
    expect(code).toBe(0);
    expect(namesOf(json.messages)).toEqual(
      expect.arrayContaining(['received ServerKeyExchange', 'received NewSessionTicket']),
    );
    expect(choice(json.choices, 'version')).toMatchObject({ chosen: 'TLSv1.2', passedOver: ['TLSv1.3'] });
  } finally {
    peer.kill();
  }
});

test.skipIf(!hasPython)('in a terminal the ladder has colour (skipped without python3)', async () => {
  const terminal = new Terminal(['explain', `localhost:${port}`, ...trust]);
  expect(await terminal.end()).toBe(0);
  expect(terminal.screen).toContain('\u001b[1mClientHello\u001b[22m');
  expect(terminal.screen).toContain('\u001b[32mverified');
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['no target', [], 2],
    ['two targets', ['localhost', 'localhost'], 2],
    ['a port that is none', ['localhost:99999'], 2],
    ['a protocol that is none', ['localhost', '--starttls', 'gopher'], 2],
    ['a version that is none', ['localhost', '--tls', '9'], 2],
    ['a missing trust file', ['localhost:1', '--cafile', 'missing.pem'], 3],
    ['a trust file that is empty', ['localhost:1', '--cafile', file('empty.pem')], 3],
    ['a page in no folder', ['localhost:0', ...trust, '--html', '/nowhere/page.html'], 3],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['explain', ...words.map((word) => word.replace(/:0$/, `:${port}`))]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });
});

describe('a handshake that fails', () => {
  test('shows how far it came, the alert, and the reason', async () => {
    const run = await sslkit(['explain', `localhost:${port}`]);
    expect(run.code).toBe(7);
    expect(run.stdout).toMatch(/◀══ Certificate .*\n.*══▶ Alert {2}fatal: unknown CA/);
    expect(run.stderr).toContain('--cafile');
  });

  test('shows the alert of the other side', async () => {
    const old = await tlsServer(server, { maxVersion: 'TLSv1.2' });
    const { json } = await sslkitJson(['explain', `localhost:${old}`, ...trust, '--tls', '1.3']);
    expect(json).toMatchObject({ exitCode: 6, problem: { code: 'ALERT_PROTOCOL_VERSION' } });
    expect(namesOf(json.messages)).toEqual(['sent ClientHello', 'received Alert']);
  });

  test('tells a ServerHello that cannot be read as malformed', async () => {
    const record = Buffer.from('1603030008020000040303aabb', 'hex');
    const hostile = await plainServer((socket) => socket.once('data', () => socket.write(record)));
    const { json } = await sslkitJson(['explain', `localhost:${hostile}`]);
    expect(json).toMatchObject({ exitCode: 6, outcome: 'handshake-failed' });
    expect(json.messages[1]).toMatchObject({ name: 'ServerHello', summary: 'malformed', direction: 'received' });
  });

  test('says what was offered where nothing was agreed on', async () => {
    const strict = await tlsServer(server, { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' });
    const { json } = await sslkitJson(['explain', `localhost:${strict}`, ...trust]);
    expect(json.exitCode).toBe(6);
    expect(choice(json.choices, 'cipher suite')).toMatchObject({
      chosen: 'none',
      passedOver: expect.arrayContaining(['ECDHE-ECDSA-AES256-GCM-SHA384']),
    });
  });

  test('lists the offer where the server is silent, and gives the reason once', async () => {
    const silent = await plainServer(() => {});
    const run = await sslkit(['explain', `localhost:${silent}`, '--timeout', '0.5']);
    expect(run.code).toBe(5);
    expect(run.stdout).toContain('what was offered');
    expect(run.stdout.match(/did not answer the offer/g)).toHaveLength(1);
  });

  test.each([
    ['no TLS', () => plainServer((socket) => socket.end('220 hello\r\n')), 5],
    ['no server', closedPort, 4],
  ])('%s', async (_name, makePort, code) => {
    expect((await sslkit(['explain', `localhost:${await makePort()}`])).code).toBe(code);
  });
});

describe('--insecure', () => {
  test('draws the handshake to its end, and keeps the verdict', async () => {
    const { code, json } = await sslkitJson(['explain', `localhost:${port}`, '--insecure']);
    expect(code).toBe(7);
    expect(json).toMatchObject({ problem: { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, outcome: 'untrusted' });
    expect(json.handshakeMs).toBeGreaterThan(0);
    expect(namesOf(json.messages)).toEqual(expect.arrayContaining(['sent Finished', 'received NewSessionTicket']));
    expect((json.messages as Message[]).filter(({ summary }) => summary.startsWith('fatal'))).toEqual([]);
    expect(json.certificates).toHaveLength(2);
  });

  test('without it the picture ends where the certificate is refused', async () => {
    const { code, json } = await sslkitJson(['explain', `localhost:${port}`]);
    expect(code).toBe(7);
    expect(json.handshakeMs).toBeNull();
    expect(namesOf(json.messages)).not.toContain('sent Finished');
  });

  test.each([
    ['another name', ['--servername', 'example.org'], 8],
    ['no fault at all', [], 0],
  ])('%s', async (_what, words, code) => {
    const run = await sslkit(['explain', `localhost:${port}`, ...trust, '--insecure', ...words]);
    expect(run.code).toBe(code);
    expect(run.stdout.includes('NOT verified, and gone on with')).toBe(code !== 0);
  });
});

describe('--session', () => {
  test.each(['1.2', '1.3'])('TLS %s: a resumption is explained', async (version) => {
    const session = join(makeFolder(), 'session');
    const words = ['explain', `localhost:${port}`, ...trust, '--session', session, '--tls', version];
    const first = await sslkitJson(words);
    expect(first).toMatchObject({ code: 0, json: { sessionReused: false } });
    expect(choice(first.json.choices, 'session')).toBeUndefined();
    const { code, json } = await sslkitJson(words);
    expect({ code, reused: json.sessionReused }).toEqual({ code: 0, reused: true });
    expect(choice(json.choices, 'session')?.chosen).toBe('resumed');
    expect(choice(json.choices, 'certificate')?.chosen).toBe('none');
    expect(namesOf(json.messages)).not.toContain('received Certificate');
    const topics = (json.choices as Choice[]).map(({ topic }) => topic);
    expect(topics.includes('group')).toBe(version === '1.3');
  });

  test.each(['1.2', '1.3'])('TLS %s: a server that does not know it starts anew', async (version) => {
    const session = join(makeFolder(), 'session');
    const words = [...trust, '--session', session, '--tls', version];
    await sslkit(['explain', `localhost:${port}`, ...words]);
    const other = await tlsServer(server, { ticketKeys: Buffer.alloc(48, 1) });
    const { code, json } = await sslkitJson(['explain', `localhost:${other}`, ...words]);
    expect({ code, reused: json.sessionReused }).toEqual({ code: 0, reused: false });
    expect(choice(json.choices, 'session')).toMatchObject({ chosen: 'new', why: expect.stringContaining('forgotten') });
    expect(namesOf(json.messages)).toContain('received Certificate');
  });

  test('the session of connect can be explained, and is held to the name', async () => {
    const session = join(makeFolder(), 'session');
    const words = [`localhost:${port}`, ...trust, '--session', session];
    await sslkit(['connect', ...words]);
    const { code, json } = await sslkitJson(['explain', ...words, '--servername', 'example.org']);
    expect({ code, reused: json.sessionReused }).toEqual({ code: 8, reused: true });
  });

  test('and --diff exclude each other', async () => {
    const words = ['explain', '--diff', 'localhost:1', 'localhost:2', '--session', 'session'];
    expect(await sslkit(words)).toMatchObject({ code: 2, stdout: '' });
  });
});

test('--crl refuses what has been revoked', async () => {
  const { code, json } = await sslkitJson(['explain', `localhost:${port}`, ...trust, '--crl', file('crl.pem')]);
  expect({ code, problem: json.problem?.code }).toEqual({ code: 10, problem: 'CERT_REVOKED' });
});

describe('--diff', () => {
  test('of a server with itself ends with 0', async () => {
    const run = await sslkit(['explain', '--diff', `localhost:${port}`, `localhost:${port}`, ...trust]);
    expect(run.code).toBe(0);
    expect(run.stdout).not.toContain('≠');
  });

  test('of two servers tells what differs and ends with 12', async () => {
    const rsa = await createCertificate({ authority: root, names: ['localhost'], keyType: 'RSA-2048' });
    const other = await tlsServer(rsa, { ALPNProtocols: ['h2'] });
    const { code, json } = await sslkitJson(['explain', '--diff', `localhost:${port}`, `localhost:${other}`, ...trust]);
    expect(code).toBe(12);
    const differing = json.differences.filter(({ isSame }: { isSame: boolean }) => !isSame);
    const topics = differing.map(({ topic }: { topic: string }) => topic);
    expect(topics).toEqual(expect.arrayContaining(['ALPN', 'key', 'signature', 'fingerprint', 'chain length']));
    expect(topics).not.toContain('version');
  });

  test.each([[['--diff', 'localhost']], [['localhost', 'localhost']]])('%j ends with 2', async (words) => {
    expect(await sslkit(['explain', ...words])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('--html', () => {
  test('writes a page that needs nothing else, and not over another', async () => {
    const page = join(makeFolder(), 'handshake.html');
    const words = ['explain', `localhost:${port}`, ...trust, '--html', page];
    expect(await sslkit(words)).toMatchObject({ code: 0, stdout: '' });
    const html = readFileSync(page, 'utf8');
    expect(html).not.toMatch(/<script|https?:\/\/|src=|@import/);
    expect((await sslkit(words)).code).toBe(3);
    expect((await sslkit([...words, '--force'])).code).toBe(0);
  });

  test('of two servers writes a page that compares them', async () => {
    const page = join(makeFolder(), 'compared.html');
    const old = await tlsServer(server, { maxVersion: 'TLSv1.2' });
    const words = ['explain', '--diff', `localhost:${port}`, `localhost:${old}`, ...trust, '--html', page];
    expect((await sslkit(words)).code).toBe(12);
    expect(readFileSync(page, 'utf8')).toMatch(/≠ version<\/th><td>TLSv1\.3<\/td><td>TLSv1\.2/);
  });

  test('escapes what the server says', async () => {
    const nasty = await createCertificate({ authority: root, names: ['localhost'], subject: { CN: '<img src=x>' } });
    const page = join(makeFolder(), 'handshake.html');
    await sslkit(['explain', `localhost:${await tlsServer(nasty)}`, ...trust, '--html', page]);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('&lt;img src=x&gt;');
    expect(html).not.toContain('<img');
  });

  test.skipIf(browser === undefined)(
    'shows in a browser (skipped without Chromium)',
    async () => {
      const folder = makeFolder();
      const page = join(folder, 'handshake.html');
      await sslkit(['explain', `localhost:${port}`, ...trust, '--html', page]);
      const picture = join(folder, 'page.png');
      const words = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--window-size=1000,1600',
      ];
      const url = pathToFileURL(page).href;
      await promisify(execFile)(browser ?? '', [...words, `--screenshot=${picture}`, url]);
      const { stdout } = await promisify(execFile)(browser ?? '', [...words, '--dump-dom', url]);
      expect(existsSync(picture)).toBe(true);
      expect(readFileSync(picture).length).toBeGreaterThan(50_000); // an empty page has about 10,000
      expect(stdout.match(/<li class="(sent|received)"/g)?.length).toBeGreaterThan(8);
    },
    60_000,
  );
});
