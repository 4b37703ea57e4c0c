import { spawnSync } from 'node:child_process';

const runs = (program: string, ...words: string[]) => spawnSync(program, words, { stdio: 'ignore' }).status === 0;

/** Whether the machine has OpenSSL's command. */
export const hasOpenssl = runs('openssl', 'version');

/** Whether the machine has Python, whose `pty` module gives a terminal. */
export const hasPython = process.platform !== 'win32' && runs('python3', '-c', 'import pty');

/** Whether the machine has bash, zsh, fish. */
export const hasShell = {
  bash: runs('bash', '-c', 'true'),
  zsh: runs('zsh', '-c', 'true'),
  fish: runs('fish', '-c', 'true'),
};

/** A browser that runs without a screen; undefined where the machine has none. */
export const browser = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => runs(name, '--version'));

/** Whether the machine has curl. */
export const hasCurl = runs('curl', '--version');
