// Runs everything that touches native code under AddressSanitizer and UndefinedBehaviorSanitizer:
//
//   node scripts/sanitize.mjs            every suite over the add-ons, then the fuzz targets for half a minute each
//   node scripts/sanitize.mjs --quick    the add-ons' own suites and a short run of each fuzz target, for CI
//   … --folder DIR                       builds there and keeps it, so that the next run compiles only what changed
//
// Ends with 1 where a sanitizer reports something or a test fails.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findObstacle, makeInstrumentedTree, runInstrumented } from './instrumented-tree.mjs';
import { listFiles } from './list-files.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, folder: { type: 'string' } } });

const obstacle = findObstacle();
if (obstacle !== undefined) {
  process.stdout.write(`Skipped: ${obstacle}\n`);
  process.exit(0);
}

// Left out: what measures memory and time, which a sanitized process has otherwise; and what is TypeScript alone.
const LEFT_OUT = /(^|\/|external-|flat-)memory\.test\.ts$|\/idna\//;
// Of the tests that need several packages only these: the others hold us to peers, which would be sanitized too.
const suites = [
  ['bio', 'packages/bio/test'],
  ['context', 'packages/context/test'],
  ...(values.quick ? [] : [['socket', 'packages/socket/test']]),
  ...(values.quick ? [] : [['alone', 'tests/lifetime']]),
  ...(values.quick ? [] : [['tests', 'tests/conformance']]),
];

step('Building with -fsanitize=address,undefined');
const { tree, remove } = makeInstrumentedTree(values);
const failures = [];

for (const [project, folder] of suites) {
  const files = listFiles(join(tree, folder)).filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file));
  if (files.length === 0) continue;
  step(`Tests of ${folder}`);
  // Leaks are scripts/leak-check.mjs: workers of vitest end by a signal, and so without a report.
  const options = ['--project', project, '--reporter', 'dot', '--testTimeout', '120000', '--hookTimeout', '120000'];
  check(folder, 'vitest', ['run', ...options, ...files]);
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

function step(title) {
  process.stdout.write(`\n== ${title} (${(performance.now() / 1000).toFixed(0)} s)\n`);
}
