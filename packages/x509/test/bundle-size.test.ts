// What reading a certificate adds to a web page, minified and gzipped.

import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundleForWeb, sourceOf } from '@sslkit/test-support/bundle.ts';
import { describe, expect, test } from 'vitest';

const KIB = 1024;

// What is published is one file a package: nothing at its top level may hold on to what is not used.
describe.each([
  ['from the sources', 'src/index.ts'],
  ['as published (needs dist)', 'dist/index.js'],
])('%s', (_, entry) => {
  const alias = Object.fromEntries(
    ['errors', 'x509'].map((layer) => [`@sslkit/${layer}`, sourceOf(`${layer}/${entry}`)]),
  );
  const isMissing = !Object.values(alias).every((path) => existsSync(path));

  /** The bytes of a page that imports `names` from the package. */
  const pageSize = (names: string): number => {
    const page = bundleForWeb(`export { ${names} } from '@sslkit/x509'`, { alias, minify: true });
    return gzipSync(page, { level: 9 }).length;
  };

  test.skipIf(isMissing)('decoding with the common names is 8 KiB or less', () => {
    expect(pageSize('decodeCertificateWithNames, commonNames')).toBeLessThanOrEqual(8 * KIB);
  });

  test.skipIf(isMissing)('decoding with all names is 16 KiB or less', () => {
    expect(pageSize('decodeCertificate')).toBeLessThanOrEqual(16 * KIB);
  });
});

test('the main entry needs no module of Node', () => {
  const page = bundleForWeb("export * from '@sslkit/x509'");
  expect(Buffer.from(page).toString('utf8')).not.toMatch(/(?:from|import|require)\s*\(?["']node:/);
});
