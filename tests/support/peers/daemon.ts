import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { freePort } from '../peer-process.ts';

/** Whom a process runs as; by default whoever runs the tests. */
export interface Identity {
  uid: number;
  gid: number;
}

/** How a server is started. */
export interface DaemonOptions {
  command: string;
  args: string[];
  /** What its output, both kinds together, says once it accepts connections. */
  ready: RegExp;
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

// A sanitizer's runtime that was loaded into this process is not meant for its peers: some hang with it.
delete process.env['LD_PRELOAD'];

const PROBE_TIMEOUT = 20_000; // milliseconds for a command to say its version
const ATTEMPTS = 3; // a port that was free may be taken by the time a server asks for it
const daemons: Daemon[] = [];
const folders: string[] = [];

afterAll(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Like `describe`; where `obstacle` says why its peer cannot be had, the tests are skipped and their title says why. */
export function describePeer(title: string, obstacle: string | null, suite: () => void): void {
  describe.skipIf(obstacle !== null)(obstacle === null ? title : `${title} (skipped: ${obstacle})`, suite);
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
      await daemon.output(options.ready);
      return daemon;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function runDaemon(port: number, options: DaemonOptions): Daemon {
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
    stop: async () => {
      if (!hasEnded(child)) child.kill(stopSignal);
      await closed;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
