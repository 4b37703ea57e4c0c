import { addExamples, CONNECTION_CODES, type DefineVerb, parseNumber } from '../verb.ts';
import type { ExplainOptions } from './explain/run.ts';

/** `sslkit explain`: draws a handshake and says why it came out as it did. */
export const defineExplain: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target...>', 'HOST:PORT, [ADDRESS]:PORT or a URL; two of them with --diff')
    .option('--diff', 'compare what two servers do')
    .option('--html <file>', 'write the same as a page that needs nothing else')
    .option('--force', 'overwrite the page')
    .option('--details', 'tell everything that is in each message')
    .option('--cafile <file>', 'trust the certificates of this file, and no others')
    .option('--capath <folder>', 'trust the certificates of this folder (names as openssl rehash makes them)')
    .option('--servername <name>', 'ask for this name and hold the certificate to it; default: the host')
    .option('--no-strict', 'overlook rules of RFC 5280 that old certificates break')
    .option('--starttls <protocol>', 'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp or sieve')
    .option('--proxy <proxy>', 'go through an HTTP proxy: HOST:PORT or http://USER:PASSWORD@HOST:PORT')
    .option('--cert <file>', 'show this client certificate (PEM, DER or PKCS#12)')
    .option('--key <file>', 'its private key; default: in the file of --cert')
    .option('--password-file <file>', 'the password of an encrypted key; else SSLKIT_PASSWORD')
    .option('--tls <versions>', 'a version or a range, such as 1.2 or 1.0-1.3')
    .option('--ciphers <list>', 'cipher suites of TLS 1.2 and below, as an OpenSSL list')
    .option('--ciphersuites <list>', 'cipher suites of TLS 1.3, separated by colons')
    .option('--groups <list>', 'groups for key agreement, separated by colons')
    .option('--alpn <protocols>', 'application protocols to offer, separated by commas', 'h2,http/1.1')
    .option('--keylog <file>', 'append the secrets of the connection for Wireshark: who has them can read it')
    .option('--timeout <seconds>', 'for connecting and for the handshake', parseNumber('--timeout', { min: 0.001 }), 10)
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (targets: string[], options: ExplainOptions) => {
      const { explain } = await import('./explain/run.ts');
      done(await explain(targets, options, output));
    });
  addExamples(
    command,
    [
      'sslkit explain example.org',
      'sslkit explain example.org --html handshake.html',
      'sslkit explain --diff www.example.org new.example.org',
    ],
    [...CONNECTION_CODES, '12 --diff: the servers differ'],
  );
};
