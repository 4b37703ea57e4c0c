import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CertificateName } from '../certificates.ts';
import { authorityFile, certificateFiles, type PeerProcess, startPeer } from '../peer-process.ts';
import { commandObstacle, makeFolder } from './daemon.ts';

const SOURCE = fileURLToPath(new URL('JavaPeer.java', import.meta.url));

/** Why Java cannot be used here, or null where it can. */
export const javaObstacle: string | null = commandObstacle('javac', '-version');

let classes: string | undefined;

/** What both sides take. */
export interface JavaOptions {
  /** Such as `TLS 1.3`. */
  version: string;
  certificate: CertificateName;
}

/** Starts a server, which answers each line in capital letters. */
export async function startJavaServer(options: JavaOptions): Promise<PeerProcess & { port: number }> {
  const peer = await startJava('server', options);
  return { ...peer, port: Number((await peer.output(/port (\d+)/))[1]) };
}

/** Starts a client, which connects so many times to `localhost` and sends a line each time. */
export async function startJavaClient(port: number, connections: number, options: JavaOptions): Promise<PeerProcess> {
  return startJava('client', options, String(port), String(connections));
}

async function startJava(role: string, options: JavaOptions, ...args: string[]): Promise<PeerProcess> {
  const { cert, key } = await certificateFiles(options.certificate);
  const version = options.version.replace(' ', 'v');
  classes ??= compile();
  return startPeer('java', [
    // The quickest start: what runs here ends soon.
    ...['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Djava.net.preferIPv4Stack=true'],
    ...['-cp', classes, 'JavaPeer', role, version, await authorityFile(), cert, key, ...args],
  ]);
}

/** Compiled once: it takes longer than everything that the classes do afterwards. */
function compile(): string {
  const folder = makeFolder();
  execFileSync('javac', ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-d', folder, SOURCE]);
  return folder;
}
