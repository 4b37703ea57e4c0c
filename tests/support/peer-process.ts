import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CertificateName, takeCertificate } from './certificates.ts';
import { whenWorkerEnds } from './worker-end.ts';

let folder: string | undefined;

/** True where `command` can be run here. */
export function canRun(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A peer in another process. */
export interface PeerProcess {
  /** Sends to its standard input. */
  write(text: string): void;
  /** Resolves when its output, both kinds together, has `pattern`; rejects when it ends without. */
  output(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Ends its standard input. */
  endInput(): void;
}

/** Starts a peer, which is killed when the test is over. */
export function startPeer(command: string, args: string[]): PeerProcess {
  const peer = spawn(command, args);
  onTestFinished(() => {
    peer.kill('SIGKILL');
  });
  let output = '';
  let ended = false;
  let changed = () => {};
  const append = (chunk: Buffer) => {
    output += chunk;
    changed();
  };
  peer.stdout.on('data', append);
  peer.stderr.on('data', append);
  peer.stdin.on('error', () => {});
  peer.on('close', () => {
    ended = true;
    changed();
  });
  return {
    write: (text) => peer.stdin.write(text),
    endInput: () => peer.stdin.end(),
    output: async (pattern) => {
      for (;;) {
        const match = output.match(pattern);
        if (match !== null) return match;
        if (ended) throw new Error(`${command} ended without ${pattern}: ${output}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
  };
}

/** Writes a file that is removed when this process ends, and gives its path. */
export function writeTemporary(name: string, content: string): string {
  folder ??= makeFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function makeFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sslkit-interop-'));
  whenWorkerEnds(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Paths of a certificate with its chain, and of its key. */
export async function certificateFiles(name: CertificateName): Promise<{ cert: string; key: string }> {
  const { chainPem, privateKeyPem } = await takeCertificate(name);
  return {
    cert: writeTemporary(`${name}.pem`, chainPem),
    key: writeTemporary(`${name}.key`, privateKeyPem),
  };
}

/** The path of the certificate of an authority. */
export async function authorityFile(name: CertificateName = 'authority'): Promise<string> {
  return writeTemporary(`${name}.pem`, (await takeCertificate(name)).certificatePem);
}

/** A port that was free a moment ago, for peers that cannot choose one by themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
