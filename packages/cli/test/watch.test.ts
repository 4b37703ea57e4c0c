import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson, start } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { closedPort, tlsServer } from './support/servers.ts';

const { file, root, server, expired } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const good = `localhost:${await tlsServer(server)}`;
const bad = `localhost:${await tlsServer(expired)}`;
const soon = `localhost:${await tlsServer(await createCertificate({ authority: root, names: ['localhost'], days: 5 }))}`;

test('all is well: 0, a row for each target', async () => {
  const { code, json } = await sslkitJson(['watch', good, ...trust]);
  expect(code).toBe(0);
  expect(json).toMatchObject({
    schema: 'sslkit/watch/1',
    exitCode: 0,
    results: [{ target: good, outcome: 'verified' }],
  });
});

test('the exit code is that of the worst', async () => {
  const down = `127.0.0.1:${await closedPort()}`;
  expect((await sslkit(['watch', good, soon, ...trust])).code).toBe(12);
  expect((await sslkit(['watch', good, soon, down, ...trust])).code).toBe(4);
  const run = await sslkit(['watch', good, soon, down, bad, ...trust]);
  expect(run.code).toBe(9);
  expect(run.stdout).toMatch(/^target .*\n.*expired 5 days ago/);
  expect(run.stdout.trim().split('\n')).toHaveLength(5);
});

test('a list may have comments, blank lines and doubles', async () => {
  const list = writeFiles({ 'hosts.txt': `# mine\n${good}\n\n${good} # again\n${soon}\n` })('hosts.txt');
  const { json } = await sslkitJson(['watch', list, ...trust]);
  expect(json.results.map(({ target }: { target: string }) => target)).toEqual([good, soon]);
  const piped = await sslkitJson(['watch', '-', ...trust], { input: `${good}\n` });
  expect(piped.json.results).toHaveLength(1);
});

test('--state tells what has changed since', async () => {
  const state = join(makeFolder(), 'state.json');
  const words = ['watch', good, ...trust, '--state', state];
  expect(await sslkitJson(words)).toMatchObject({ code: 0, json: { results: [{ changed: null }] } });
  expect(await sslkitJson(words)).toMatchObject({ code: 0, json: { results: [{ changed: false }] } });
  writeFileSync(
    state,
    readFileSync(state, 'utf8')
      .replace(/: "[0-9A-F]{2}:/, ': "00:')
      .replace(/: "00:[0-9A-F]{2}:/, ': "00:00:'),
  );
  expect(await sslkitJson(words)).toMatchObject({
    code: 12,
    json: { results: [{ changed: true, problem: 'has changed' }] },
  });
  expect(await sslkitJson(words)).toMatchObject({ code: 0 });
});

test('--format prometheus gives gauges by target', async () => {
  const run = await sslkit(['watch', good, bad, ...trust, '--format', 'prometheus']);
  expect(run.code).toBe(9);
  expect(run.stdout).toContain('# TYPE sslkit_certificate_verified gauge\n');
  expect(run.stdout).toContain(`sslkit_certificate_verified{target="${good}"} 1\n`);
  expect(run.stdout).toContain(`sslkit_certificate_verified{target="${bad}"} 0\n`);
  expect(run.stdout).toMatch(/sslkit_certificate_not_after_seconds\{target="[^"]+"\} \d{10}\n/);
});

test('many targets are looked at with bounded concurrency', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => tlsServer(server)));
  const words = ports.map((port) => `localhost:${port}`);
  const { code, json } = await sslkitJson(['watch', ...words, ...trust, '--concurrency', '3']);
  expect(code).toBe(0);
  expect(json.results.map(({ target }: { target: string }) => target)).toEqual(words);
});

test('--every looks again until it is interrupted', async () => {
  const child = start(['watch', good, ...trust, '--every', '1', '--format', 'prometheus']);
  const closed = once(child, 'close');
  let rounds = 0;
  for await (const data of child.stdout) {
    rounds += String(data).match(/# TYPE sslkit_certificate_verified/g)?.length ?? 0;
    if (rounds === 2) child.kill('SIGINT');
  }
  expect(await closed).toEqual([0, null]);
});

describe('bad input gives one clear sentence', () => {
  test.each([
    ['no target', [], 2],
    ['a host that is none', ['a b'], 2],
    ['a list with a line that is none', [writeFiles({ list: 'localhost\n:x\n' })('list')], 3],
    ['certificates instead of hosts', [file('server.pem')], 3],
    ['an unknown format', ['localhost', '--format', 'xml'], 2],
    ['a state that is none', ['localhost:1', '--state', file('garbage.pem')], 3],
    ['no concurrency', ['localhost:1', '--concurrency', '0'], 2],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['watch', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });
});
