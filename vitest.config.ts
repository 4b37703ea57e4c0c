import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const layers = ['errors', 'bio', 'x509', 'context', 'socket', 'cli'];
// TEST_DIST=1 runs the same suite on what is published instead of on the sources.
const built = process.env['TEST_DIST'] === '1';
const entry = (layer: string, name: string) =>
  `${root}packages/${layer}/${built ? `dist/${name}.js` : `src/${name}.ts`}`;
const alias = [
  { find: '@sslkit/test-support', replacement: `${root}tests/support` },
  { find: '@sslkit/x509/node', replacement: entry('x509', 'node') },
  { find: '@sslkit/bio/addon-loader', replacement: entry('bio', 'addon-loader') },
  ...layers.map((layer) => ({ find: new RegExp(`^@sslkit/${layer}$`), replacement: entry(layer, 'index') })),
];
// Other programs, real time and a machine that is shared: CI tries what failed once more, and names what then passed
// (scripts/second-attempts.mjs). Whoever works on a test sees each failure.
const retry = process.env['CI'] === 'true' ? 1 : 0;
const shared = { pool: 'forks' as const, execArgv: ['--expose-gc'], testTimeout: 20_000, hookTimeout: 30_000, retry };

// Left out of `npm test`, which is to take seconds, and part of `npm run test:all` and of CI: what starts other programs,
// browsers and commands by the dozen, or makes objects by the hundred thousand. The files are relative to their project.
const thorough = process.env['SSLKIT_THOROUGH'] === '1';
const slow: Record<string, string[]> = {
  socket: ['test/{flat-memory,over-streams}.test.ts'],
  x509: ['test/create/**', 'test/{agreement,bundle-size,import-time,lint}.test.ts'],
  tests: ['browser/**', 'interop/**', 'lifetime/**'],
};
const exclude = (project: string) => (thorough ? [] : (slow[project] ?? []));
const include = (layer: string) => (layer === 'cli' && !thorough ? ['test/demo.test.ts'] : ['test/**/*.test.ts']);

// What measures memory or counts native calls wants a process of its own, as `bio` does; `socket` sets defaults for a file.
const alone = ['lifetime/**/*.test.ts', 'regression/**/*.test.ts'];

// Elsewhere nothing that one file does shows in another: their files share a worker, which saves a start of Node and the
// loading of every package for each.
const shareable = new Set(['errors', 'x509', 'context']);

export default defineConfig({
  test: {
    // Tests wait for their peers more than they compute; left alone, vitest starts one worker less than there are cores.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      ...layers.map((layer) => ({
        resolve: { alias },
        test: {
          ...shared,
          name: layer,
          root: `${root}packages/${layer}`,
          include: include(layer),
          exclude: exclude(layer),
          isolate: !shareable.has(layer),
        },
      })),
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'tests',
          root: `${root}tests`,
          include: ['**/*.test.ts'],
          exclude: [...alone, ...exclude('tests')],
          isolate: false,
        },
      },
      {
        resolve: { alias },
        // Not tried again: memory that the first attempt has taken would not grow in the second.
        test: { ...shared, retry: 0, name: 'alone', root: `${root}tests`, include: alone, exclude: exclude('tests') },
      },
    ],
  },
});
