import { addExamples, type DefineVerb, parseNumber } from '../verb.ts';
import type { TunnelOptions } from './tunnel/run.ts';

/** `sslkit tunnel`: lets a program without TLS reach a server with it. */
export const defineTunnel: DefineVerb = (command, { output, done }) => {
  command
    .argument('<target>', 'the TLS server: HOST:PORT')
    .option(
      '--port <port>',
      'where to listen for plaintext; 0 takes a free port',
      parseNumber('--port', { min: 0, max: 65_535, whole: true }),
      0,
    )
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--cafile <file>', 'trust the certificates of this file, and no others')
    .option('--capath <folder>', 'trust the certificates of this folder (names as openssl rehash makes them)')
    .option('--servername <name>', 'ask for this name and hold the certificate to it; default: the host')
    .option('--starttls <protocol>', 'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp or sieve')
    .option('--proxy <proxy>', 'go through an HTTP proxy: HOST:PORT or http://USER:PASSWORD@HOST:PORT')
    .option('--cert <file>', 'show this client certificate (PEM, DER or PKCS#12)')
    .option('--key <file>', 'its private key; default: in the file of --cert')
    .option('--password-file <file>', 'the password of an encrypted key; else SSLKIT_PASSWORD')
    .option('--tls <versions>', 'a version or a range, such as 1.2 or 1.0-1.3')
    .option('--alpn <protocols>', 'application protocols to offer, separated by commas')
    .option('--timeout <seconds>', 'for connecting and for the handshake', parseNumber('--timeout', { min: 0.001 }), 10)
    .option('--once', 'end after the first connection')
    .option('--json', 'tell what happens as lines of JSON (docs/json.md)')
    .action(async (target: string, options: TunnelOptions) => {
      const { openTunnel } = await import('./tunnel/run.ts');
      done(await openTunnel(target, options, output));
    });
  addExamples(command, [
    'sslkit tunnel db.example.org:6432 --port 5432',
    'sslkit tunnel mail.example.org --starttls imap --port 1143',
  ]);
};
