import type { Daemon, ServerOptions } from './daemon.ts';
import { dovecotObstacle, sieveObstacle, startDovecot } from './dovecot.ts';
import { eximObstacle, startExim } from './exim.ts';
import { mariadbObstacle, startMariadb } from './mariadb.ts';
import { createCluster, postgresqlObstacle, startPostgreSQL } from './postgresql.ts';
import { prosodyObstacle, startProsody } from './prosody.ts';
import { slapdObstacle, startSlapd } from './slapd.ts';
import { startVsftpd, vsftpdObstacle } from './vsftpd.ts';

/** A program that can be started here, and the protocols in which it turns TLS on by a command. */
export interface StarttlsServer {
  readonly name: string;
  readonly obstacle: string | null;
  /** By the words of `--starttls`. */
  readonly protocols: readonly { readonly name: string; readonly obstacle: string | null }[];
  /** Starts it; of one server no two may run at a time. Gives a port for each protocol. */
  readonly start: (options: ServerOptions) => Promise<Pick<Daemon, 'stop'> & { ports: readonly number[] }>;
}

/** Every server that turns TLS on by a command. A list belongs to the test file that asked for it. */
export function listStarttlsServers(): StarttlsServer[] {
  let cluster: string | undefined;
  return [
    {
      name: 'Dovecot',
      obstacle: dovecotObstacle,
      protocols: [
        { name: 'imap', obstacle: null },
        { name: 'pop3', obstacle: null },
        { name: 'sieve', obstacle: sieveObstacle },
      ],
      start: async (options) => {
        const { stop, port, pop3Port, sievePort } = await startDovecot(options);
        return { stop, ports: [port, pop3Port, sievePort] };
      },
    },
    ofOneProtocol('Exim', 'smtp', eximObstacle, startExim),
    ofOneProtocol('vsftpd', 'ftp', vsftpdObstacle, startVsftpd),
    ofOneProtocol('slapd', 'ldap', slapdObstacle, startSlapd),
    ofOneProtocol('MariaDB', 'mysql', mariadbObstacle, startMariadb),
    ofOneProtocol('Prosody', 'xmpp', prosodyObstacle, startProsody),
    ofOneProtocol('PostgreSQL', 'postgres', postgresqlObstacle, (options) => {
      cluster ??= createCluster();
      return startPostgreSQL({ ...options, cluster });
    }),
  ];
}

function ofOneProtocol(
  name: string,
  protocol: string,
  obstacle: string | null,
  start: (options: ServerOptions) => Promise<Daemon>,
): StarttlsServer {
  return {
    name,
    obstacle,
    protocols: [{ name: protocol, obstacle: null }],
    start: async (options) => {
      const { stop, port } = await start(options);
      return { stop, ports: [port] };
    },
  };
}
