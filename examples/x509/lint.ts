// Says what is wrong with the certificates that a server sends.

// #region readme
import { readFile } from 'node:fs/promises';
import { lintBundle, readPemBundle } from '@sslkit/x509';

const { certificates } = readPemBundle(await readFile('server.pem'));
for (const { position, severity, rule, message } of lintBundle(certificates, 'webpki')) {
  console.log(`${position} ${severity} ${rule}: ${message}`);
}
// #endregion
