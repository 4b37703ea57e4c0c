import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { hasShell } from './support/peers.ts';

const run = async (shell: string, ...words: string[]) => (await promisify(execFile)(shell, words)).stdout;
const script = async (shell: string) => writeFiles({ script: (await sslkit(['completion', shell])).stdout })('script');

test.skipIf(!hasShell.bash)('bash completes verbs and options (skipped without bash)', async () => {
  const path = await script('bash');
  const complete = (line: string, word: number) =>
    run('bash', '-c', `source "$0"; COMP_WORDS=(${line}); COMP_CWORD=${word}; _sslkit; echo "\${COMPREPLY[*]}"`, path);
  expect(await complete('sslkit con', 1)).toBe('connect convert\n');
  expect(await complete('sslkit connect --star', 2)).toBe('--starttls\n');
  expect(await complete('sslkit watch --cip', 2)).toBe('\n');
});

test.skipIf(!hasShell.zsh)('zsh takes the script (skipped without zsh)', async () => {
  expect(await run('zsh', '-n', await script('zsh'))).toBe('');
});

test.skipIf(!hasShell.fish)('fish completes verbs (skipped without fish)', async () => {
  const path = await script('fish');
  expect(await run('fish', '-c', `source "${path}"; complete -C "sslkit con"`)).toMatch(/^connect\t/m);
});

test('every verb of the help is completed, with all its options', async () => {
  const { json } = await sslkitJson(['completion', 'bash']);
  const help = (await sslkit(['--help'])).stdout;
  for (const { name, options } of json.verbs) {
    expect(help).toContain(`  ${name} `);
    const own = (await sslkit([name, '--help'])).stdout;
    for (const { names } of options) for (const flag of names) expect(own).toContain(flag);
  }
});

test('an unknown shell ends with 2', async () => {
  expect(await sslkit(['completion', 'cmd'])).toMatchObject({ code: 2, stdout: '' });
});
