import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { verbs } from '../src/verbs.ts';
import { main, sslkit } from './support/command.ts';

/** The shortest of several runs, in milliseconds: what else the machine does only makes them longer. */
function time(...words: string[]): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, words, { stdio: 'ignore' });
    return performance.now() - start;
  });
  return Math.min(...times);
}

test('--help is there in less than twice the time of an empty script', () => {
  expect(time(main, '--help')).toBeLessThan(2 * time('-e', '0'));
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

test.each(verbs.map(({ name }) => name))('%s has help with examples', async (name) => {
  const run = await sslkit([name, '--help']);
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('Examples:');
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
