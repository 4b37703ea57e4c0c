import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

// Shared by every package: each runs `tsup --config ../../tsup.config.ts` in its own folder. `main` is a command's entry,
// `node` what needs Node in a package that otherwise runs in a browser too.
const entry = ['src/index.ts', 'src/main.ts', 'src/node.ts'].filter((path) => existsSync(path));
const { name } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  entry,
  format: ['esm'],
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
  splitting: false,
  treeshake: false,
  removeNodeProtocol: false,
  // Bundling turns a class that refers to itself into `X = class _X`: without this, its name would be `_X`.
  // x509 is bundled into web pages: kept names are calls that no bundler may drop, and its classes keep theirs without.
  keepNames: name !== '@sslkit/x509',
  // A second entry of a package imports the first by name: one copy of every class.
  external: [name],
});
