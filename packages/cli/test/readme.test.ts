import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { main } from './support/command.ts';
import { makeFolder } from './support/files.ts';
import { hasShell } from './support/peers.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const session = /^```console\n(.*?)^```/ms.exec(readme)?.[1] ?? '';

/** What differs from run to run becomes one and the same. */
function level(text: string): string {
  return text
    .replaceAll(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, 'FINGERPRINT')
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE')
    .replaceAll(/[\d.]+ ms/g, 'N ms')
    .replaceAll(/localhost:\d+|127\.0\.0\.1:\d+/g, 'PLACE');
}

test.skipIf(!hasShell.bash)('the session of the README is what happens (skipped without bash)', async () => {
  const cwd = makeFolder();
  const program = join(cwd, 'sslkit');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(program, 0o755);
  const commands = session.match(/^\$ .*/gm) ?? [];
  const lines = commands.map((command) => {
    const line = command.slice(2);
    // A server in the background takes a free port, and is waited for until it has said where it listens.
    return line.endsWith('&')
      ? `exec 3< <(${line.slice(0, -1).replace('8443', '0')}); read -r place <&3; echo "$place"; server=$!`
      : line.replaceAll('8443', `\${place##*:}`);
  });
  const env = { ...process.env, PATH: `${cwd}${delimiter}${process.env['PATH'] ?? ''}` };
  const shell = spawn('bash', ['-c', `exec 2>&1\n${lines.join('\n')}\nkill $server`], { cwd, env, stdio: 'pipe' });
  let seen = '';
  shell.stdout.on('data', (bytes) => {
    seen += bytes;
  });
  await once(shell, 'close');
  // What is talk about files and connections is left out of the README.
  const isTalk = (line: string) => /^(ca|server): |^PLACE (connected|failed)/.test(line);
  const happened = level(seen)
    .split('\n')
    .filter((line) => !isTalk(line));
  const told = level(session)
    .split('\n')
    .filter((line) => !line.startsWith('$ '));
  expect(happened).toEqual(told);
});
