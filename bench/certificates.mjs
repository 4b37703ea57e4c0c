// The folder that contenders take certificates and settings from. It lasts as long as the run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from '../packages/x509/dist/index.js';

/** The suites of TLS 1.3 that are compared, by the name they have in tables. */
export const SUITES = {
  'AES-128-GCM': 'TLS_AES_128_GCM_SHA256',
  'AES-256-GCM': 'TLS_AES_256_GCM_SHA384',
  ChaCha20: 'TLS_CHACHA20_POLY1305_SHA256',
};

const NAMES = ['localhost', '127.0.0.1'];

/** Makes the folder: `ca.pem`, `rsa.pem`, `rsa.key`, `ecdsa.pem`, `ecdsa.key`, and a file with a suite for OpenSSL. */
export async function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const authority = await createCertificate({ role: 'authority', subject: 'Benchmark CA' });
  const rsa = await createCertificate({ authority, names: NAMES, keyType: 'RSA-2048' });
  const ecdsa = await createCertificate({ authority, names: NAMES, keyType: 'P-256' });
  const files = {
    'ca.pem': authority.certificatePem,
    'rsa.pem': rsa.certificatePem,
    'rsa.key': rsa.privateKeyPem,
    'ecdsa.pem': ecdsa.certificatePem,
    'ecdsa.key': ecdsa.privateKeyPem,
  };
  for (const suite of Object.values(SUITES)) files[`${suite}.cnf`] = describeSuite(suite);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

/** How a program that has no call for it is made to use one suite of TLS 1.3: openssl's config(5). */
function describeSuite(suite) {
  return [
    'openssl_conf = init',
    '[init]',
    'ssl_conf = applications',
    '[applications]',
    'system_default = defaults',
    '[defaults]',
    `Ciphersuites = ${suite}`,
    '',
  ].join('\n');
}
