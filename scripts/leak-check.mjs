// Looks for native memory that nobody frees, by LeakSanitizer under plain node: the workers of vitest end by a signal, and
// so without a report.
//
//   node scripts/leak-check.mjs            every way of using the packages, and 5,000 iterations of each fuzz target
//   node scripts/leak-check.mjs --quick    fewer of both, for CI
//   … --folder DIR                         the tree that scripts/sanitize.mjs --folder built
//
// A leak is planted first, which has to be found and to be all that is found; else the silence afterwards means nothing.
// Ends with 1 where there is a leak.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findObstacle, makeInstrumentedTree, runInstrumented } from './instrumented-tree.mjs';
import { root } from './root.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, folder: { type: 'string' } } });
const headers = join(process.env.npm_config_nodedir ?? join(dirname(process.execPath), '..'), 'include/node');

const obstacle = findObstacle() ?? (existsSync(headers) ? undefined : "Node's headers are not beside its binary");
if (obstacle !== undefined) {
  process.stdout.write(`Skipped: ${obstacle}\n`);
  process.exit(0);
}

step('Building with -fsanitize=address,undefined');
const { tree, remove } = makeInstrumentedTree(values);
const failures = [];

step('A planted leak');
const addon = buildPlantedLeak();
const planted = run('scripts/leak-exercise.mjs', '--plant', addon);
const leaks = planted.reports.split('\n\n').filter((block) => /^(Direct|Indirect) leak of/.test(block.trim()));
const isPlanted = (leak) => leak.includes('planted-leak');
if (leaks.some(isPlanted) && leaks.every(isPlanted)) process.stdout.write(`found, in ${leaks.length} reports\n`);
else fail('the planted leak, and nothing else, was to be found', planted);

step('Everything once');
const exercise = run('scripts/leak-exercise.mjs');
if (exercise.status !== 0 || exercise.reports !== '') fail('exercise', exercise);

for (const target of ['client', 'server', 'records', 'sessions', 'credentials']) {
  step(`Fuzz target ${target}`);
  const state = join(tree, `.${target}.iteration`);
  const count = values.quick ? '300' : '5000';
  const campaign = run('fuzz/campaign.mjs', target, '1', '600', '0', count, state);
  if (campaign.status !== 0 || campaign.reports !== '') fail(target, campaign);
}

remove();
process.stdout.write(
  failures.length === 0 ? 'No leaks but the planted one\n' : `Findings in: ${failures.join(', ')}\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function run(...programArguments) {
  return runInstrumented(tree, process.execPath, ['--expose-gc', ...programArguments], {
    options: ['detect_leaks=1'],
    env: {
      LSAN_OPTIONS: 'suppressions=scripts/leak-check/suppressions.txt:print_suppressions=0', // relative: the path may hold a space
      SSLKIT_ROUNDS: values.quick ? '5' : '40',
    },
  });
}

function buildPlantedLeak() {
  const output = join(tree, 'planted-leak.node');
  const source = join(root, 'scripts/leak-check/planted-leak.c');
  const options = ['-shared', '-fPIC', '-g', '-fno-omit-frame-pointer', `-I${headers}`, '-DNAPI_VERSION=9'];
  const { status, stderr } = spawnSync('gcc', [...options, source, '-o', output], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The planted leak does not compile: ${stderr}`);
  return output;
}

function fail(name, { status, reports }) {
  failures.push(name);
  process.stdout.write(`${name}: ended with ${status}\n${reports}\n`);
}

function step(title) {
  process.stdout.write(`\n== ${title} (${(performance.now() / 1000).toFixed(0)} s)\n`);
}
