import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

// Shared by every package: each runs `tsup --config ../../tsup.config.ts` in its own folder. `main` is a command's entry,
// `node` what needs Node in a package that otherwise runs in a browser too.
const entry = ['src/index.ts', 'src/main.ts', 'src/node.ts', 'src/addon-loader.ts'].filter((path) => existsSync(path));
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
  // Not `keepNames`: its calls at the top level keep everything in the bundles of whoever uses a part. Without it a class that
  // refers to itself becomes `X = class _X` and goes by that name: tests/published holds that no public one does.
  // A second entry of a package imports the first by name: one copy of every class.
  external: [name],
});
