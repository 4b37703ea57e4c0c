// What reading a certificate adds to a web page, minified and gzipped.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleForWeb, sourceOf } from '../../../tests/support/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The bytes of a page that imports `names` from a module. */
function pageSize(names: string, from: string): number {
  const page = bundleForWeb(`export { ${names} } from ${JSON.stringify(from)}`, { minify: true });
  return gzipSync(page, { level: 9 }).length;
}

/** The reading half in one file, as the build puts it together: nothing at its top level may hold on to what is not used. */
function buildReadingHalf(): string {
  const modules = ['asn1-object', 'certificate', 'decode', 'decode-certificate', 'oid', 'oid-names'];
  const built = bundleForWeb(modules.map((name) => `export * from './src/${name}.ts'`).join('\n'), {
    external: ['@sslkit/errors'],
    alias: {},
  });
  const path = join(folder, 'reading.js');
  writeFileSync(path, built);
  return path;
}

const KIB = 1024;

describe.each([
  ['from the sources', () => sourceOf('x509/src/index.ts')],
  ['from one built file', buildReadingHalf],
])('%s', (_, from) => {
  test('decoding with the common names is 8 KiB or less', () => {
    expect(pageSize('decodeCertificateWithNames, commonNames', from())).toBeLessThanOrEqual(8 * KIB);
  });

  test('decoding with all names is 16 KiB or less', () => {
    expect(pageSize('decodeCertificate', from())).toBeLessThanOrEqual(16 * KIB);
  });
});

test('the main entry needs no module of Node', () => {
  const page = bundleForWeb("export * from '@sslkit/x509'");
  expect(Buffer.from(page).toString('utf8')).not.toMatch(/(?:from|import|require)\s*\(?["']node:/);
});
