import { join } from 'node:path';
import {
  commandObstacle,
  type Daemon,
  findUnprivileged,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
  writeFor,
} from './daemon.ts';

const identity = findUnprivileged();

/** Why OpenLDAP's server cannot be started here, or null where it can. */
export const slapdObstacle: string | null =
  commandObstacle('slapd', '-VV') ?? (identity === null ? 'slapd is not run as root, and there is no nobody' : null);

/** Starts a directory with nothing in it but its own description: LDAP with StartTLS. Debian builds it on GnuTLS. */
export async function startSlapd({ certificate, tls = true }: ServerOptions = {}): Promise<Daemon> {
  if (identity === null) throw new Error(`No slapd: ${slapdObstacle}`);
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const lines = [
    `pidfile ${join(folder, 'pid')}`,
    ...(tls ? [`TLSCertificateFile ${cert}`, `TLSCertificateKeyFile ${key}`] : []),
  ];
  const configuration = writeFor(identity, folder, 'slapd.conf', `${lines.join('\n')}\n`);
  return startDaemon((port) => ({
    command: 'slapd',
    // Any level of debugging keeps it in the foreground; this one says when it starts.
    args: ['-f', configuration, '-h', `ldap://127.0.0.1:${port}/`, '-d', 'stats'],
    ready: /slapd starting/, // said once its ports are bound, and before it listens
    greeting: '', // in LDAP the client begins
    identity,
  }));
}
