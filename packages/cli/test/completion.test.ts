import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { hasPython, hasShell } from './support/peers.ts';
import { Terminal } from './support/terminal.ts';

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

describe.skipIf(!hasShell.bash || !hasPython)('bash in a terminal (skipped without bash or python3)', () => {
  test('completes verbs, options and files when Tab is pressed', async () => {
    const bash = new Terminal(['--norc', '--noprofile', '-i'], {}, ['bash']);
    bash.type(`bind 'set bell-style none'; source '${await script('bash')}'; ${PROMPT}`);
    await completeInTerminal(bash);
  });
});

describe.skipIf(!hasShell.zsh || !hasPython)('zsh in a terminal (skipped without zsh or python3)', () => {
  test('completes verbs, options and files when Tab is pressed', async () => {
    const zsh = new Terminal(['-f', '-i'], {}, ['zsh']);
    zsh.type(`autoload -Uz compinit; compinit -D -u; source '${await script('zsh')}'; ${PROMPT}`);
    await completeInTerminal(zsh);
  });

  test('completes from a folder of $fpath too', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, '_sslkit'), (await sslkit(['completion', 'zsh'])).stdout);
    const zsh = new Terminal(['-f', '-i'], {}, ['zsh']);
    zsh.type(`fpath=('${folder}' $fpath); autoload -Uz compinit; compinit -D -u; ${PROMPT}`);
    await completeInTerminal(zsh);
  });
});

describe.skipIf(!hasShell.fish)('fish (skipped without fish)', () => {
  const complete = async (line: string) =>
    run('fish', '--no-config', '-c', `source '${await script('fish')}'; complete -C '${line}'`);

  test('completes verbs with what they do', async () => {
    const lines = (await complete('sslkit con')).trim().split('\n');
    expect(lines.map((line) => line.split('\t')[0]).sort()).toEqual(['connect', 'convert']);
    expect(lines[0]).toMatch(/\t\S/);
  });

  test('completes the options of a verb, and not those of others', async () => {
    expect(await complete('sslkit connect --star')).toMatch(/^--starttls\t/);
    expect(await complete('sslkit watch --cip')).toBe('');
    expect(await complete('sslkit connect -')).toContain('-i\t');
  });

  test('completes files', async () => {
    const file = writeFiles({ 'server.pem': '' })('server.pem');
    expect(await complete(`sslkit inspect ${file.slice(0, -3).replaceAll(' ', '\\\\ ')}`)).toContain('server.pem');
  });
});

const PROMPT = `PS1='read''y> '\r`;

/** Presses Tab in a shell that has just been told its prompt, and ends it. */
async function completeInTerminal(shell: Terminal): Promise<void> {
  const file = writeFiles({ 'server.pem': '' })('server.pem');
  await shell.until('ready> ');
  // Twice: the first may only ring, or complete what is common.
  shell.type('sslkit con\t\t');
  await shell.until(/connect[\s\S]*convert/);
  shell.type('\u0015sslkit connect --starttl\t');
  await shell.until('--starttls');
  shell.type(`\u0015sslkit inspect ${dirname(file).replaceAll(' ', '\\ ')}/serv\t`);
  await shell.until('server.pem');
  shell.type('\u0015exit\r');
  expect(await shell.end()).toBe(0);
}

test('every verb of the help is completed, with all its options', async () => {
  const { json } = await sslkitJson(['completion', 'bash']);
  const help = (await sslkit(['--help'])).stdout;
  for (const { name, options } of json.verbs) {
    expect(help).toContain(`  ${name} `);
    const own = (await sslkit([name, '--help'])).stdout;
    for (const { names } of options) for (const flag of names) expect(own).toContain(flag);
  }
}, 60_000);

test('an unknown shell ends with 2', async () => {
  expect(await sslkit(['completion', 'cmd'])).toMatchObject({ code: 2, stdout: '' });
});
