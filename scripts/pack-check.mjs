// Checks what is really published: packs every package, lints the tarballs, installs them with plain npm into an empty
// folder whose path has a space in it, and uses them from there with the prebuilt binary and no compiler on PATH.
// Run it after a build: `npm run build && node scripts/run.mjs node scripts/pack-check.mjs`
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { listFiles } from './list-files.mjs';
import { root } from './root.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'sslkit pack check '));
const packed = join(scratch, 'tarballs');
const consumer = join(scratch, 'a consumer');
const nodeAlone = join(scratch, 'only node');
const windows = process.platform === 'win32';
const fixtures = join(root, 'scripts', 'pack-check');
const packages = ['errors', 'bio', 'x509', 'context', 'socket', 'cli'];

try {
  if (process.versions.node.startsWith('20.')) run('prebuilt binaries', process.execPath, ['scripts/prebuild.mjs']);
  else say('prebuilt binaries: taken as they are, since this is not Node 20');
  const tarballs = packAll();
  for (const tarball of tarballs) {
    run(`publint ${basename(tarball)}`, 'publint', ['run', tarball, '--strict']);
    run(`attw ${basename(tarball)}`, 'attw', ['--profile', 'esm-only', '--no-emoji', tarball]);
  }
  installConsumer(tarballs);
  useConsumer();
  buildByHand(failWithoutBinary());
  say('The packages work as published');
} catch (error) {
  say(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function packAll() {
  mkdirSync(packed, { recursive: true });
  run('pack', 'pnpm', ['--recursive', '--filter=./packages/*', 'pack', '--pack-destination', packed]);
  const tarballs = readdirSync(packed).map((name) => join(packed, name));
  if (tarballs.length !== packages.length)
    throw new Error(`${packages.length} tarballs expected, ${tarballs.length} made`);
  return tarballs;
}

/** Plain npm, an empty folder, the default settings: install scripts are neither needed nor present. */
function installConsumer(tarballs) {
  cpSync(fixtures, consumer, { recursive: true });
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
  const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)];
  for (const [index, [, code]] of examples.entries()) writeFileSync(join(consumer, `readme-${index}.ts`), code);
  const npm = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs.map((path) => `"${path}"`)];
  run('npm install', npm.join(' '), [], { cwd: consumer, shell: true, env: withoutCompiler() });
  const manifests = listFiles(join(consumer, 'node_modules')).filter((path) => basename(path) === 'package.json');
  for (const name of packages) {
    const folder = join(consumer, 'node_modules', '@sslkit', name);
    if (!existsSync(join(folder, 'LICENSE'))) throw new Error(`@sslkit/${name} ships without its licence`);
    if (existsSync(join(folder, 'build'))) throw new Error(`@sslkit/${name} was compiled when it was installed`);
    const copies = manifests.filter((path) => path.endsWith(join('@sslkit', name, 'package.json')));
    if (copies.length !== 1) throw new Error(`@sslkit/${name} is installed ${copies.length} times`);
  }
}

function useConsumer() {
  const env = withoutCompiler();
  const options = { cwd: consumer, env };
  run('ES module', process.execPath, ['from-esm.mjs'], options);
  run('require() of CommonJS', process.execPath, ['from-cjs.cjs'], options);
  run('command', process.execPath, [join('node_modules', '@sslkit', 'cli', 'dist', 'main.js'), 'demo'], options);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const typeRoots = join(root, 'node_modules', '@types');
  const sources = readdirSync(consumer).filter((name) => name.endsWith('.ts'));
  for (const resolution of ['nodenext', 'bundler']) {
    const settings = ['--module', resolution === 'bundler' ? 'esnext' : 'nodenext', '--moduleResolution', resolution];
    const strict = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
    const types = ['--typeRoots', typeRoots, '--types', 'node'];
    run(`TypeScript, ${resolution}`, process.execPath, [tsc, ...settings, ...strict, ...types, ...sources], options);
  }
}

/** With neither a binary nor a compiler, one paragraph names the files looked for and the command that builds them. */
function failWithoutBinary() {
  const commands = ['context', 'bio'].map((name) => {
    rmSync(join(consumer, 'node_modules', '@sslkit', name, 'prebuilds'), { recursive: true, force: true });
    const title = `@sslkit/${name} without a binary`;
    return run(title, process.execPath, ['without-binary.mjs', `@sslkit/${name}`], {
      cwd: consumer,
      env: withoutCompiler(),
    });
  });
  return commands.map((command) => command.trim());
}

/** The sources in the tarballs and the command that the paragraph names are enough where there is a compiler. */
function buildByHand(commands) {
  const prefix = join(dirname(process.execPath), '..');
  const env = { ...process.env, npm_config_yes: 'true' };
  if (existsSync(join(prefix, 'include', 'node', 'node_api.h'))) env.npm_config_nodedir = prefix;
  for (const command of commands) run(command.replace(scratch, '…'), command, [], { cwd: consumer, shell: true, env });
  run('ES module, on binaries built by hand', process.execPath, ['from-esm.mjs'], { cwd: consumer });
}

/** A PATH with node, npm and a shell alone, so that nothing can be compiled on the way. */
function withoutCompiler() {
  if (windows) return process.env;
  if (!existsSync(nodeAlone)) {
    mkdirSync(nodeAlone);
    const found = spawnSync('sh', ['-c', 'command -v npm; command -v sh; command -v env'], { encoding: 'utf8' });
    for (const program of [process.execPath, ...found.stdout.trim().split('\n')]) {
      symlinkSync(program, join(nodeAlone, basename(program)));
    }
  }
  return { ...process.env, PATH: nodeAlone };
}

function run(title, program, programArguments, options = {}) {
  const settings = { cwd: root, encoding: 'utf8', shell: windows, ...options };
  const { status, stdout, stderr, error } = spawnSync(program, programArguments, settings);
  if (status !== 0) throw new Error(`✗ ${title}\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  say(`✓ ${title}`);
  return stdout;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
