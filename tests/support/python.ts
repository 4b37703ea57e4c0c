import { spawnSync } from 'node:child_process';

/** Why CPython cannot be asked here, or null where it can. */
export const pythonObstacle: string | null = findObstacle();

/** Runs a script in CPython and gives back what it prints as JSON. */
export function askPython(script: string, ...parameters: string[]): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-I', '-c', script, ...parameters], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return JSON.parse(stdout);
}

function findObstacle(): string | null {
  const { error, stdout } = spawnSync('python3', ['-I', '-c', 'import ssl; print(ssl.OPENSSL_VERSION)'], {
    encoding: 'utf8',
  });
  if (error !== undefined) return 'there is no python3';
  return stdout.startsWith('OpenSSL 3.') ? null : 'its ssl module is not on OpenSSL 3';
}
