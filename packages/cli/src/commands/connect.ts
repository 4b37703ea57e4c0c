import { addExamples, CONNECTION_CODES, collect, type DefineVerb, parseNumber } from '../verb.ts';
import type { ConnectOptions } from './connect/run.ts';

/** `sslkit connect`: connects, verifies, and says what happened. */
export const defineConnect: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target>', 'HOST:PORT, [ADDRESS]:PORT or a URL; port 443 where none is given')
    .option('--cafile <file>', 'trust the certificates of this file, and no others')
    .option('--capath <folder>', 'trust the certificates of this folder (names as openssl rehash makes them)')
    .option('--servername <name>', 'ask for this name and hold the certificate to it; default: the host')
    .option('--no-strict', 'overlook rules of RFC 5280 that old certificates break')
    .option('--crl <file>', 'refuse a certificate that stands on a list in this file; may be repeated', collect)
    .option('--insecure', 'go on when the certificate is refused; the exit code still says why')
    .option('--http <path>', 'send a GET request for this path; the body goes to standard output')
    .option('-i, --interactive', 'let keyboard and server talk; ~? in a line of its own lists what else can be done')
    .option('--starttls <protocol>', 'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp or sieve')
    .option('--proxy <proxy>', 'go through an HTTP proxy: HOST:PORT or http://USER:PASSWORD@HOST:PORT')
    .option('--cert <file>', 'show this client certificate (PEM, DER or PKCS#12)')
    .option('--key <file>', 'its private key; default: in the file of --cert')
    .option('--password-file <file>', 'the password of an encrypted key; else SSLKIT_PASSWORD')
    .option('--tls <versions>', 'a version or a range, such as 1.2 or 1.0-1.3')
    .option('--ciphers <list>', 'cipher suites of TLS 1.2 and below, as an OpenSSL list')
    .option('--ciphersuites <list>', 'cipher suites of TLS 1.3, separated by colons')
    .option('--groups <list>', 'groups for key agreement, separated by colons')
    .option('--alpn <protocols>', 'application protocols to offer, separated by commas, such as h2,http/1.1')
    .option('--session <file>', 'resume the session in this file, and save the new one there')
    .option('--keylog <file>', 'append the secrets of the connection for Wireshark: who has them can read it')
    .option('--timeout <seconds>', 'for connecting and for the handshake', parseNumber('--timeout', { min: 0.001 }), 10)
    .option('--json', 'report as JSON (docs/json.md)')
    .action(async (target: string, options: ConnectOptions) => {
      const { connect } = await import('./connect/run.ts');
      done(await connect(target, options, output));
    });
  addExamples(
    command,
    [
      'sslkit connect example.org',
      'sslkit connect localhost:8443 --cafile ca.pem --json',
      'sslkit connect mail.example.org:25 --starttls smtp --interactive',
    ],
    CONNECTION_CODES,
  );
};
