import { connect as connectTcp } from 'node:net';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { Background } from './support/background.ts';
import { blackHole, hasBlackHoles } from './support/black-hole.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { startProxy } from './support/proxy.ts';
import { closedPort, plainServer, tlsServer } from './support/servers.ts';
import { starttlsServer } from './support/starttls-server.ts';

const { file, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const port = await tlsServer(server);
const smtp = () =>
  starttlsServer(server, [
    { say: '220 hello\r\n' },
    { after: /^EHLO/, say: '250 STARTTLS\r\n' },
    { after: /^STARTTLS/, say: '220 go\r\n' },
  ]);

/** Every verb that goes to a server once, with what it needs to end with 0. */
const VERBS: [string, (place: string) => string[]][] = [
  ['connect', (place) => ['connect', place, ...trust]],
  ['explain', (place) => ['explain', place, ...trust]],
  ['watch', (place) => ['watch', place, ...trust]],
  ['inspect', (place) => ['inspect', place]],
  ['verify', (place) => ['verify', place, ...trust]],
  ['match', (place) => ['match', place, 'localhost']],
];

describe('--proxy', () => {
  test.each(VERBS)('leads %s through an HTTP proxy', async (_verb, words) => {
    const { port: proxy, asked } = await startProxy();
    const place = `localhost:${port}`;
    expect(await sslkit([...words(place), '--proxy', `127.0.0.1:${proxy}`])).toMatchObject({ code: 0 });
    expect(asked).toEqual([place]);
  });

  test('leads tunnel through an HTTP proxy', async () => {
    const { port: proxy, asked } = await startProxy();
    const place = `localhost:${port}`;
    const words = ['tunnel', place, ...trust, '--proxy', `127.0.0.1:${proxy}`];
    const { running, port: local } = await Background.start(words);
    const socket = connectTcp(local, '127.0.0.1').end('hello');
    let answer = '';
    for await (const bytes of socket) answer += bytes;
    expect({ answer, asked }).toEqual({ answer: 'hello', asked: [place] });
    expect(await running.interrupt()).toBe(0);
  });

  test('gives the proxy the login that it wants', async () => {
    const authorization = `Basic ${Buffer.from('jane:s e%cret').toString('base64')}`;
    const { port: proxy } = await startProxy({ authorization });
    const words = ['connect', `localhost:${port}`, ...trust, '--proxy'];
    expect(await sslkit([...words, `http://jane:s%20e%25cret@127.0.0.1:${proxy}`])).toMatchObject({ code: 0 });
    const refused = await sslkit([...words, `127.0.0.1:${proxy}`]);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('USER:PASSWORD');
  });

  test('keeps what a server says right behind the consent of the proxy', async () => {
    const { port: proxy } = await startProxy({ waitsForServer: true });
    const words = ['connect', `localhost:${await smtp()}`, ...trust, '--starttls', 'smtp'];
    expect(await sslkit([...words, '--proxy', `127.0.0.1:${proxy}`])).toMatchObject({ code: 0 });
  });

  test.each<[string, () => Promise<number>]>([
    ['is down', closedPort],
    ['is none', () => plainServer((socket) => socket.end('220 hello\r\n\r\n'))],
    ['ends at once', () => plainServer((socket) => socket.destroy())],
    ['says nothing', () => plainServer(() => {})],
  ])(
    'a proxy that %s ends with 4 and is named',
    async (_what, start) => {
      const proxy = `127.0.0.1:${await start()}`;
      for (const [verb, words] of VERBS) {
        const run = await sslkit([...words(`localhost:${port}`), '--proxy', proxy, '--timeout', '0.5']);
        expect(run.code, verb).toBe(4);
        expect(run.stdout + run.stderr, verb).toContain('proxy');
        expect(run.stderr, verb).not.toContain('--starttls');
      }
    },
    60_000,
  );

  test('a server that the proxy cannot reach ends with 4', async () => {
    const { port: proxy } = await startProxy();
    const words = ['explain', `localhost:${await closedPort()}`, '--proxy', `127.0.0.1:${proxy}`];
    const { code, json } = await sslkitJson(words);
    expect(code).toBe(4);
    expect(json).toMatchObject({ messages: [], problem: { title: expect.stringContaining('502') } });
  });
});

test.each(VERBS)('%s turns TLS on as --starttls or the scheme of the URL says', async (_verb, words) => {
  const mail = await smtp();
  expect(await sslkit([...words(`localhost:${mail}`), '--starttls', 'smtp'])).toMatchObject({ code: 0 });
  expect(await sslkit(words(`smtp://localhost:${mail}`))).toMatchObject({ code: 0 });
});

describe.skipIf(!hasBlackHoles)('a host that does not even refuse (skipped but on Linux)', () => {
  test.each(VERBS)('%s gives it up after --timeout', async (_verb, words) => {
    const place = `127.0.0.1:${await blackHole()}`;
    const run = await sslkit([...words(place), '--timeout', '0.5']);
    expect(run.code).toBe(4);
    expect(run.stdout + run.stderr).toContain('does not answer');
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });

  test('as a proxy it is given up as well', async () => {
    const proxy = `127.0.0.1:${await blackHole()}`;
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '--proxy', proxy, '--timeout', '0.5']);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('proxy');
  });

  test('watch looks at the others meanwhile', async () => {
    const words = ['watch', `127.0.0.1:${await blackHole()}`, `localhost:${port}`, ...trust, '--timeout', '4'];
    const { code, json } = await sslkitJson(words);
    expect(code).toBe(4);
    expect(json.results).toMatchObject([{ outcome: 'unreachable' }, { outcome: 'verified' }]);
  });
});
