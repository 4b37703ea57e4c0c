import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { createCertificate, createCertificateAuthority, createCrl } from '@sslkit/x509';
import { afterAll, expect, test } from 'vitest';
import { sslkit } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { hasCurl, hasOpenssl } from './support/peers.ts';

const DAY = 86_400_000;
const root = await createCertificateAuthority({ subject: { CN: 'Test Root' } });
const authority = await createCertificateAuthority({ authority: root, subject: { CN: 'Test Intermediate' } });
const names = ['localhost'];
const incomplete = await createCertificate({ authority, names });
const revoked = await createCertificate({ authority, names });
const certificates = {
  good: await createCertificate({ authority, names }),
  expired: await createCertificate({ authority, names, notAfter: new Date(Date.now() - 5 * DAY) }),
  'self-signed': await createCertificate({ names }),
  'wrong-name': await createCertificate({ authority, names: ['other.example'] }),
  incomplete: { ...incomplete, chainPem: incomplete.certificatePem },
  revoked,
};
const { crlPem } = await createCrl({ authority, revoked: [{ certificate: revoked.certificate }] });
const file = writeFiles({
  'root.pem': root.certificatePem,
  'crl.pem': crlPem,
  ...Object.fromEntries(Object.entries(certificates).map(([name, { chainPem }]) => [`${name}.pem`, chainPem])),
  ...Object.fromEntries(
    Object.entries(certificates).map(([name, { privateKeyPem }]) => [`${name}.key`, privateKeyPem]),
  ),
});

const servers: ChildProcess[] = [];
afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `openssl s_server` with a certificate and resolves to its port when it listens. */
async function startServer(name: string): Promise<number> {
  const port = await freePort();
  const identity = ['-cert', file(`${name}.pem`), '-cert_chain', file(`${name}.pem`), '-key', file(`${name}.key`)];
  const server = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...identity, '-www', '-quiet'], {
    stdio: 'ignore',
  });
  servers.push(server);
  for (;;) {
    const socket = connectTcp(port, '127.0.0.1');
    const listens = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (listens) return port;
    if (server.exitCode !== null) throw new Error('openssl s_server did not start');
  }
}

/** Runs a program and resolves to its exit code. */
function exitCodeOf(program: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile(program, [...words], (error) => resolve(typeof error?.code === 'number' ? error.code : 0));
    child.stdin?.end();
  });
}

// The table of docs/comparison.md.
test.skipIf(!hasOpenssl || !hasCurl).each([
  ['good', 0, 0, 0],
  ['expired', 0, 60, 9],
  ['self-signed', 0, 60, 7],
  ['wrong-name', 0, 60, 8],
  ['incomplete', 0, 60, 7],
  ['revoked', 0, 60, 10],
] as const)(
  '%s: openssl s_client ends with %i, curl with %i, sslkit with %i (skipped without openssl or curl)',
  async (name, openssl, curl, ours) => {
    const port = await startServer(name);
    const isRevoked = name === 'revoked';
    const opensslWords = [
      's_client',
      '-connect',
      `localhost:${port}`,
      '-verify_hostname',
      'localhost',
      '-CAfile',
      file('root.pem'),
    ];
    const opensslCrl = isRevoked ? ['-crl_check', '-CRL', file('crl.pem')] : [];
    const curlCrl = isRevoked ? ['--crlfile', file('crl.pem')] : [];
    const ourCrl = isRevoked ? ['--crl', file('crl.pem')] : [];
    const url = `https://localhost:${port}/`;
    expect({
      openssl: await exitCodeOf('openssl', [...opensslWords, ...opensslCrl]),
      curl: await exitCodeOf('curl', ['-s', '-o', '/dev/null', '--cacert', file('root.pem'), ...curlCrl, url]),
      ours: (await sslkit(['connect', `localhost:${port}`, '--cafile', file('root.pem'), ...ourCrl])).code,
    }).toEqual({ openssl, curl, ours });
  },
);
