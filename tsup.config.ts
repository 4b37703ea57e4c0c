import { defineConfig } from 'tsup';

// Shared by every package: each runs `tsup --config ../../tsup.config.ts` in its own folder.
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
  splitting: false,
  treeshake: false,
  removeNodeProtocol: false,
});
