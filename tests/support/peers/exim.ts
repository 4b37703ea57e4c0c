import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeCertificate } from '../certificates.ts';
import { freePort } from '../peer-process.ts';
import { commandObstacle, type Daemon, type Identity, makeFolder, startDaemon, writeFor } from './daemon.ts';

const identity = findIdentity();

/** Why the mail server cannot be started here, or null where it can. */
export const eximObstacle: string | null = findObstacle();

/** A mail server: STARTTLS on `port`, TLS from the first byte on `tlsPort`. Debian builds it on GnuTLS. */
export interface Exim extends Daemon {
  tlsPort: number;
  /** Resolves to all mail so far, once that many messages have been delivered. */
  readMail(count: number): Promise<string>;
}

/** Starts an Exim that delivers everything it is given into one file. */
export async function startExim(): Promise<Exim> {
  if (identity === null) throw new Error(`No Exim: ${eximObstacle}`);
  const folder = makeFolder(identity);
  const { chainPem, privateKeyPem } = await takeCertificate('server');
  const certificate = writeFor(identity, folder, 'server.pem', chainPem);
  const key = writeFor(identity, folder, 'server.key', privateKeyPem);
  const mail = join(folder, 'mail');
  let tlsPort = 0;
  const daemon = await startDaemon(async (port) => {
    tlsPort = await freePort();
    const configuration = `
      primary_hostname = localhost
      local_interfaces = 127.0.0.1
      daemon_smtp_ports = ${port} : ${tlsPort}
      tls_on_connect_ports = ${tlsPort}
      tls_advertise_hosts = *
      tls_certificate = ${certificate}
      tls_privatekey = ${key}
      spool_directory = ${join(folder, 'spool')}
      log_file_path = ${join(folder, '%slog')}
      pid_file_path = ${join(folder, 'pid')}
      keep_environment =
      acl_smtp_rcpt = accept
      acl_smtp_data = accept
      begin routers
      everything:
        driver = accept
        transport = file
      begin transports
      file:
        driver = appendfile
        file = ${mail}
    `;
    const path = join(folder, 'exim.conf');
    // Root's own, and readable for the processes that deliver: anything else Exim refuses.
    writeFileSync(path, configuration, { mode: 0o644 });
    return {
      command: 'exim4',
      // What it logs goes to standard error too with any debugging, of which this is the least.
      args: ['-C', path, '-bdf', '-d-all+load'],
      ready: /daemon running/,
    };
  });
  return {
    ...daemon,
    tlsPort,
    readMail: async (count) => {
      await daemon.output(new RegExp(`(Completed[^]*){${count}}`));
      return readFileSync(mail, 'utf8');
    },
  };
}

function findObstacle(): string | null {
  const missing = commandObstacle('exim4', '-bV');
  if (missing !== null) return missing;
  return identity === null ? 'Exim takes a configuration from root alone' : null;
}

/** The account that Debian's Exim gives up root for. */
function findIdentity(): Identity | null {
  if (process.getuid?.() !== 0) return null;
  try {
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, 'Debian-exim'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}
