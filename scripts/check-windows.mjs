// Compiles what is only built on Windows, as far as a compiler for it is installed here (Debian: g++-mingw-w64-x86-64).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { root } from './root.mjs';

// The variant with POSIX threads: node-addon-api wants std::mutex, which the other one lacks.
const compiler = 'x86_64-w64-mingw32-g++-posix';
const headers = join(process.env.npm_config_nodedir ?? join(dirname(process.execPath), '..'), 'include/node');
const sources = ['windows-store.cc', 'late-bound.cc'];

if (spawnSync(compiler, ['--version']).status !== 0) skip(`${compiler} is not installed`);
if (!existsSync(headers)) skip("Node's headers are not beside its binary");

const context = join(root, 'packages', 'context');
const { include_dir: addonApi } = createRequire(join(context, 'package.json'))('node-addon-api');
// node-addon-api gives its folder relative to the current one.
const includes = [resolve(addonApi), headers, join(root, 'packages/bio/include')];
const defines = [
  'NAPI_VERSION=9',
  'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  'OPENSSL_API_COMPAT=30000',
  'OPENSSL_NO_DEPRECATED',
];

for (const source of sources) {
  const { status, stderr } = spawnSync(
    compiler,
    [
      '-std=c++17',
      '-Wall',
      '-fsyntax-only',
      ...defines.map((name) => `-D${name}`),
      ...includes.flatMap((folder) => ['-isystem', folder]),
      join(context, 'native', source),
    ],
    { encoding: 'utf8', cwd: context },
  );
  process.stdout.write(`${source}: ${status === 0 ? 'compiles' : 'does not compile'}\n${stderr}`);
  if (status !== 0) process.exitCode = 1;
}

function skip(reason) {
  process.stdout.write(`Skipped: ${reason}\n`);
  process.exit(0);
}
