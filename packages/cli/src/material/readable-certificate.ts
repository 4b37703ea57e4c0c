import { CertificateDecodeError, decodeCertificate } from '@sslkit/x509';
import { inputError } from '../failure.ts';
import type { Item } from './material.ts';

/**
 * Makes sure that certificates can be read, so that what comes later need not wonder.
 *
 * @param items - those of other kinds are passed over.
 * @param name - of the input, for the message of a failure.
 * @throws Failure with the exit code for input where one is damaged.
 */
export function requireReadable(items: readonly Item[], name: string): void {
  for (const { kind, der, line } of items) {
    if (kind !== 'certificate') continue;
    try {
      decodeCertificate(der);
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      const place = line === null ? name : `${name}, line ${line}`;
      throw inputError(`${place}: the certificate is damaged: ${error.message}`);
    }
  }
}
