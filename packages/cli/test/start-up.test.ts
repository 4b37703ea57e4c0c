import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verbs } from '../src/verbs.ts';
import { makeAuthority } from './support/authority.ts';
import { main, sslkit } from './support/command.ts';
import { makeFolder } from './support/files.ts';

const { file } = await makeAuthority();

/** The files that a run of the command loads, as V8 counts them: what is loaded is what start-up costs. */
async function loadedBy(...words: string[]): Promise<string[]> {
  const folder = makeFolder();
  await sslkit(words, { env: { NODE_V8_COVERAGE: folder } });
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const urls: string[] = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
  return urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
}

const sizeOf = (files: readonly string[]) => files.reduce((size, file) => size + statSync(file).size, 0);

describe('start-up', () => {
  test.each([['--help'], ['--version'], ['connect --help']])(
    '%s loads the argument parser and little else',
    async (line) => {
      const files = await loadedBy(...line.split(' '));
      expect(files).toContain(main);
      const foreign = files.filter((file) => !file.startsWith(dirname(main)));
      expect(foreign.filter((file) => !file.includes('commander'))).toEqual([]);
      // The parser alone has 126,000 bytes.
      expect(sizeOf(files)).toBeLessThan(200_000);
    },
  );

  test.each([
    ['inspect', [file('server.pem')]],
    ['match', [file('server.pem'), 'localhost']],
    ['convert', [file('server.pem'), '--to', 'pem']],
  ])('%s of a file loads no OpenSSL of its own', async (verb, words) => {
    const files = await loadedBy(verb, ...words);
    expect(files.filter((path) => /packages\/(socket|context|bio)\//.test(path))).toEqual([]);
    expect(files.some((path) => /packages\/x509\//.test(path))).toBe(true);
  });

  test('what is loaded for a connection would be seen', async () => {
    const files = await loadedBy('connect', 'localhost:1', '--cafile', file('root.pem'));
    expect(files.some((path) => /packages\/context\//.test(path))).toBe(true);
  });
});

test.each([
  ['--help', 0],
  ['help', 0],
  ['--version', 0],
  ['-V', 0],
])('%s ends with %i', async (word, code) => {
  const run = await sslkit([word]);
  expect(run).toMatchObject({ code, stderr: '' });
  expect(run.stdout).not.toBe('');
});

test('nothing at all ends with 2 and shows the help on standard error', async () => {
  const run = await sslkit([]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('Usage: sslkit');
});

test.each(verbs.map(({ name }) => name))('%s has help with examples and exit codes', async (name) => {
  const run = await sslkit([name, '--help']);
  expect(run.code).toBe(0);
  expect(run.stdout.match(/^ {2}\$ .*sslkit /gm)?.length).toBeGreaterThanOrEqual(2);
  expect(run.stdout).toMatch(/^Exit codes:\n {2}0 /m);
  expect(run.stdout).toContain('--json');
  expect((await sslkit(['help', name])).stdout).toBe(run.stdout);
});

test('a verb that is misspelt is guessed', async () => {
  const run = await sslkit(['inspekt', 'x']);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('inspect');
});

test('the file runs by itself', () => {
  expect(spawnSync(process.execPath, [main, '--version']).status).toBe(0);
});
