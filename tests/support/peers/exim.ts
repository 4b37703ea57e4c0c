import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../peer-process.ts';
import {
  commandObstacle,
  type Daemon,
  findAccount,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
} from './daemon.ts';

// The account that Debian's Exim gives up root for.
const identity = process.getuid?.() === 0 ? findAccount('Debian-exim') : null;

/** Why the mail server cannot be started here, or null where it can. */
export const eximObstacle: string | null = findObstacle();

/** A mail server: STARTTLS on `port`, TLS from the first byte on `tlsPort`. Debian builds it on GnuTLS. */
export interface Exim extends Daemon {
  tlsPort: number;
  /** Resolves to all mail so far, once that many messages have been delivered. */
  readMail(count: number): Promise<string>;
}

/** Starts an Exim that delivers everything it is given into one file. */
export async function startExim({ certificate, tls = true }: ServerOptions = {}): Promise<Exim> {
  if (identity === null) throw new Error(`No Exim: ${eximObstacle}`);
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const mail = join(folder, 'mail');
  let tlsPort = 0;
  const daemon = await startDaemon(async (port) => {
    tlsPort = await freePort();
    const configuration = `
      primary_hostname = localhost
      local_interfaces = 127.0.0.1
      daemon_smtp_ports = ${port} : ${tlsPort}
      tls_on_connect_ports = ${tlsPort}
      tls_advertise_hosts = ${tls ? '*' : ''}
      tls_certificate = ${cert}
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
