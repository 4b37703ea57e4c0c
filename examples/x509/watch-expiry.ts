// Names the certificates that end soon.

// #region readme
import { readFile } from 'node:fs/promises';
import { Certificate, readPemBundle } from '@sslkit/x509';

const DAY = 86_400_000; // milliseconds
for (const path of ['server.pem', 'client.pem']) {
  for (const { der, line } of readPemBundle(await readFile(path)).certificates) {
    const { notAfter } = new Certificate(der);
    const daysLeft = ((notAfter?.getTime() ?? 0) - Date.now()) / DAY;
    if (daysLeft < 30) console.log(`${path}, line ${line}: ${Math.floor(daysLeft)} days left`);
  }
}
// #endregion
