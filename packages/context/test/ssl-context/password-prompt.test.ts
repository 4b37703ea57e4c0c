import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { encryptPrivateKey } from '@sslkit/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';

// A terminal is one of a process: these run what is built in a process of its own.
const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const python = spawnSync('python3', ['--version']).status === 0;
const obstacle = !existsSync(built)
  ? ' (skipped: dist is not built)'
  : !python
    ? ' (skipped: there is no python3)'
    : '';
const PASSWORD = 'open sesame';

let folder = '';
beforeAll(async () => {
  const { certificatePem, privateKey } = await takeCertificate('server');
  folder = mkdtempSync(join(tmpdir(), 'sslkit-prompt-'));
  writeFileSync(join(folder, 'cert.pem'), certificatePem);
  const { privateKeyPem } = await encryptPrivateKey(privateKey, PASSWORD);
  writeFileSync(join(folder, 'key.pem'), privateKeyPem);
  writeFileSync(
    join(folder, 'load.mjs'),
    `import { PROTOCOL_TLS_SERVER, SSLContext } from ${JSON.stringify(built)};
const context = new SSLContext(PROTOCOL_TLS_SERVER);
try {
  context.loadCertChain(${JSON.stringify(join(folder, 'cert.pem'))}, ${JSON.stringify(join(folder, 'key.pem'))});
  console.log('loaded');
} catch (error) {
  console.log(error.code);
}
`,
  );
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** Runs the script on a terminal of its own, types `answer` when it is asked, and gives back what the terminal showed. */
function runOnTerminal(answer: string): string {
  const driver = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], sys.argv[2]])
shown = b''
asked = False
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if not asked and b'pass phrase:' in shown:
        asked = True
        while __import__('termios').tcgetattr(terminal)[3] & __import__('termios').ECHO:
            pass
        os.write(terminal, sys.argv[3].encode() + b'\\n')
os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
`;
  return execFileSync('python3', ['-c', driver, process.execPath, join(folder, 'load.mjs'), answer]).toString();
}

test.skipIf(obstacle !== '')(
  `an encrypted key asks for its password on a terminal, and does not show it${obstacle}`,
  () => {
    const shown = runOnTerminal(PASSWORD);
    expect(shown).toContain('loaded');
    expect(shown).not.toContain(PASSWORD);
  },
);

test.skipIf(obstacle !== '')(`a wrong answer on the terminal is refused${obstacle}`, () => {
  expect(runOnTerminal('wrong')).toContain('ERR_SSL_PEM_LIB');
});

test.skipIf(obstacle !== '')(`without a terminal nobody is asked${obstacle}`, () => {
  const { stdout } = spawnSync(process.execPath, [join(folder, 'load.mjs')], { encoding: 'utf8', stdio: 'pipe' });
  expect(stdout.trim()).toBe('ERR_SSL_PASSWORD_REQUIRED');
});
