import type { PlainDialogue } from '../plain-dialogue.ts';
import { startLdap, startMysql, startPostgres } from './binary-protocols.ts';
import { startFtp, startImap, startPop3, startSieve, startSmtp, startXmpp } from './text-protocols.ts';

/** A protocol in which TLS is turned on by a command. */
export interface StarttlsProtocol {
  readonly name: string;
  readonly port: number;
  /** Leads the conversation up to where TLS starts. @param host - the name that the server is asked for */
  readonly start: (dialogue: PlainDialogue, host: string) => Promise<void>;
}

/** Every protocol that `--starttls` knows. */
export const starttlsProtocols: readonly StarttlsProtocol[] = [
  { name: 'smtp', port: 25, start: startSmtp },
  { name: 'imap', port: 143, start: startImap },
  { name: 'pop3', port: 110, start: startPop3 },
  { name: 'ftp', port: 21, start: startFtp },
  { name: 'ldap', port: 389, start: startLdap },
  { name: 'postgres', port: 5432, start: startPostgres },
  { name: 'mysql', port: 3306, start: startMysql },
  { name: 'xmpp', port: 5222, start: startXmpp },
  { name: 'sieve', port: 4190, start: startSieve },
];
