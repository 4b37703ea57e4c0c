import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder } from './support/files.ts';
import { plainServer, tlsServer } from './support/servers.ts';
import { mysqlGreeting, type Step, starttlsServer } from './support/starttls-server.ts';

const { file, server, root } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const ldapRefusal = Uint8Array.of(0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0);
const ldapConsent = Uint8Array.of(0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0);
const features = (inside: string) =>
  `<stream:stream xmlns='jabber:client'><stream:features>${inside}</stream:features>`;
const xmppTls = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`;

describe('--starttls', () => {
  const protocols: [string, Step[]][] = [
    [
      'smtp',
      [
        { say: '220-mail.example\r\n220 ESMTP\r\n' },
        { after: /EHLO .*\r\n/, say: '250-mail.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n' },
        { after: /STARTTLS\r\n/, say: '220 go ahead\r\n' },
      ],
    ],
    [
      'imap',
      [{ say: '* OK ready\r\n' }, { after: /a1 STARTTLS\r\n/, say: '* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n' }],
    ],
    ['pop3', [{ say: '+OK ready\r\n' }, { after: /STLS\r\n/, say: '+OK begin\r\n' }]],
    ['ftp', [{ say: '220 FTP\r\n' }, { after: /AUTH TLS\r\n/, say: '234 begin\r\n' }]],
    ['ldap', [{ after: /1\.3\.6\.1\.4\.1\.1466\.20037/, say: ldapConsent }]],
    ['postgres', [{ after: /Ò.\/$/s, say: 'S' }]],
    ['mysql', [{ say: mysqlGreeting(true) }, { take: 36 }]],
    [
      'xmpp',
      [
        { after: /stream:stream/, say: features(xmppTls) },
        { after: /<starttls/, say: `<proceed xmlns='x'/>` },
      ],
    ],
    [
      'sieve',
      [{ say: '"IMPLEMENTATION" "x"\r\n"STARTTLS"\r\nOK ready\r\n' }, { after: /STARTTLS\r\n/, say: 'OK begin\r\n' }],
    ],
  ];
  test.each(protocols)('%s: TLS is turned on and verified', async (protocol, steps) => {
    const port = await starttlsServer(server, steps);
    const { code, json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--starttls', protocol]);
    expect(code).toBe(0);
    expect(json.protocol).toBe('TLSv1.3');
  });

  test.each<[string, string, string | Uint8Array, RegExp]>([
    ['smtp', 'without the ability', '220 x\r\n250 SIZE\r\n', /does not offer STARTTLS/],
    ['imap', 'that says no', '* OK ready\r\na1 NO not here\r\n', /refuses STARTTLS: it answered 'a1 NO not here'/],
    ['pop3', 'that is something else', '220 x\r\n', /does not greet as a POP3 server/],
    ['postgres', 'with TLS turned off', 'N', /TLS turned off/],
    ['mysql', 'with TLS turned off', mysqlGreeting(false), /TLS turned off/],
    ['ldap', 'that says no', ldapRefusal, /LDAP result 2/],
    ['xmpp', 'without the ability', features(''), /does not offer STARTTLS/],
    ['smtp', 'that slips plaintext in behind its consent', '220 x\r\n250 STARTTLS\r\n220 go\r\nRSET\r\n', /plaintext/],
  ])('%s: a server %s ends with 5', async (protocol, _name, answer, words) => {
    const port = await plainServer((socket) => socket.write(answer));
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '--starttls', protocol]);
    expect(run.code).toBe(5);
    expect(run.stderr).toMatch(words);
  });

  test('a server that says nothing is given up', async () => {
    const port = await plainServer(() => {});
    const run = await sslkit(['connect', `localhost:${port}`, '--starttls', 'smtp', '--timeout', '0.2']);
    expect(run.code).toBe(5);
  });
});

describe('a client certificate', () => {
  const demanding = () => tlsServer(server, { requestCert: true, rejectUnauthorized: true, ca: root.certificatePem });
  const identity = ['--cert', file('client.pem'), '--key', file('client.key')];

  test('is shown to a server that wants one', async () => {
    const port = await demanding();
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, ...identity, '-i', '--linger', '0'], {
      input: 'hello\n',
    });
    expect(run).toMatchObject({ code: 0, stdout: 'hello\r\n' });
  });

  test.each([
    ['connect', '1.2'],
    ['connect', '1.3'],
    ['explain', '1.2'],
    ['explain', '1.3'],
  ])('%s over TLS %s: one that is missing is named as the reason', async (verb, version) => {
    const words = [verb, `localhost:${await demanding()}`, ...trust, '--tls', version];
    const { code, json } = await sslkitJson(words);
    expect(code).toBe(6);
    expect(json).toMatchObject({
      outcome: 'handshake-failed',
      problem: { remedies: [expect.stringContaining('--cert')] },
    });
  });

  test('watch does not take a server for well that lets nobody in', async () => {
    const place = `localhost:${await demanding()}`;
    expect(await sslkit(['watch', place, ...trust])).toMatchObject({ code: 6 });
    expect(await sslkit(['watch', place, ...trust, ...identity])).toMatchObject({ code: 0 });
  });

  test.each(['1.2', '1.3'])('that the server does not accept is refused, over TLS %s', async (version) => {
    const wrong = ['--cert', file('server.pem'), '--key', file('server.key')];
    const words = ['connect', `localhost:${await demanding()}`, ...trust, ...wrong, '--tls', version];
    const { code, json } = await sslkitJson(words);
    expect({ code, outcome: json.outcome }).toEqual({ code: 6, outcome: 'handshake-failed' });
  });

  test('that is asked for and not required may be missing', async () => {
    const port = await tlsServer(server, { requestCert: true, rejectUnauthorized: false, ca: root.certificatePem });
    expect(await sslkit(['connect', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
  });

  test('is found beside the file of its certificate', async () => {
    const words = ['connect', `localhost:${await demanding()}`, ...trust, '--cert', file('client.pem')];
    expect(await sslkit(words)).toMatchObject({ code: 0 });
  });

  test.each([
    ['the key of another', ['--cert', file('client.pem'), '--key', file('server.key')], 3],
    ['a key that is missing', ['--cert', file('client.pem'), '--key', file('missing.key')], 3],
    ['a certificate without its key', ['--cert', file('alone.pem')], 3],
    ['a key without its certificate', ['--key', file('client.key')], 2],
    ['garbage', ['--cert', file('garbage.pem')], 3],
    ['a password file that is missing', ['--cert', file('client.pem'), '--password-file', file('missing.txt')], 3],
  ])('%s is refused before anything is sent', async (_name, words, code) => {
    const run = await sslkit(['connect', 'localhost:1', ...trust, ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
  });
});

describe('limits', () => {
  const words = async (...more: string[]) => [
    'connect',
    `localhost:${await tlsServer(server, { ALPNProtocols: ['h2'] })}`,
    ...trust,
    ...more,
  ];

  test('--tls chooses the version', async () => {
    expect((await sslkitJson(await words('--tls', '1.2'))).json.protocol).toBe('TLSv1.2');
    expect((await sslkitJson(await words('--tls', '1.2-1.3'))).json.protocol).toBe('TLSv1.3');
  });

  test('--tls reaches down to what is old', async () => {
    const old = await tlsServer(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' });
    const { json } = await sslkitJson(['connect', `localhost:${old}`, ...trust, '--tls', '1.0-1.3']);
    expect(json.protocol).toBe('TLSv1');
  });

  test('--ciphers, --ciphersuites and --alpn choose', async () => {
    const twelve = await sslkitJson(await words('--tls', '1.2', '--ciphers', 'ECDHE-ECDSA-CHACHA20-POLY1305'));
    expect(twelve.json.cipher.name).toBe('ECDHE-ECDSA-CHACHA20-POLY1305');
    const thirteen = await sslkitJson(await words('--ciphersuites', 'TLS_AES_128_GCM_SHA256', '--alpn', 'h3,h2'));
    expect(thirteen.json).toMatchObject({ cipher: { name: 'TLS_AES_128_GCM_SHA256' }, alpn: 'h2' });
  });

  test.each([
    ['--tls', '2.0'],
    ['--tls', '1.3-1.2'],
    ['--ciphers', 'NONE'],
    ['--ciphersuites', 'NONE'],
    ['--groups', 'NONE'],
    ['--alpn', 'h2,,x'],
    ['--starttls', 'gopher'],
    ['--proxy', 'socks5://localhost:1'],
    ['--proxy', 'http://jane:%zz@localhost:1'],
  ])('%s %s ends with 2', async (option, value) => {
    expect(await sslkit(['connect', 'localhost:1', ...trust, option, value])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('--session', () => {
  test.each(['1.2', '1.3'])('TLS %s: the second connection resumes the first', async (version) => {
    const session = join(makeFolder(), 'session');
    const port = await tlsServer(server);
    const words = ['connect', `localhost:${port}`, ...trust, '--session', session, '--tls', version];
    expect((await sslkitJson(words)).json.sessionReused).toBe(false);
    expect(statSync(session).mode & 0o777).toBe(0o600);
    const second = await sslkitJson(words);
    expect(second.json).toMatchObject({ sessionReused: true, outcome: 'verified', verified: { name: true } });
  });

  test('a session is not taken for another name', async () => {
    const session = join(makeFolder(), 'session');
    const words = ['connect', `localhost:${await tlsServer(server)}`, ...trust, '--session', session];
    expect(await sslkit(words)).toMatchObject({ code: 0 });
    const run = await sslkitJson([...words, '--servername', 'example.org']);
    expect(run.json).toMatchObject({ sessionReused: true, exitCode: 8, problem: { code: 'HOSTNAME_MISMATCH' } });
  });

  test('a file that holds no session ends with 3', async () => {
    const session = join(makeFolder(), 'session');
    writeFileSync(session, 'not a session');
    expect(await sslkit(['connect', 'localhost:1', ...trust, '--session', session])).toMatchObject({ code: 3 });
  });
});

test('--keylog writes the secrets for the owner alone', async () => {
  const keylog = join(makeFolder(), 'keys.log');
  expect((await sslkit(['connect', `localhost:${await tlsServer(server)}`, ...trust, '--keylog', keylog])).code).toBe(
    0,
  );
  expect(readFileSync(keylog, 'utf8')).toContain('CLIENT_TRAFFIC_SECRET_0');
  expect(statSync(keylog).mode & 0o777).toBe(0o600);
});

test('a name that does not match leaves the verdict on the chain standing', async () => {
  const port = await tlsServer(server);
  const { json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--servername', 'example.org']);
  expect(json).toMatchObject({ exitCode: 8, verified: { chain: true, name: false }, otherProblems: [] });
});

test('what OpenSSL does not come to is told as well', async () => {
  const { expired } = await makeAuthority();
  const port = await tlsServer(expired);
  const { json } = await sslkitJson(['connect', `localhost:${port}`, '--servername', 'example.org']);
  const codes = json.otherProblems.map(({ code }: { code: string }) => code);
  expect([json.problem.code, ...codes]).toEqual(expect.arrayContaining(['HOSTNAME_MISMATCH', 'CERT_HAS_EXPIRED']));
});
