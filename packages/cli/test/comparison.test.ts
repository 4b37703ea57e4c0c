import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { runCommandLine } from '@sslkit/cli';
import type { Credentials } from '@sslkit/test-support/certificates.ts';
import { describePeer, type ServerOptions, startDaemon } from '@sslkit/test-support/peers/daemon.ts';
import { PASSWORD } from '@sslkit/test-support/peers/dovecot.ts';
import { nginxObstacle, startNginx } from '@sslkit/test-support/peers/nginx.ts';
import { listStarttlsServers } from '@sslkit/test-support/peers/starttls-servers.ts';
import { createCertificate, createCertificateAuthority, createCrl } from '@sslkit/x509';
import { expect, test } from 'vitest';
import { sslkit } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { hasCurl, hasOpenssl } from './support/peers.ts';

const DAY = 86_400_000;
const root = await createCertificateAuthority({ subject: { CN: 'Test Root' } });
const authority = await createCertificateAuthority({ authority: root, subject: { CN: 'Test Intermediate' } });
const names = ['localhost'];
const alone = await createCertificate({ authority, names });
const revoked = await createCertificate({ authority, names });
/** By the words of the tables. */
const certificates: Record<string, Credentials> = {
  good: await createCertificate({ authority, names }),
  expired: await createCertificate({ authority, names, notAfter: new Date(Date.now() - 5 * DAY) }),
  'self-signed': await createCertificate({ names }),
  'for another name': await createCertificate({ authority, names: ['other.example'] }),
  'without its intermediate': { ...alone, chainPem: alone.certificatePem },
  revoked,
};
const { crlPem } = await createCrl({ authority, revoked: [{ certificate: revoked.certificate }] });
const file = writeFiles({ 'root.pem': root.certificatePem, 'crl.pem': crlPem });

/** The tables of docs/comparison.md, by rows of cells without their heads. */
const [inWords = [], byServer = []] = readFileSync(new URL('../docs/comparison.md', import.meta.url), 'utf8')
  .split(/\n\n/)
  .filter((block) => block.startsWith('|'))
  .map((block) => {
    const [, , ...rows] = block.trim().split('\n');
    return rows.map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  });

/** How a program ended, and what it said. */
interface Ending {
  readonly code: number;
  readonly said: string;
}

function run(program: string, words: readonly string[]): Promise<Ending> {
  return new Promise((resolve) => {
    const child = execFile(program, [...words], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
    });
    child.stdin?.end();
  });
}

/** Asks a server by `openssl s_client`; the code is that of the verification, where it came to TLS. */
async function askOpenssl(port: number, kind: string, words: readonly string[] = []): Promise<Ending> {
  const crl = kind === 'revoked' ? ['-crl_check', '-CRL', file('crl.pem')] : [];
  const place = ['-connect', `localhost:${port}`, '-verify_hostname', 'localhost', '-CAfile', file('root.pem')];
  const { code, said } = await run('openssl', ['s_client', ...place, ...crl, ...words]);
  const verification = Number(/^ *Verify return code: (\d+)/m.exec(said)?.[1]);
  // The sentence below the second table: it says so of what was never verified.
  if (kind === 'without TLS') expect(verification).toBe(0);
  return { code: code === 0 ? verification : code, said };
}

function askCurl(kind: string, words: readonly string[]): Promise<Ending> {
  const crl = kind === 'revoked' ? ['--crlfile', file('crl.pem')] : [];
  return run('curl', ['-sS', '-o', '/dev/null', '--cacert', file('root.pem'), ...crl, ...words]);
}

function wordsOfSslkit(port: number, kind: string, words: readonly string[] = []): string[] {
  const crl = kind === 'revoked' ? ['--crl', file('crl.pem')] : [];
  return ['connect', `localhost:${port}`, '--cafile', file('root.pem'), ...crl, ...words];
}

async function askSslkit(port: number, kind: string): Promise<Ending> {
  const { code, stdout, stderr } = await sslkit(wordsOfSslkit(port, kind));
  return { code: Number(code), said: stdout + stderr };
}

/** The same within this process: a start of Node for each certificate of each server takes too long. */
async function askWithinProcess(port: number, kind: string, words: readonly string[]): Promise<Ending> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const code = await runCommandLine(wordsOfSslkit(port, kind, words), { stdout: nowhere, stderr: nowhere });
  return { code, said: '' };
}

/** The words of curl for a server at a port, by protocol; it speaks no other. */
const curlWords: Record<string, (port: number) => string[]> = {
  https: (port) => [`https://localhost:${port}/`],
  smtp: (port) => ['--ssl-reqd', `smtp://localhost:${port}`],
  imap: (port) => ['--ssl-reqd', '--user', `tester:${PASSWORD}`, `imap://localhost:${port}`],
  pop3: (port) => ['--ssl-reqd', '--user', `tester:${PASSWORD}`, `pop3://localhost:${port}`],
  ftp: (port) => ['--ssl-reqd', `ftp://localhost:${port}/`],
};

