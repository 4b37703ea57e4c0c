import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Bundler {
  buildSync(options: Record<string, unknown>): { outputFiles: { contents: Uint8Array }[] };
}
// The bundler is tsup's, which builds the packages.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Bundler;

/** The path of a file below `packages`. */
export function sourceOf(path: string): string {
  return fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));
}

/**
 * Bundles a module of `@sslkit/x509` from the sources as a web page would, with the errors in it.
 *
 * @param contents - the module, which may import what is in `packages/x509`.
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
    alias: { '@sslkit/errors': sourceOf('errors/src/index.ts'), '@sslkit/x509': sourceOf('x509/src/index.ts') },
    ...options,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
