// A copy of the working tree in which both add-ons are built with AddressSanitizer and UndefinedBehaviorSanitizer. A copy,
// because the loader takes what is in build/Release first: an instrumented add-on there would break every other run.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';

// vptr needs run-time type information, which add-ons are built without.
const FLAGS =
  '-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1';
const PACKAGES = ['errors', 'bio', 'x509', 'context', 'socket'];

/** The add-ons' package folders, as far as they exist. */
export const NATIVE_PACKAGES = ['bio', 'context', 'socket'].filter((name) =>
  existsSync(join(root, 'packages', name, 'binding.gyp')),
);

/** Why nothing can be instrumented here; undefined where it can. */
export function findObstacle() {
  if (process.platform !== 'linux') return 'the sanitizers are only set up for Linux';
  if (spawnSync('g++', ['--version']).status !== 0) return 'there is no g++';
  return existsSync(locateRuntime()) ? undefined : 'g++ has no libasan';
}

/** A shared library that has to be there before anything else of the process. */
export function locateRuntime() {
  return spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();
}

/**
 * Copies the tree and builds it.
 *
 * @param folder - kept and brought up to date where it exists; by default a new temporary one.
 * @returns the copy's root folder, and `remove`, which does nothing for a folder that was given.
 */
export function makeInstrumentedTree({ folder } = {}) {
  const tree = folder ?? mkdtempSync(join(tmpdir(), 'sslkit-sanitize-'));
  mkdirSync(tree, { recursive: true });
  copySources(tree);
  for (const name of NATIVE_PACKAGES) {
    run('node', ['../../scripts/build-native.mjs'], join(tree, 'packages', name), {
      CFLAGS: FLAGS,
      CXXFLAGS: FLAGS,
      LDFLAGS: FLAGS,
    });
  }
  for (const name of PACKAGES) {
    if (!existsSync(join(tree, 'packages', name, 'src'))) continue;
    // Types take longest and nobody reads them here.
    run('tsup', ['--config', '../../tsup.config.ts', '--no-dts', '--silent'], join(tree, 'packages', name));
  }
  return { tree, remove: () => folder === undefined && rmSync(tree, { recursive: true, force: true }) };
}

/**
 * Runs a program in the tree with the sanitizers' runtime loaded, and prints what it finds.
 *
 * @param options - of AddressSanitizer, beside those that always hold.
 * @returns the exit code of the program, and the text of every report.
 */
export function runInstrumented(tree, program, programArguments, { env = {}, options = [], lines = 'inherit' } = {}) {
  const reports = mkdtempSync(join(tmpdir(), 'sslkit-reports-'));
  const asan = [`log_path=${join(reports, 'asan')}`, 'abort_on_error=0', 'detect_odr_violation=0', ...options];
  const { status, signal } = spawnSync(program, programArguments, {
    cwd: tree,
    stdio: ['ignore', lines, 'inherit'],
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
      LD_PRELOAD: locateRuntime(),
      ASAN_OPTIONS: asan.join(':'),
      UBSAN_OPTIONS: `log_path=${join(reports, 'ubsan')}:print_stacktrace=1:halt_on_error=1`,
      SSLKIT_THOROUGH: '1', // the tests that vitest.config.ts leaves out of a quick run
      ...env,
    },
  });
  const text = readdirSync(reports)
    .map((name) => readFileSync(join(reports, name), 'utf8'))
    .join('\n');
  rmSync(reports, { recursive: true, force: true });
  return { status: signal === null ? status : signal, reports: text };
}

/** Everything that git would know, and the packages' own links; node_modules of the root is the original. */
function copySources(tree) {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  for (const path of stdout.toString().split('\0').filter(Boolean)) {
    if (!existsSync(join(root, path))) continue;
    const content = readFileSync(join(root, path));
    const copy = join(tree, path);
    // Only what differs, so that make compiles that in a kept folder: whichever of the two is the older.
    if (existsSync(copy) && readFileSync(copy).equals(content)) continue;
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, content);
  }
  if (!existsSync(join(tree, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const name of readdirSync(join(root, 'packages'))) {
    const links = join('packages', name, 'node_modules');
    if (!existsSync(join(root, links))) continue;
    // gyp takes no include path with a space in it, which that of the original may have: headers are copied.
    const headers = join(links, 'node-addon-api');
    const filter = (path) => path !== join(root, headers);
    cpSync(join(root, links), join(tree, links), { recursive: true, verbatimSymlinks: true, force: true, filter });
    if (existsSync(join(tree, headers)) || !existsSync(join(root, headers))) continue;
    cpSync(realpathSync(join(root, headers)), join(tree, headers), { recursive: true });
  }
}

function run(program, programArguments, cwd, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, programArguments, {
    cwd,
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}\n${stderr}\n`);
  throw new Error(`${program} ${programArguments.join(' ')} failed in ${cwd}`);
}
