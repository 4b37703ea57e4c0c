import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { formatPrometheus } from '../src/commands/watch/formats.ts';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson, start } from './support/command.ts';
import { type Metric, readExposition } from './support/exposition.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { hasPython } from './support/peers.ts';
import { closedPort, plainServer, tlsServer } from './support/servers.ts';
import { starttlsServer } from './support/starttls-server.ts';
import { Terminal } from './support/terminal.ts';

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
  expect((await sslkit(['watch', good, soon, ...trust])).code).toBe(13);
  expect((await sslkit(['watch', good, soon, down, ...trust])).code).toBe(4);
  const run = await sslkit(['watch', good, soon, down, bad, ...trust]);
  expect(run.code).toBe(9);
  expect(run.stdout).toMatch(/^target .*\n.*expired 5 days ago/);
  expect(run.stdout.trim().split('\n')).toHaveLength(5);
});

test('how many days are few is for --warn-days and --critical-days to say', async () => {
  const look = (...words: string[]) => sslkitJson(['watch', soon, ...trust, ...words]);
  expect(await look('--critical-days', '3')).toMatchObject({
    code: 12,
    json: { results: [{ outcome: 'warning', problem: 'expires in 4 days' }] },
  });
  expect(await look()).toMatchObject({ code: 13, json: { results: [{ outcome: 'critical' }] } });
  expect(await look('--warn-days', '3', '--critical-days', '1')).toMatchObject({
    code: 0,
    json: { results: [{ outcome: 'verified', problem: null }] },
  });
});

test('a certificate above the one of the server may be the first to expire', async () => {
  const between = await createCertificateAuthority({ authority: root, subject: { CN: 'Old Intermediate' }, days: 10 });
  const port = await tlsServer(await createCertificate({ authority: between, names: ['localhost'], days: 60 }));
  const { code, json } = await sslkitJson(['watch', `localhost:${port}`, ...trust]);
  expect(code).toBe(12);
  expect(json.results[0]).toMatchObject({ problem: 'Old Intermediate, above it, expires in 9 days' });
});

test('the scheme of a URL says how TLS begins, and so does --starttls', async () => {
  const port = await starttlsServer(server, [
    { say: '220 hello\r\n' },
    { after: /^EHLO/, say: '250 STARTTLS\r\n' },
    { after: /^STARTTLS/, say: '220 go\r\n' },
  ]);
  for (const words of [[`smtp://localhost:${port}`], [`localhost:${port}`, '--starttls', 'smtp']]) {
    expect((await sslkit(['watch', ...words, ...trust])).code, words[0]).toBe(0);
  }
});

test('a server that wants a client certificate is shown one', async () => {
  const port = await tlsServer(server, { ca: root.certificatePem, requestCert: true, maxVersion: 'TLSv1.2' });
  const identity = ['--cert', file('client.pem'), '--key', file('client.key')];
  expect((await sslkit(['watch', `localhost:${port}`, ...trust])).code).toBe(6);
  expect((await sslkit(['watch', `localhost:${port}`, ...trust, ...identity])).code).toBe(0);
});

test('each failure is in words', async () => {
  const http = await plainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const { json } = await sslkitJson(['watch', `localhost:${http}`, bad, `localhost:${await closedPort()}`, ...trust]);
  const problems = json.results.map(({ problem }: { problem: string }) => problem);
  expect(problems).toEqual([
    expect.stringMatching(/TLS/),
    expect.stringMatching(/expired/),
    expect.stringMatching(/refuses/),
  ]);
});

