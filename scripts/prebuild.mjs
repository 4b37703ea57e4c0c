// Puts the add-ons of this platform where the published packages look for them: packages/*/prebuilds/<target>/<name>.node.
// With `--release`, refuses what would not run wherever Node 20 does. Only with Node 20, the lowest one supported: later
// headers can let in symbols that Node 20 lacks.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { listFiles } from './list-files.mjs';
import { root } from './root.mjs';

const lowestNode = 20;
const forRelease = process.argv.includes('--release');
const [major] = process.versions.node.split('.');
if (Number(major) !== lowestNode)
  fail(`Prebuilt binaries are made with Node ${lowestNode}, and this is ${process.version}`);

const musl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
const target = `${process.platform}-${process.arch}${musl ? '-musl' : ''}`;

// On Windows, connections go over streams: socket has no add-on there.
const packages = process.platform === 'win32' ? ['bio', 'context'] : ['bio', 'context', 'socket'];
for (const name of packages) {
  const folder = join(root, 'packages', name);
  const binaries = listFiles(join(folder, 'build', 'Release')).filter(
    (file) => file.endsWith('.node') && dirname(file) === join(folder, 'build', 'Release'),
  );
  if (binaries.length === 0) fail(`packages/${name} is not built: run \`npm run build\` first`);
  const prebuilds = join(folder, 'prebuilds', target);
  rmSync(prebuilds, { recursive: true, force: true });
  mkdirSync(prebuilds, { recursive: true });
  for (const binary of binaries) {
    const copy = join(prebuilds, basename(binary));
    copyFileSync(binary, copy);
    chmodSync(copy, 0o644);
    strip(copy);
    checkGlibc(copy);
    process.stdout.write(`${copy.slice(root.length + 1)} (${Math.ceil(statSync(copy).size / 1024)} KiB)\n`);
  }
}

/** Removes debugging and local symbols; Windows keeps them in a file of their own. */
function strip(file) {
  if (process.platform === 'win32') return;
  const options = process.platform === 'darwin' ? ['-x'] : ['--strip-unneeded'];
  const { status, error } = spawnSync('strip', [...options, file], { stdio: 'inherit' });
  if (status !== 0) fail(`strip failed on ${file}: ${error?.message ?? `exit code ${status}`}`);
}

/**
 * Node 20 itself needs glibc 2.28. What is released must not need a newer one, or it fails where Node runs; what is only
 * tried on this machine may, since a newer libc also gives old functions new versions.
 */
function checkGlibc(file) {
  if (process.platform !== 'linux' || musl) return;
  const { status, stdout } = spawnSync('objdump', ['-T', file], { encoding: 'utf8' });
  if (status !== 0) fail(`objdump failed on ${file}`);
  const newest = Math.max(...[...stdout.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  if (newest <= 28) return;
  const finding = `${file} needs glibc 2.${newest}, newer than Node 20's 2.28`;
  if (forRelease) fail(finding);
  process.stdout.write(`${finding}: not for release\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
