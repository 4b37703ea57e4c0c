import type { CertificateName } from '../certificates.ts';
import { authorityFile, certificateFiles, type PeerProcess, startPeer } from '../peer-process.ts';
import { commandObstacle, type Daemon, startDaemon } from './daemon.ts';

/** Why GnuTLS cannot be used here, or null where it can. */
export const gnutlsObstacle: string | null =
  commandObstacle('gnutls-cli', '--version') ?? commandObstacle('gnutls-serv', '--version');

/** The priority string that leaves one version: see "Priority strings" in GnuTLS's manual. */
export function priorityOf(versionName: string): string {
  return `NORMAL:-VERS-ALL:+VERS-${versionName.replace(' ', '')}`;
}

/** Starts `gnutls-serv`, which sends each line back. It has no option for the address it listens at. */
export async function startGnutlsServer(certificate: CertificateName, ...args: string[]): Promise<Daemon> {
  const { cert, key } = await certificateFiles(certificate);
  return startDaemon((port) => ({
    command: 'gnutls-serv',
    args: ['--port', String(port), '--x509certfile', cert, '--x509keyfile', key, '--echo', ...args],
    ready: /listening on IPv4 .*done/,
    stopSignal: 'SIGKILL',
  }));
}

/** Starts `gnutls-cli`, which trusts our authority and sends the lines of its input. */
export async function startGnutlsClient(port: number, ...args: string[]): Promise<PeerProcess> {
  return startPeer('gnutls-cli', [
    ...['--port', String(port), '--sni-hostname', 'localhost', '--verify-hostname', 'localhost'],
    ...['--x509cafile', await authorityFile(), ...args, '127.0.0.1'],
  ]);
}

/** Options of either program that make it show a certificate of ours. */
export async function clientCertificateOptions(): Promise<string[]> {
  const { cert, key } = await certificateFiles('client');
  return ['--x509certfile', cert, '--x509keyfile', key];
}

/** Options that make `gnutls-serv` insist on certificates of our authority. */
export async function requireClientOptions(): Promise<string[]> {
  return ['--require-client-cert', '--verify-client-cert', '--x509cafile', await authorityFile()];
}
