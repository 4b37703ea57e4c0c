import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { type CertificateName, type Credentials, takeCredentials } from '../certificates.ts';
import { freePort } from '../peer-process.ts';
import { whenWorkerEnds } from '../worker-end.ts';

/** Whom a process runs as; by default whoever runs the tests. */
export interface Identity {
  uid: number;
  gid: number;
}

/** What all servers that can be started here can be told. */
export interface ServerOptions {
  /** Default: `server`. */
  certificate?: CertificateName | Credentials | undefined;
  /** Whether it has TLS at all, in a protocol that can do without. Default: true. */
  tls?: boolean | undefined;
}

/** How a server is started. */
export interface DaemonOptions {
  command: string;
  args: string[];
  /** What its output, both kinds together, says once it accepts connections. */
  ready?: RegExp | undefined;
  /** For a server that says nothing of the kind, or too early: how it greets whoever connects; '' if it does not. */
  greeting?: string | undefined;
  identity?: Identity | undefined;
  /** What makes it end at once. Default: `SIGTERM`. */
  stopSignal?: NodeJS.Signals | undefined;
}

/** A server in a process of its own, on 127.0.0.1. It is stopped after the tests of the file. */
export interface Daemon {
  readonly port: number;
  /** Resolves when its output has `pattern`; rejects when it ends without. */
  output(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

interface RunningDaemon extends Daemon {
  /** Resolves when it has greeted a connection with this; rejects when it ends without. */
  greeting(words: string): Promise<void>;
  /** Makes it end, without waiting for that. */
  signal(): void;
}

// A sanitizer's runtime that was loaded into this process is not meant for its peers: some hang with it.
delete process.env['LD_PRELOAD'];

const PROBE_TIMEOUT = 20_000; // milliseconds for a command to say its version
const ATTEMPTS = 3; // a port that was free may be taken by the time a server asks for it
const daemons: RunningDaemon[] = [];
const folders: string[] = [];

afterAll(cleanUp);
whenWorkerEnds(() => {
  for (const daemon of daemons) daemon.signal();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Stops all servers and removes all folders. */
async function cleanUp(): Promise<void> {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/**
 * Like `describe`; where `obstacle` says why its peer cannot be had, the tests are skipped and their title says why.
 * At its end all servers are stopped.
 */
export function describePeer(title: string, obstacle: string | null, suite: () => void): void {
  describe.skipIf(obstacle !== null)(obstacle === null ? title : `${title} (skipped: ${obstacle})`, () => {
    afterAll(cleanUp);
    suite();
  });
}

/** Why a command cannot be used here, or null where it can. */
export function commandObstacle(command: string, ...args: string[]): string | null {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: PROBE_TIMEOUT });
    return null;
  } catch {
    return `there is no ${command}`;
  }
}

/** Makes a folder that is removed after the tests of the file; only `owner` may look into it. */
export function makeFolder(owner?: Identity): string {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-peer-'));
  folders.push(folder);
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

/** Writes a file that only `owner` may read, and gives its path. */
export function writeFor(owner: Identity | undefined, folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, 0o600);
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  return path;
}

/**
 * Whom a server runs as that refuses to be root: whoever runs the tests, and `nobody` for root; null where there is no
 * such account.
 */
export function findUnprivileged(): Identity | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) return null;
  return uid === 0 ? findAccount('nobody') : { uid, gid };
}

/** The numbers of an account, or null where the machine does not know it. */
export function findAccount(name: string): Identity | null {
  const ask = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}

/** Writes a certificate with its chain and its key for `owner`, and gives their paths. */
export async function writeCredentials(
  owner: Identity | undefined,
  folder: string,
  certificate: CertificateName | Credentials = 'server',
): Promise<{ cert: string; key: string }> {
  const { chainPem, privateKeyPem } = await takeCredentials(certificate);
  return {
    cert: writeFor(owner, folder, 'server.pem', chainPem),
    key: writeFor(owner, folder, 'server.key', privateKeyPem),
  };
}

/** Starts a server on a free port and resolves when it accepts connections. */
export async function startDaemon(
  makeOptions: (port: number) => DaemonOptions | Promise<DaemonOptions>,
): Promise<Daemon> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const options = await makeOptions(port);
    const daemon = runDaemon(port, options);
    daemons.push(daemon);
    try {
      if (options.ready !== undefined) await daemon.output(options.ready);
      if (options.greeting !== undefined) await daemon.greeting(options.greeting);
      return daemon;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function runDaemon(port: number, options: DaemonOptions): RunningDaemon {
  const { command, args, identity, stopSignal = 'SIGTERM' } = options;
  const child = spawn(command, args, { ...identity, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let output = '';
  let changed = () => {};
  const append = (chunk: Buffer) => {
    output += chunk;
    changed();
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  child.once('close', () => changed());
  const signal = () => {
    if (!hasEnded(child)) child.kill(stopSignal);
  };
  return {
    port,
    output: async (pattern) => {
      for (;;) {
        const match = output.match(pattern);
        if (match !== null) return match;
        if (hasEnded(child)) throw new Error(`${command} ended without ${pattern}: ${output}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
    greeting: async (words) => {
      while (!(await readGreeting(port, words))) {
        if (hasEnded(child)) throw new Error(`${command} ended without ${words}: ${output}`);
      }
    },
    signal,
    stop: async () => {
      signal();
      await closed;
    },
  };
}

/** Whether what listens at a port, if anything does, begins with these words. */
async function readGreeting(port: number, words: string): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    if (words === '') return true;
    let greeting = '';
    for await (const chunk of socket.setEncoding('latin1')) {
      greeting += chunk;
      if (greeting.length >= words.length) break;
    }
    return greeting.startsWith(words);
  } catch {
    return false; // nothing listens yet
  } finally {
    socket.destroy();
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
