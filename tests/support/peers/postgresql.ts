import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { takeCertificate } from '../certificates.ts';
import {
  type Daemon,
  findAccount,
  type Identity,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
  writeFor,
} from './daemon.ts';

const PACKAGES = '/usr/lib/postgresql'; // where Debian keeps a folder for each major version, none of them on PATH
const binaries = findBinaries();
const identity = findIdentity();

/** The one account; its password is asked for by SCRAM-SHA-256. */
export const ACCOUNT = { user: 'tester', password: 'correct horse', database: 'postgres' } as const;

/** Why PostgreSQL cannot be started here, or null where it can. */
export const postgresqlObstacle: string | null = findObstacle();

/** How PostgreSQL is started. */
export interface PostgreSQLOptions extends ServerOptions {
  /** A cluster that no server is using, by its folder. Default: a new one. */
  cluster?: string | undefined;
}

/** Makes an empty cluster, which takes longer than to start its server; gives its folder. */
export function createCluster(): string {
  const { binaries, identity } = findServer();
  const folder = makeFolder(identity);
  const cluster = join(folder, 'data');
  const password = writeFor(identity, folder, 'password', ACCOUNT.password);
  execFileSync(
    join(binaries, 'initdb'),
    [
      ...['--pgdata', cluster, '--username', ACCOUNT.user, '--pwfile', password, '--encoding', 'UTF8', '--no-locale'],
      ...['--auth', 'scram-sha-256', '--no-sync'],
    ],
    { ...identity, stdio: 'ignore' },
  );
  return cluster;
}

/**
 * Starts a PostgreSQL, which refuses plaintext unless it is without TLS. Client certificates are verified where shown.
 */
export async function startPostgreSQL(options: PostgreSQLOptions = {}): Promise<Daemon> {
  const { certificate, tls = true, cluster = createCluster() } = options;
  const { binaries, identity } = findServer();
  const folder = makeFolder(identity);
  const write = (name: string, content: string) => writeFor(identity, folder, name, content);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const authority = write('authority.pem', (await takeCertificate('authority')).certificatePem);
  const access = write('pg_hba.conf', `${tls ? 'hostssl' : 'host'} all all 127.0.0.1/32 scram-sha-256\n`);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    hba_file: access,
    ssl: tls ? 'on' : 'off',
    ssl_cert_file: cert,
    ssl_key_file: key,
    ssl_ca_file: authority,
    fsync: 'off',
  };
  return startDaemon((port) => ({
    command: join(binaries, 'postgres'),
    args: [
      ...['-D', cluster, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    ready: /ready to accept connections/,
    identity,
    stopSignal: 'SIGQUIT', // immediate shutdown; SIGTERM waits for the clients
  }));
}

function findServer(): { binaries: string; identity: Identity } {
  if (binaries === null || identity === null) throw new Error(`No PostgreSQL: ${postgresqlObstacle}`);
  return { binaries, identity };
}

function findBinaries(): string | null {
  const packaged = existsSync(PACKAGES) ? readdirSync(PACKAGES).map((version) => join(PACKAGES, version, 'bin')) : [];
  const places = [...(process.env['PATH'] ?? '').split(delimiter), ...packaged];
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres'))) ?? null;
}

/** PostgreSQL refuses to run as root; Debian's package brings an account for it. */
function findIdentity(): Identity | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) return null;
  return uid === 0 ? findAccount('postgres') : { uid, gid };
}

function findObstacle(): string | null {
  if (binaries === null) return 'there is no PostgreSQL server';
  return identity === null ? 'PostgreSQL does not run as root, and there is no user postgres' : null;
}
