import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCertificate } from '../../src/create/certificate.ts';
import { createCertificateAuthority } from '../../src/create/certificate-authority.ts';

test('a server certificate of an authority passes openssl verify -x509_strict', async () => {
  const authority = await createCertificateAuthority();
  const server = await createCertificate({ authority, names: ['localhost', '127.0.0.1', '::1'] });
  const folder = mkdtempSync(join(tmpdir(), 'x509-create-'));
  writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
  writeFileSync(join(folder, 'server.pem'), server.certificatePem);
  const output = execFileSync(
    'openssl',
    [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'localhost',
      '-CAfile',
      'ca.pem',
      'server.pem',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(output).toBe('server.pem: OK\n');
});
