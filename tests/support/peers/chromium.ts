import { createHash, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type BrowserContext, chromium } from 'playwright-core';
import { type CertificateName, takeCertificate } from '../certificates.ts';
import { makeFolder } from './daemon.ts';

const PATH = '/usr/bin/chromium'; // where Debian's package puts it
// Nothing is to be fetched from anywhere, and containers have neither a user namespace nor a graphics card.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why Chromium cannot be started here, or null where it can. */
export const chromiumObstacle: string | null = existsSync(PATH) ? null : `there is no ${PATH}`;

/**
 * Starts a Chromium that accepts these certificates by their keys, since it has no file of authorities, and refuses all
 * others as ever. It takes this machine for every host of example.com. Whoever starts it closes it.
 */
export async function startChromium(accepted: CertificateName[]): Promise<BrowserContext> {
  const keys = await Promise.all(accepted.map(hashKey));
  const args = [
    ...FLAGS,
    `--ignore-certificate-errors-spki-list=${keys.join(',')}`,
    '--host-resolver-rules=MAP *.example.com 127.0.0.1',
  ];
  return chromium.launchPersistentContext(makeFolder(), { executablePath: PATH, args, headless: true });
}

async function hashKey(name: CertificateName): Promise<string> {
  const { publicKey } = new X509Certificate((await takeCertificate(name)).certificatePem);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
