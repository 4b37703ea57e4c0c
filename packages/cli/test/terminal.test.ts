import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit } from './support/command.ts';
import { hasPython } from './support/peers.ts';
import { plainServer, tlsServer } from './support/servers.ts';
import { Terminal } from './support/terminal.ts';

const { file, root, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const port = await tlsServer(server);
const GREEN = '\u001b[32m';

describe.skipIf(!hasPython)('in a terminal (skipped without python3)', () => {
  test('there is colour, and NO_COLOR takes it away', async () => {
    const coloured = new Terminal(['connect', `localhost:${port}`, ...trust]);
    expect(await coloured.end()).toBe(0);
    expect(coloured.screen).toContain(`${GREEN}verified`);
    const plain = new Terminal(['connect', `localhost:${port}`, ...trust], { NO_COLOR: '1' });
    expect(await plain.end()).toBe(0);
    expect(plain.screen).not.toContain('\u001b');
    expect(plain.screen).toContain('verified');
  });

  test('the exit code is the same as in a pipe', async () => {
    expect(await new Terminal(['connect', `localhost:${port}`]).end()).toBe(7);
  });

  test('keyboard and server talk, and ~. ends it', async () => {
    const terminal = new Terminal(['connect', `localhost:${port}`, ...trust, '--interactive']);
    await terminal.until('Type to talk');
    terminal.type('hello\r');
    // Once by the terminal, which shows what is typed, and once by the server.
    await terminal.until('hello');
    await terminal.until('hello');
    terminal.type('~?\r');
    await terminal.until('take TLS off');
    terminal.type('~.\r');
    expect(await terminal.end()).toBe(0);
  });

  test('Ctrl-D ends our side, and the conversation with it', async () => {
    const terminal = new Terminal(['connect', `localhost:${port}`, ...trust, '--interactive']);
    await terminal.until('Type to talk');
    terminal.type('\u0004');
    expect(await terminal.end()).toBe(0);
    expect(terminal.screen).toContain('The server has ended TLS.');
  });

  test('binary data is kept off it', async () => {
    const terminal = new Terminal(['convert', file('server.key'), '--to', 'der']);
    expect(await terminal.end()).toBe(2);
    expect(terminal.screen).toContain('does not belong on a terminal');
  });

  test('Ctrl-C ends a server with 0', async () => {
    const terminal = new Terminal(['serve', '--port', '0']);
    await terminal.until('127.0.0.1:');
    terminal.type('\u0003');
    expect(await terminal.end()).toBe(0);
  });

  test('a bar shows what takes longer than a second, and goes away', async () => {
    const silent = await Promise.all(Array.from({ length: 3 }, () => plainServer(() => {})));
    const words = silent.map((silentPort) => `localhost:${silentPort}`);
    const terminal = new Terminal(['watch', ...words, '--timeout', '0.6', '--concurrency', '1']);
    expect(await terminal.end()).toBe(5);
    expect(terminal.screen).toMatch(/█+░* 3\/3/);
    expect(terminal.screen).toContain('\r\u001b[K');
  });
});

describe('in a pipe', () => {
  test('there is no colour, and FORCE_COLOR brings it', async () => {
    expect((await sslkit(['connect', `localhost:${port}`, ...trust])).stdout).not.toContain('\u001b');
    const forced = await sslkit(['connect', `localhost:${port}`, ...trust], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain(`${GREEN}verified`);
  });

  test('there is no bar', async () => {
    const silent = await plainServer(() => {});
    const run = await sslkit(['watch', `localhost:${silent}`, '--timeout', '1.2']);
    expect(run.stderr).toBe('');
  });
});

test('names that turn the direction of writing are shown as numbers', async () => {
  const nasty = await createCertificate({
    authority: root,
    names: ['localhost'],
    subject: { CN: 'moc.\u202eelpmaxe' },
  });
  const run = await sslkit(['connect', `localhost:${await tlsServer(nasty)}`, ...trust]);
  expect(run.stdout).toContain('\\u{202e}');
});