const missing = [hasOpenssl ? '' : 'openssl', hasCurl ? '' : 'curl'].filter((name) => name !== '').join(' and ');
const obstacle = missing === '' ? null : `there is no ${missing}`;
const kinds = Object.keys(certificates);

describePeer('openssl s_server', obstacle, () => {
  test('the table has each certificate', () => {
    expect(inWords.map(([kind]) => kind)).toEqual(kinds);
  });

  test.each(inWords)('%s: openssl, curl and sslkit say what the table says', async (kind = '', ...cells) => {
    const port = await startOpenssl(kind);
    const endings = await Promise.all([
      askOpenssl(port, kind),
      askCurl(kind, curlWords['https']?.(port) ?? []),
      askSslkit(port, kind),
    ]);
    for (const [index, { code, said }] of endings.entries()) {
      const cell = cells[index] ?? '';
      expect(code).toBe(readCode(cell));
      // What stands in code or in italics are the program's own words; … stands for what differs from run to run.
      for (const [, , quoted = ''] of cell.matchAll(/([`*])(.+?)\1/g)) expect(said).toMatch(toPattern(quoted));
    }
  });
});

async function startOpenssl(kind: string): Promise<number> {
  const { chainPem, privateKeyPem } = takeCredentials(kind);
  const path = writeFiles({ 'chain.pem': chainPem, 'server.key': privateKeyPem });
  const identity = ['-cert', path('chain.pem'), '-cert_chain', path('chain.pem'), '-key', path('server.key')];
  const { port } = await startDaemon((port) => ({
    command: 'openssl',
    args: ['s_server', '-accept', `127.0.0.1:${port}`, ...identity, '-www'],
    ready: /^ACCEPT/m,
  }));
  return port;
}

function toPattern(quoted: string): RegExp {
  return new RegExp(quoted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));
}

const nginx = {
  name: 'nginx',
  obstacle: nginxObstacle,
  protocols: [{ name: 'https', obstacle: null }],
  start: async (options: ServerOptions) => {
    const { port, stop } = await startNginx(options);
    return { stop, ports: [port] };
  },
};
const servers = [nginx, ...listStarttlsServers()];

test('the table has each server', () => {
  const places = servers.flatMap(({ name, protocols }) => protocols.map((protocol) => `${name} ${protocol.name}`));
  const rows = byServer.map(([server = '', protocol]) => `${server.split(' ')[0]} ${protocol}`);
  expect(rows.sort()).toEqual(places.sort());
});

for (const { name, obstacle: reason, protocols, start } of servers) {
  const present = protocols.map((protocol, index) => ({ ...protocol, index })).filter((each) => each.obstacle === null);
  describePeer(name, obstacle ?? reason, () => {
    test('openssl, curl and sslkit say of each certificate what the table says', async () => {
      const said = new Map(present.map((protocol) => [protocol.name, [] as (number | null)[][]]));
      for (const kind of kinds) {
        const { ports, stop } = await start({ certificate: takeCredentials(kind) });
        for (const protocol of present) {
          const codes = await ask(ports[protocol.index] ?? 0, protocol.name, kind);
          said.get(protocol.name)?.push(codes);
        }
        await stop();
      }
      for (const [protocol, codes] of said) {
        const [, , ...cells] =
          byServer.find(([server = '', word]) => server.startsWith(name) && word === protocol) ?? [];
        expect(codes).toEqual(
          inWords.map((row) =>
            cells.slice(0, 3).map((cell, index) => (cell === '–' ? null : readCode(row[index + 1]))),
          ),
        );
      }
    }, 60_000);

    // What has TLS from the first byte has no other way.
    if (name === 'nginx') return;
    test('openssl, curl and sslkit end without TLS as the table says', async () => {
      const { ports } = await start({ tls: false });
      for (const protocol of present) {
        const codes = await ask(ports[protocol.index] ?? 0, protocol.name, 'without TLS');
        const row = byServer.find(([server = '', word]) => server.startsWith(name) && word === protocol.name) ?? [];
        expect(codes.map((code) => code ?? '–').join(' · ')).toBe(row[5]);
      }
    }, 60_000);
  });
}

/** The codes of the three programs, where they speak the protocol. */
async function ask(port: number, protocol: string, kind: string): Promise<(number | null)[]> {
  const starttls = (option: string) => (protocol === 'https' ? [] : [option, protocol]);
  const curl = curlWords[protocol]?.(port);
  const endings = await Promise.all([
    askOpenssl(port, kind, starttls('-starttls')),
    curl === undefined ? null : askCurl(kind, curl),
    askWithinProcess(port, kind, starttls('--starttls')),
  ]);
  return endings.map((ending) => ending?.code ?? null);
}

function readCode(cell = ''): number {
  return Number.parseInt(cell, 10);
}

function takeCredentials(kind: string): Credentials {
  const credentials = certificates[kind];
  if (credentials === undefined) throw new Error(`There is no certificate that is ${kind}`);
  return credentials;
}