describe.skipIf(!hasPython)('in a terminal (skipped without python3)', () => {
  test('Ctrl-C takes the bar away and ends it by the signal, with nothing written', async () => {
    const folder = makeFolder();
    const silent = await plainServer(() => {});
    const state = join(folder, 'state.json');
    const terminal = new Terminal(['watch', `localhost:${silent}`, '--timeout', '15', '--state', state]);
    await terminal.until(/0\/1 \d+ s/);
    terminal.type('\u0003');
    expect(await terminal.end()).not.toBe(0);
    expect(terminal.screen.endsWith('\r\u001b[K')).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });
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

describe('--prometheus', () => {
  const words = ['watch', good, bad, ...trust, '--prometheus'];
  const read = async (...more: string[]) => {
    const run = await sslkit([...words, ...more]);
    return { code: run.code, metrics: readExposition(run.stdout) };
  };
  const valuesOf = (metrics: readonly Metric[], name: string) => {
    const samples = metrics.find((metric) => metric.name === name)?.samples ?? [];
    return Object.fromEntries(samples.map(({ labels, value }) => [labels['target'], value]));
  };

  test('gives gauges by target, as the format has it', async () => {
    const { code, metrics } = await read();
    expect(code).toBe(9);
    expect(metrics.map(({ name }) => name)).toEqual([
      'sslkit_certificate_verified',
      'sslkit_certificate_not_after_seconds',
      'sslkit_chain_not_after_seconds',
      'sslkit_probe_exit_code',
      'sslkit_probe_duration_seconds',
    ]);
    for (const { type, help } of metrics) expect({ type, help }).toEqual({ type: 'gauge', help: expect.any(String) });
    expect(valuesOf(metrics, 'sslkit_certificate_verified')).toEqual({ [good]: 1, [bad]: 0 });
    expect(valuesOf(metrics, 'sslkit_probe_exit_code')).toEqual({ [good]: 0, [bad]: 9 });
    const ends = valuesOf(metrics, 'sslkit_certificate_not_after_seconds');
    expect(Object.keys(ends)).toEqual([good, bad]);
    expect(ends[good]).toBeGreaterThan(Date.now() / 1000);
    expect(ends[bad]).toBeLessThan(Date.now() / 1000);
    expect(Object.keys(valuesOf(metrics, 'sslkit_probe_duration_seconds'))).toEqual([good]);
  });

  test('tells changes with --state, from the second time on', async () => {
    const state = ['--state', join(makeFolder(), 'state.json')];
    expect(valuesOf((await read(...state)).metrics, 'sslkit_certificate_changed')).toEqual({});
    expect(valuesOf((await read(...state)).metrics, 'sslkit_certificate_changed')).toEqual({ [good]: 0, [bad]: 0 });
  });

  test('a target may hold whatever a URL does', () => {
    const target = 'a"b\\c:1';
    const facts = { certificate: null, firstToExpire: null, changed: null, problem: null, remedies: [], ms: null };
    const metrics = readExposition(formatPrometheus([{ target, outcome: 'unreachable', exitCode: 4, ...facts }]));
    expect(valuesOf(metrics, 'sslkit_probe_exit_code')).toEqual({ [target]: 4 });
  });

  test.each([
    ['a line feed that is missing', 'a 1'],
    ['a name that is none', '1a 1\n'],
    ['a value that is none', 'a one\n'],
    ['a label without quotes', 'a{b=c} 1\n'],
    ['a quote that is not escaped', 'a{b="c"d"} 1\n'],
    ['a backslash that escapes nothing', 'a{b="\\d"} 1\n'],
    ['a type behind the samples', 'a 1\n# TYPE a gauge\n'],
    ['a sample twice', 'a{b="c"} 1\na{b="c"} 2\n'],
    ['lines that are not together', 'a 1\nb 1\na{c="d"} 1\n'],
  ])('%s would be found', (_what, text) => {
    expect(() => readExposition(text)).toThrow();
  });
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
    if (rounds >= 2) child.kill('SIGINT');
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
    ['fewer days to warn than to alarm', ['localhost:1', '--warn-days', '3'], 2],
    ['days that are none', ['localhost:1', '--warn-days', 'soon'], 2],
    ['a protocol that is none', ['localhost:1', '--starttls', 'gopher'], 2],
    ['a proxy that is none', ['localhost:1', '--proxy', 'socks5://localhost'], 2],
    ['a key without its certificate', ['localhost:1', '--key', 'missing.pem'], 2],
    ['an empty list', [file('empty.pem')], 3],
    ['a directory', [makeFolder()], 2],
    ['a missing key', ['localhost:1', '--cert', 'missing.pem'], 3],
    ['no concurrency', ['localhost:1', '--concurrency', '0'], 2],
  ])('%s', async (_name, words, code) => {
    const run = await sslkit(['watch', ...words]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^sslkit: \S/);
    expect(run.stderr).not.toMatch(/\n {4}at /);
  });
});
