// What reading a certificate adds to a web page, minified and gzipped.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';

interface Bundler {
  buildSync(options: Record<string, unknown>): { outputFiles: { contents: Uint8Array }[] };
}
// The bundler is tsup's, which builds the package.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Bundler;

const sourceOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sslkit-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bundle(contents: string, options: Record<string, unknown>): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: sourceOf('x509'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    // No `node:` module is found on this platform: a page that needed one would not be built.
    platform: 'neutral',
    logLevel: 'silent',
    ...options,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** The bytes of a page that imports `names` from a module. */
function pageSize(names: string, from: string): number {
  const page = bundle(`export { ${names} } from ${JSON.stringify(from)}`, {
    minify: true,
    target: 'es2022',
    alias: { '@sslkit/errors': sourceOf('errors/src/index.ts') },
  });
  return gzipSync(page, { level: 9 }).length;
}

/** The reading half in one file, as the build puts it together: nothing at its top level may hold on to what is not used. */
function buildReadingHalf(): string {
  const modules = ['asn1-object', 'certificate', 'decode', 'decode-certificate', 'oid', 'oid-names'];
  const built = bundle(modules.map((name) => `export * from './src/${name}.ts'`).join('\n'), {
    target: 'node20',
    external: ['@sslkit/errors'],
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
  const page = bundle(`export * from ${JSON.stringify(sourceOf('x509/src/index.ts'))}`, {
    alias: { '@sslkit/errors': sourceOf('errors/src/index.ts') },
  });
  expect(Buffer.from(page).toString('utf8')).not.toMatch(/(?:from|import|require)\s*\(?["']node:/);
});
