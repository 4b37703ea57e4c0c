import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Bundler {
  buildSync(options: Record<string, unknown>): { outputFiles: { contents: Uint8Array }[] };
}
// The bundler is tsup's, which builds the packages.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Bundler;

// TEST_DIST=1 runs the same suite on what is published instead of on the sources.
const entry = process.env['TEST_DIST'] === '1' ? 'dist/index.js' : 'src/index.ts';

/** The path of a file below `packages`. */
export function sourceOf(path: string): string {
  return fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));
}

/**
 * Bundles a module that imports `@sslkit/x509` as a web page would, with the package and its errors in it.
 *
 * @param contents - the module; relative paths in it start at `packages/x509`.
 * @param options - more options of esbuild, in place of those here.
 */
export function bundleForWeb(contents: string, options: Record<string, unknown> = {}): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: sourceOf('x509'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    // No `node:` module is found on this platform: a page that needed one would not be built.
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'silent',
    alias: { '@sslkit/errors': sourceOf(`errors/${entry}`), '@sslkit/x509': sourceOf(`x509/${entry}`) },
    ...options,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
