// Runs the whole suite on what is published (TEST_DIST=1) with every supported major version of Node, the add-ons being
// the same binaries throughout. `node scripts/run.mjs node scripts/test-node-versions.mjs [MAJOR …]`
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './root.mjs';

const majors = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];
const platform = process.platform === 'win32' ? 'win' : process.platform;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'sslkit-node-versions-'));
const rows = [];

for (const major of majors) {
  const node = findNode(major);
  const report = join(scratch, `${major}.json`);
  const env = { ...process.env, TEST_DIST: '1', PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const again = `--reporter=${join(root, 'scripts', 'second-attempts.mjs')}`;
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, again];
  const { status, stdout, stderr } = spawnSync(node, [vitest, 'run', ...reporters], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const versions = JSON.parse(capture(node, ['-p', 'JSON.stringify(process.versions)']));
  const count = capture(process.execPath, [join(root, 'scripts', 'count-tests.mjs'), report]);
  rows.push(`Node ${versions.node}, OpenSSL ${versions.openssl}: ${count}`);
  const second = stdout.indexOf('Passed only when tried again');
  if (status !== 0) {
    process.stdout.write(`${stdout}\n${stderr}\n`);
    process.exitCode = 1;
  } else if (second >= 0) {
    process.stdout.write(stdout.slice(second));
  }
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`${rows.join('\n')}\n`);

/** The binary of a major version: this process's own, or one that comes from the package that carries it. */
function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(root, 'node_modules', '.cache', 'node-versions', major);
  const node = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const npm = ['npm', 'install', ...options, `${name}@${major}`];
  const { status } = spawnSync(npm.join(' '), { cwd: folder, stdio: 'inherit', shell: true });
  if (status !== 0 || !existsSync(node)) throw new Error(`Node ${major} could not be installed from ${name}@${major}`);
  return node;
}

function capture(program, programArguments) {
  const { stdout } = spawnSync(program, programArguments, { encoding: 'utf8' });
  return stdout.trim();
}
