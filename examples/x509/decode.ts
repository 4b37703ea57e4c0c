// Reads what a PEM file says.

// #region readme
import { readFile } from 'node:fs/promises';
import { Certificate, decodePem, readPemBundle } from '@sslkit/x509';

const pem = await readFile('server.pem', 'utf8');

// What getpeercert() gives in Python.
const { subject, notAfter, subjectAltName } = decodePem(pem);
console.log(subject, notAfter, subjectAltName);

// All of the file, and what the dictionary leaves out. Only what is asked for is decoded.
for (const { der, line } of readPemBundle(pem).certificates) {
  const { publicKey, extendedKeyUsage, basicConstraints } = new Certificate(der);
  console.log(line, publicKey?.algorithm, publicKey?.bits, extendedKeyUsage, basicConstraints);
}
// #endregion
