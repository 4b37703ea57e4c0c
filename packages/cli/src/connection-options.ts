// The options of the verbs that connect, each told once; they only describe, so nothing heavy is loaded.
import type { Command } from 'commander';
import { collect, parseNumber } from './verb.ts';

/** Seconds; more than a timer of Node's can wait. */
export const LONGEST_TIMEOUT = 2_147_483;

/** Whom to trust. */
export function addTrustOptions(command: Command): Command {
  return command
    .option('--cafile <file>', 'trust the certificates of this file, and no others')
    .option('--capath <folder>', 'trust the certificates of this folder (names as openssl rehash makes them)');
}

/** How strictly a server's certificate is judged. */
export function addVerificationOptions(command: Command): Command {
  return addTrustOptions(command)
    .option('--no-strict', 'overlook rules of RFC 5280 that old certificates break')
    .option('--crl <file>', 'refuse a certificate that stands on a list in this file; may be repeated', collect);
}

/** The name that a server is asked for. */
export function addNameOption(command: Command): Command {
  return command.option('--servername <name>', 'ask for this name and hold the certificate to it; default: the host');
}

/** What lies between here and the server's TLS, and how long it may take. */
export function addRouteOptions(command: Command): Command {
  return command
    .option('--starttls <protocol>', 'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp or sieve')
    .option('--proxy <proxy>', 'go through an HTTP proxy: HOST:PORT or http://USER:PASSWORD@HOST:PORT')
    .option(
      '--timeout <seconds>',
      'for connecting, and again for the handshake',
      parseNumber('--timeout', { min: 0.001, max: LONGEST_TIMEOUT }),
      10,
    );
}

/** What a server is shown that wants a certificate. */
export function addIdentityOptions(command: Command): Command {
  return command
    .option('--cert <file>', 'show this client certificate (PEM, DER or PKCS#12)')
    .option('--key <file>', 'its private key; default: in the file of --cert, or the same name with .key')
    .option('--password-file <file>', 'the password of an encrypted key; else SSLKIT_PASSWORD');
}

/** What is offered in the handshake. */
export function addLimitOptions(command: Command): Command {
  return command
    .option('--tls <versions>', 'a version or a range, such as 1.2 or 1.0-1.3')
    .option('--ciphers <list>', 'cipher suites of TLS 1.2 and below, as an OpenSSL list')
    .option('--ciphersuites <list>', 'cipher suites of TLS 1.3, separated by colons')
    .option('--groups <list>', 'groups for key agreement, separated by colons')
    .option('--alpn <protocols>', 'application protocols to offer, separated by commas, such as h2,http/1.1')
    .option('--keylog <file>', 'append the secrets of the connection for Wireshark: who has them can read it');
}

/** All that a single connection can be told. */
export function addConnectionOptions(command: Command): Command {
  addNameOption(addVerificationOptions(command));
  addIdentityOptions(addRouteOptions(command));
  return addLimitOptions(command);
}

/** What only a verb that makes one connection and ends can do. */
export function addAttemptOptions(command: Command): Command {
  return command
    .option('--insecure', 'go on when the certificate is refused; the exit code still says why')
    .option('--session <file>', 'resume the session in this file, and save the new one there');
}
