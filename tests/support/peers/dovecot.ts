import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../peer-process.ts';
import {
  commandObstacle,
  type Daemon,
  findAccount,
  type Identity,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
  writeFor,
} from './daemon.ts';

const PROGRAMS = ['/usr/lib/dovecot', '/usr/libexec/dovecot', '/usr/local/libexec/dovecot']; // a place by distribution
const PROTOCOLS = ['imap', 'pop3']; // each is a package of its own at Debian's
const owner = findOwner();

/** The password of every account; it is taken below TLS alone. */
export const PASSWORD = 'correct-horse';

/** Why Dovecot cannot be started here, or null where it can. */
export const dovecotObstacle: string | null = findObstacle();

const hasSieve = hasProtocol('managesieve');

/** Why ManageSieve cannot be had of Dovecot here, or null where it can. */
export const sieveObstacle: string | null = dovecotObstacle ?? (hasSieve ? null : 'Dovecot lacks managesieve');

/** A mailbox server: IMAP with STARTTLS on `port`. */
export interface Dovecot extends Daemon {
  /** IMAP with TLS from the first byte. */
  imapsPort: number;
  /** POP3 with STLS. */
  pop3Port: number;
  /** ManageSieve with STARTTLS; nothing listens there where Dovecot lacks it. */
  sievePort: number;
}

/** Whom the server runs as; Dovecot wants the names and the kernel the numbers. */
interface Owner extends Identity {
  user: string;
  group: string;
}

/** Starts a Dovecot in which every account exists and has an empty mailbox. */
export async function startDovecot({ certificate, tls = true }: ServerOptions = {}): Promise<Dovecot> {
  if (owner === null) throw new Error(`No Dovecot: ${dovecotObstacle}`);
  const { uid, gid, user, group } = owner;
  const identity = { uid, gid };
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  const mail = join(folder, 'mail');
  let [imapsPort, pop3Port, sievePort] = [0, 0, 0];
  const daemon = await startDaemon(async (port) => {
    imapsPort = await freePort();
    pop3Port = await freePort();
    sievePort = await freePort();
    // One account for everything, and no chroot: that needs no root.
    const configuration = `
      base_dir = ${join(folder, 'run')}
      state_dir = ${join(folder, 'state')}
      log_path = /dev/stderr
      protocols = ${PROTOCOLS.join(' ')} ${hasSieve ? 'sieve' : ''}
      listen = 127.0.0.1
      default_internal_user = ${user}
      default_login_user = ${user}
      default_internal_group = ${group}
      first_valid_uid = ${uid}
      first_valid_gid = ${gid}
      mail_location = maildir:${mail}/%u
      ssl = ${tls ? 'required' : 'no'}
      ssl_cert = <${cert}
      ssl_key = <${key}
      service anvil {
        chroot =
      }
      service imap-login {
        chroot =
        inet_listener imap {
          port = ${port}
        }
        inet_listener imaps {
          port = ${tls ? imapsPort : 0}
        }
      }
      service pop3-login {
        chroot =
        inet_listener pop3 {
          port = ${pop3Port}
        }
        inet_listener pop3s {
          port = 0
        }
      }
      service managesieve-login {
        chroot =
        inet_listener sieve {
          port = ${sievePort}
        }
      }
      passdb {
        driver = static
        args = password=${PASSWORD}
      }
      userdb {
        driver = static
        args = uid=${uid} gid=${gid} home=${mail}/%u
      }
    `;
    return {
      command: 'dovecot',
      args: ['-F', '-c', writeFor(identity, folder, 'dovecot.conf', configuration)],
      ready: /starting up for/, // said once all ports are bound
      identity,
      stopSignal: 'SIGKILL', // SIGTERM is now and then followed by six seconds; the other processes end with the first
    };
  });
  return { ...daemon, imapsPort, pop3Port, sievePort };
}

function findObstacle(): string | null {
  const missing = commandObstacle('dovecot', '--version');
  if (missing !== null) return missing;
  const version = execFileSync('dovecot', ['--version'], { encoding: 'utf8' }).trim();
  // Since 2.4 it is configured in other words: https://doc.dovecot.org/main/installation/upgrade/2.3-to-2.4.html
  if (!version.startsWith('2.3.')) return `Dovecot ${version} does not take the configuration of 2.3`;
  for (const protocol of PROTOCOLS) {
    if (!hasProtocol(protocol)) return `Dovecot lacks ${protocol}`;
  }
  return owner === null ? 'Dovecot is not run as root, and there is no user dovecot' : null;
}

function hasProtocol(protocol: string): boolean {
  return PROGRAMS.some((place) => existsSync(join(place, `${protocol}-login`)));
}

/** Whoever runs the tests; for root the account that the package brings. */
function findOwner(): Owner | null {
  if (process.getuid === undefined) return null;
  const user = process.getuid() === 0 ? 'dovecot' : userInfo().username;
  const identity = findAccount(user);
  if (identity === null) return null;
  return { ...identity, user, group: execFileSync('id', ['-gn', user], { encoding: 'utf8' }).trim() };
}
