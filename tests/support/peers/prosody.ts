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

const HOSTS = ['localhost', 'other.example'];
const identity = findUnprivileged();

/** Why Prosody cannot be started here, or null where it can. */
export const prosodyObstacle: string | null =
  commandObstacle('prosody', '--help') ??
  (identity === null ? 'Prosody does not run as root, and there is no nobody' : null);

/** Starts an XMPP server for `localhost` and `other.example`, which both show the same certificate. */
export async function startProsody({ certificate, tls = true }: ServerOptions = {}): Promise<Daemon> {
  if (identity === null) throw new Error(`No Prosody: ${prosodyObstacle}`);
  const folder = makeFolder(identity);
  const { cert, key } = await writeCredentials(identity, folder, certificate);
  return startDaemon((port) => {
    const configuration = `
      pidfile = "${join(folder, 'pid')}"
      data_path = "${folder}"
      certificates = "${folder}"
      log = { info = "*console" }
      interfaces = { "127.0.0.1" }
      c2s_ports = { ${port} }
      s2s_ports = { }
      modules_enabled = { "saslauth"${tls ? '; "tls"' : ''} }
      modules_disabled = { "s2s"${tls ? '' : '; "tls"'} }
      ssl = { certificate = "${cert}"; key = "${key}" }
      ${HOSTS.map((host) => `VirtualHost "${host}"`).join('\n')}
    `;
    return {
      command: 'prosody',
      args: ['--config', writeFor(identity, folder, 'prosody.cfg.lua', configuration), '-F'],
      ready: /Activated service 'c2s' on \[127\.0\.0\.1\]/,
      identity,
    };
  });
}
