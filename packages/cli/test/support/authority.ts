import { createCertificate, createCertificateAuthority, createCrl } from '@sslkit/x509';
import { writeFiles } from './files.ts';

const DAY = 86_400_000; // milliseconds

/** A root, an intermediate below it, and leaves below that: one of each kind that the tests need. */
export async function makeAuthority() {
  const root = await createCertificateAuthority({ subject: { CN: 'Test Root' } });
  const intermediate = await createCertificateAuthority({ authority: root, subject: { CN: 'Test Intermediate' } });
  const [server, expired, client] = await Promise.all([
    createCertificate({ authority: intermediate, names: ['localhost', '127.0.0.1'] }),
    createCertificate({ authority: intermediate, names: ['localhost'], notAfter: new Date(Date.now() - 5 * DAY) }),
    createCertificate({ authority: intermediate, names: ['client'], role: 'client' }),
  ]);
  const revoked = [{ certificate: server.certificate, reason: 'keyCompromise' as const }];
  const { crlPem } = await createCrl({ authority: intermediate, revoked });
  const file = writeFiles({
    'root.pem': root.certificatePem,
    'root.key': root.privateKeyPem,
    'server.pem': server.chainPem,
    'server.key': server.privateKeyPem,
    'alone.pem': server.certificatePem,
    'intermediate.pem': intermediate.certificatePem,
    'expired.pem': expired.chainPem,
    'expired.key': expired.privateKeyPem,
    'client.pem': client.chainPem,
    'client.key': client.privateKeyPem,
    'crl.pem': crlPem,
    'server.der': server.certificate,
    'empty.pem': '',
    'garbage.pem': 'this is no PEM\n',
    'damaged.pem': server.certificatePem.replace(/\n(.{20})/, '\n$1!!!!'),
    'password.txt': 'secret\n',
    'wrong.txt': 'wrong\n',
  });
  return { root, intermediate, server, expired, client, crlPem, file };
}
