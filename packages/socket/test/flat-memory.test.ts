import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { authority, serverCertificate } from './certificates.ts';

const script = fileURLToPath(new URL('many-connections.mjs', import.meta.url));
// A process of its own cannot load TypeScript: it takes what was built.
const isBuilt = existsSync(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
const COUNT = 1000; // connections; enough to tell a leak of one object in each from the noise

describe.skipIf(!isBuilt)(`memory${isBuilt ? '' : ' (skipped: the package is not built)'}`, () => {
  const limit = { timeout: 120_000 }; // a busy machine takes its time for thousands of handshakes
  test.each(['auto', 'stream'])('connections that are over leave nothing behind: %s', limit, async (transport) => {
    const { chainPem, privateKeyPem } = await serverCertificate;
    const root = (await authority).certificatePem;
    const task = JSON.stringify({ root, cert: chainPem, key: privateKeyPem, count: COUNT, transport });
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, task]);
    const { heap, external } = JSON.parse(stdout) as { heap: number; external: number };
    // The JavaScript of a connection is some 4 KiB, and an SSL that is not freed counts for 24.
    expect(heap).toBeLessThan(1024);
    expect(external).toBeLessThan(1024);
  });
});
