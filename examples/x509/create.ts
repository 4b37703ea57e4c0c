// Makes an authority for development, and certificates of it.

// #region readme
import { writeFile } from 'node:fs/promises';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';

const authority = await createCertificateAuthority();
const server = await createCertificate({ authority, names: ['localhost', '127.0.0.1', '::1'] });
const client = await createCertificate({ authority, role: 'client', subject: 'alice' });

await writeFile('ca.pem', authority.certificatePem);
await writeFile('server.pem', server.chainPem);
await writeFile('server.key', server.privateKeyPem, { mode: 0o600 });
await writeFile('client.pem', client.chainPem);
await writeFile('client.key', client.privateKeyPem, { mode: 0o600 });
// #endregion
