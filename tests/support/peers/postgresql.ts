import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { takeCertificate } from '../certificates.ts';
import { type Daemon, type Identity, makeFolder, startDaemon, writeFor } from './daemon.ts';

const PACKAGES = '/usr/lib/postgresql'; // where Debian keeps a folder for each major version, none of them on PATH
const binaries = findBinaries();
const identity = findIdentity();

/** The one account; its password is asked for by SCRAM-SHA-256. */
export const ACCOUNT = { user: 'tester', password: 'correct horse', database: 'postgres' } as const;

/** Why PostgreSQL cannot be started here, or null where it can. */
export const postgresqlObstacle: string | null = findObstacle();

/** Starts a PostgreSQL with an empty cluster, which refuses plaintext. Client certificates are verified where shown. */
export async function startPostgreSQL(): Promise<Daemon> {
  if (binaries === null || identity === null) throw new Error(`No PostgreSQL: ${postgresqlObstacle}`);
  const folder = makeFolder(identity);
  const data = join(folder, 'data');
  const write = (name: string, content: string) => writeFor(identity, folder, name, content);
  const { chainPem, privateKeyPem } = await takeCertificate('server');
  const certificate = write('server.pem', chainPem);
  const key = write('server.key', privateKeyPem);
  const authority = write('authority.pem', (await takeCertificate('authority')).certificatePem);
  const password = write('password', ACCOUNT.password);
  execFileSync(
    join(binaries, 'initdb'),
    [
      ...['--pgdata', data, '--username', ACCOUNT.user, '--pwfile', password, '--encoding', 'UTF8', '--no-locale'],
      ...['--auth', 'scram-sha-256', '--no-sync'],
    ],
    { ...identity, stdio: 'ignore' },
  );
  const access = write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    hba_file: access,
    ssl: 'on',
    ssl_cert_file: certificate,
    ssl_key_file: key,
    ssl_ca_file: authority,
    fsync: 'off',
  };
  return startDaemon((port) => ({
    command: join(binaries, 'postgres'),
    args: [
      ...['-D', data, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    ready: /ready to accept connections/,
    identity,
    stopSignal: 'SIGQUIT', // immediate shutdown; SIGTERM waits for the clients
  }));
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
  if (uid !== 0) return { uid, gid };
  try {
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}

function findObstacle(): string | null {
  if (binaries === null) return 'there is no PostgreSQL server';
  return identity === null ? 'PostgreSQL does not run as root, and there is no user postgres' : null;
}
