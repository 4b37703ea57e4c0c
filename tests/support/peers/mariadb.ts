import { join } from 'node:path';
import {
  commandObstacle,
  type Daemon,
  findUnprivileged,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
} from './daemon.ts';

const identity = findUnprivileged();

/** Why MariaDB cannot be started here, or null where it can. */
export const mariadbObstacle: string | null =
  commandObstacle('mariadbd', '--no-defaults', '--version') ??
  (identity === null ? 'MariaDB is not run as root, and there is no nobody' : null);

/** Starts a MariaDB without any table, not even those of its accounts: it greets, and turns TLS on. */
export async function startMariadb({ certificate, tls = true }: ServerOptions = {}): Promise<Daemon> {
  if (identity === null) throw new Error(`No MariaDB: ${mariadbObstacle}`);
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const data = makeFolder(identity);
  return startDaemon((port) => ({
    command: 'mariadbd',
    args: [
      ...['--no-defaults', '--skip-grant-tables', '--skip-innodb', '--default-storage-engine=Aria'],
      ...[`--datadir=${data}`, `--socket=${join(data, 'socket')}`, `--pid-file=${join(data, 'pid')}`],
      ...['--bind-address=127.0.0.1', `--port=${port}`],
      ...(tls ? [`--ssl-cert=${cert}`, `--ssl-key=${key}`] : ['--skip-ssl']),
    ],
    ready: /ready for connections/,
    identity,
    stopSignal: 'SIGKILL', // there is nothing to save
  }));
}
