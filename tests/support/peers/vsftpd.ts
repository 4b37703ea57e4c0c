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

/** Why the FTP server cannot be started here, or null where it can. */
export const vsftpdObstacle: string | null =
  commandObstacle('vsftpd', '-v') ?? (identity === null ? 'vsftpd is not run as root, and there is no nobody' : null);

/** Starts a vsftpd that shows an empty folder to everybody. With TLS it demands it: AUTH TLS, RFC 4217. */
export async function startVsftpd({ certificate, tls = true }: ServerOptions = {}): Promise<Daemon> {
  if (identity === null) throw new Error(`No vsftpd: ${vsftpdObstacle}`);
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const empty = makeFolder(identity);
  const settings = (banner: string, port: number) => ({
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: String(port),
    background: 'NO',
    run_as_launching_user: 'YES',
    seccomp_sandbox: 'NO', // with some kernels it ends the process that serves a connection
    ftpd_banner: banner,
    anonymous_enable: 'YES',
    anon_root: empty,
    secure_chroot_dir: empty,
    ssl_enable: tls ? 'YES' : 'NO',
    rsa_cert_file: cert,
    rsa_private_key_file: key,
    ssl_ciphers: 'HIGH',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    force_anon_data_ssl: 'YES',
  });
  return startDaemon((port) => {
    const banner = `sslkit at ${port}`;
    const lines = Object.entries(settings(banner, port)).map(([name, value]) => `${name}=${value}\n`);
    const configuration = writeFor(identity, folder, 'vsftpd.conf', lines.join(''));
    return { command: 'vsftpd', args: [configuration], greeting: `220 ${banner}`, identity };
  });
}
