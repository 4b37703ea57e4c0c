import { authorityFile, certificateFiles } from '../peer-process.ts';
import { commandObstacle, type Daemon, makeFolder, startDaemon } from './daemon.ts';

/** Why Redis cannot be started here, or null where it can. */
export const redisObstacle: string | null = commandObstacle('redis-server', '--version');

/** Starts a Redis that speaks TLS alone, to clients with a certificate of our authority. */
export async function startRedis(): Promise<Daemon> {
  const { cert, key } = await certificateFiles('server');
  const authority = await authorityFile();
  const folder = makeFolder();
  return startDaemon((port) => ({
    command: 'redis-server',
    args: [
      ...['--bind', '127.0.0.1', '--port', '0', '--tls-port', String(port)],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', authority, '--tls-auth-clients', 'yes'],
      ...['--dir', folder, '--save', '', '--appendonly', 'no'],
    ],
    ready: /Ready to accept connections/,
    stopSignal: 'SIGKILL',
  }));
}
