// Runs everything that touches native code under AddressSanitizer and UndefinedBehaviorSanitizer:
//
//   node scripts/sanitize.mjs            every suite over the add-ons, then the fuzz targets for half a minute each
//   node scripts/sanitize.mjs --quick    the add-ons' own suites and a short run of each fuzz target, for CI
//   … --folder DIR                       builds there and keeps it, so that the next run compiles only what changed
//
// Ends with 1 where a sanitizer reports something or a test fails.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findObstacle, makeInstrumentedTree, runInstrumented } from './instrumented-tree.mjs';
import { root } from './root.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, folder: { type: 'string' } } });

const obstacle = findObstacle();
if (obstacle !== undefined) {
  process.stdout.write(`Skipped: ${obstacle}\n`);
  process.exit(0);
}

// What these measure (memory, time) is not what a sanitized process has.
const MEASURING = ['**/memory.test.ts', '**/external-memory.test.ts', '**/flat-memory.test.ts'];
// The others under tests/ hold us to peers, whose processes would be sanitized too.
const suites = [['bio'], ['context'], ...(values.quick ? [] : [['socket'], ['tests', 'lifetime']])];

step('Building with -fsanitize=address,undefined');
const { tree, remove } = makeInstrumentedTree(values);
const failures = [];

for (const [suite, ...filter] of suites.filter(hasTests)) {
  step(`Tests of ${[suite, ...filter].join('/')}`);
  // Leaks are scripts/leak-check.mjs: workers of vitest end by a signal, and so without a report.
  const vitest = [
    'run',
    ...filter,
    '--project',
    suite,
    '--reporter',
    'dot',
    '--testTimeout',
    '120000',
    '--hookTimeout',
    '120000',
  ];
  check(suite, 'vitest', [...vitest, ...MEASURING.flatMap((pattern) => ['--exclude', pattern])]);
}
step('Fuzz targets');
check('fuzz', 'node', ['fuzz/run.mjs', ...(values.quick ? ['--quick'] : ['--seconds', '30'])]);

remove();
process.stdout.write(failures.length === 0 ? 'No findings\n' : `Findings in: ${failures.join(', ')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function check(name, program, programArguments) {
  const options = ['detect_leaks=0', 'quarantine_size_mb=64'];
  const { status, reports } = runInstrumented(tree, program, programArguments, { options });
  if (reports !== '') process.stdout.write(`${reports}\n`);
  if (status !== 0 || reports !== '') failures.push(name);
}

function hasTests([suite]) {
  const folder = suite === 'tests' ? join(root, 'tests') : join(root, 'packages', suite, 'test');
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => name.endsWith('.test.ts'));
}

function step(title) {
  process.stdout.write(`\n== ${title} (${(performance.now() / 1000).toFixed(0)} s)\n`);
}
