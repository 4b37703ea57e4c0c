import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Certificate, type CertificateIssuer } from '@sslkit/x509';
import { inputError, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { recognize } from '../../material/material.ts';
import { publicHalf } from '../../material/private-key.ts';
import { requireReadable } from '../../material/readable-certificate.ts';
import type { PasswordOptions } from '../../password.ts';
import { readPrivateKey } from './key.ts';

/**
 * Reads the authority that signs: its certificate, those above it in the same file, and its key.
 *
 * @throws Failure with the exit code for input where they cannot be read or do not belong together.
 */
export function readAuthority(options: PasswordOptions & { ca?: string; caKey?: string }): CertificateIssuer {
  const { ca } = options;
  if (ca === undefined) throw usageError('an authority is needed: --ca FILE');
  const name = describeInput(ca);
  const { items } = recognize(readInputFile(ca), name);
  requireReadable(items, name);
  const certificates = items.filter(({ kind }) => kind === 'certificate').map(({ der }) => der);
  const [certificate] = certificates;
  if (certificate === undefined) throw inputError(`--ca: ${name} holds no certificate`);
  const keyPath = options.caKey ?? (items.some(({ kind }) => kind === 'privateKey') ? ca : guessKeyPath(ca));
  const privateKey = readPrivateKey(keyPath, options);
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  const shown = new X509Certificate(certificate);
  if (!publicHalf(key).equals(publicHalf(shown.publicKey)))
    throw inputError(`${keyPath} is not the key of the certificate in ${name}`);
  if (!shown.ca) throw inputError(`${name}: the certificate is not that of an authority`);
  return { certificate, privateKey, chain: certificates.filter((der) => !isRoot(der)) };
}

function isRoot(der: Uint8Array): boolean {
  const { subject, issuer } = new Certificate(der);
  return JSON.stringify(subject) === JSON.stringify(issuer);
}

function guessKeyPath(ca: string): string {
  const path = `${ca.replace(/\.(pem|crt|cer)$/, '')}.key`;
  if (existsSync(path)) return path;
  throw inputError(`the private key of ${ca} is neither in it nor in ${path}`, 'Name it with --ca-key FILE.');
}
