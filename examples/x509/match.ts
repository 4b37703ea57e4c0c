// Asks whether a certificate is for a host.

// #region readme
import { readFile } from 'node:fs/promises';
import { checkHost, checkIp, decodePem, matchHostname } from '@sslkit/x509';

const certificate = decodePem(await readFile('server.pem', 'utf8'));

// The rules that a connection is held to: those of OpenSSL.
console.log(checkHost(certificate, 'www.example.org')); // '*.example.org'
console.log(checkHost(certificate, 'example.net')); // undefined
console.log(checkIp(certificate, '0:0::1')); // '0:0:0:0:0:0:0:1'

// Python's function of old, message for message.
try {
  matchHostname(certificate, 'example.net');
} catch (error) {
  console.log(String(error));
}
// #endregion
