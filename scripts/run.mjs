// The one entry of every command: makes sure that the dependencies are installed, then runs what was asked for.
// Dependency-free, since it runs before anything is installed, and in a fresh clone with nothing but Node and npm.
//
//   node scripts/run.mjs demo [arguments]   build, then the command line tool's demonstration
//   node scripts/run.mjs test               build, then the tests that take seconds, of what has changed since they passed
//   node scripts/run.mjs test arguments     build, then the tests that take seconds; the arguments go to vitest
//   node scripts/run.mjs test-all [arguments]   build, then every test at full length
//   node scripts/run.mjs build              the add-ons and dist of every package
//   node scripts/run.mjs check [name …]     everything that is checked without running the product
//   node scripts/run.mjs bench [part …]     build, then the benchmark beside its peers
//   node scripts/run.mjs format             formats TypeScript, JSON and C++
//   node scripts/run.mjs PROGRAM [arguments]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './root.mjs';

const [job = 'test', ...rest] = process.argv.slice(2);
const windows = process.platform === 'win32';
// turbo refuses a relative bin folder on PATH; an absolute one also works from the packages' own folders.
process.env.PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
process.env.TURBO_TELEMETRY_DISABLED ??= '1';
process.env.DO_NOT_TRACK ??= '1';
// Part of turbo's key for the add-ons: one Node's binary is not taken from the cache for another Node.
process.env.SSLKIT_NATIVE_TARGET = `${process.platform}-${process.arch}-node${process.versions.node}`;

install();
const jobs = { build, demo: runDemo, test: runTests, 'test-all': runAllTests, check: runChecks, bench, format };
if (Object.hasOwn(jobs, job)) jobs[job]();
else run(job, rest);

/** pnpm leaves a byte-identical copy of the lockfile in node_modules: while it matches, there is nothing to install. */
function install() {
  const wanted = readFileSync(join(root, 'pnpm-lock.yaml'));
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  if (existsSync(installed) && readFileSync(installed).equals(wanted)) return;
  const options = ['install', '--frozen-lockfile', '--prefer-offline'];
  const local = join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  // It fails where it has to lay node_modules, and so itself, anew: when the store has moved with HOME, say.
  if (existsSync(local) && start(process.execPath, [local, ...options]) === 0) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Not corepack: Node 25 and later no longer bring it.
  run('npx', ['--yes', packageManager, ...options]);
}

function build() {
  run('turbo', ['run', 'build', '--output-logs=errors-only', '--log-order=grouped']);
}

function runDemo() {
  build();
  run(process.execPath, [join(root, 'packages', 'cli', 'dist', 'main.js'), 'demo', ...rest]);
}

function runTests() {
  // Test data that is too large to live here may lie beside the checkout; tests that want it skip where it is missing.
  const vectors = join(root, '..', 'shared', 'vectors');
  if (process.env.SSLKIT_VECTORS === undefined && existsSync(vectors)) process.env.SSLKIT_VECTORS = vectors;
  if (rest.length === 0 && process.env.SSLKIT_THOROUGH !== '1') return runChangedTests();
  build();
  run('vitest', ['run', ...rest]);
}

/**
 * A package whose sources, tests, dependencies, Node and peers are those of its last success is not tested again: turbo
 * shows what it printed then.
 */
function runChangedTests() {
  process.env.SSLKIT_TEST_PEERS = ['openssl', 'python3'].map(describeProgram).join(' ');
  const processors = Math.max(2, availableParallelism());
  run('turbo', ['run', 'test', 'test:across', '--continue', '--log-order=grouped', `--concurrency=${processors}`]);
  process.stdout.write(
    'Slow suites are left out and random tests are short here: `npm run test:all` runs everything, whatever has changed\n',
  );
}

/** Which file a program is, and since when: for turbo's key, as tests skip what needs a program that is not there. */
function describeProgram(name) {
  for (const folder of process.env.PATH.split(delimiter)) {
    const file = join(folder, name);
    if (existsSync(file)) return `${file}@${statSync(file).mtimeMs}`;
  }
  return `${name}:none`;
}

function runAllTests() {
  process.env.SSLKIT_THOROUGH = '1';
  runTests();
}

function runChecks() {
  run(process.execPath, [join(root, 'scripts', 'check.mjs'), ...rest]);
}

function bench() {
  build();
  run(process.execPath, [join(root, 'bench', 'main.mjs'), ...rest]);
}

function format() {
  run('biome', ['check', '--write', '.']);
  run(process.execPath, [join(root, 'scripts', 'format-native.mjs'), '--write']);
}

/** Runs a program in the root folder with this terminal, and ends this process when it fails. */
function run(program, programArguments) {
  const code = start(program, programArguments);
  if (code !== 0) process.exit(code);
}

/** Runs a program in the root folder with this terminal and returns its exit code. */
function start(program, programArguments) {
  // On Windows the programs of node_modules/.bin are batch files, which only a shell starts.
  const quoted = [program, ...programArguments].map((part) => (/[\s&|<>^"]/.test(part) ? JSON.stringify(part) : part));
  const options = { cwd: root, stdio: 'inherit' };
  const { status, signal, error } = windows
    ? spawnSync(quoted.join(' '), { ...options, shell: true })
    : spawnSync(program, programArguments, options);
  if (error !== undefined) process.stderr.write(`${program} did not start: ${error.message}\n`);
  if (signal) process.stderr.write(`${program} was ended by ${signal}\n`);
  return status ?? 1;
}
