// Builds the add-on of the package in the current folder with node-gyp, against the headers of the Node that runs this.
// Those headers are beside the binary in most installs, so that no network and no HOME are needed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(join(process.cwd(), 'package.json'));
const nodeGyp = join(dirname(require.resolve('node-gyp/package.json')), 'bin/node-gyp.js');
const prefix = join(dirname(process.execPath), '..');
const env = { ...process.env };
if (existsSync(join(prefix, 'include/node/node_api.h'))) env.npm_config_nodedir = prefix;

// Not `rebuild`: make compiles again only what changed, and also what is now compiled with other flags or headers.
const args = [nodeGyp, 'configure', 'build', '--release', `--jobs=${env.JOBS ?? 'max'}`, ...process.argv.slice(2)];
const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
if (signal !== null) process.stderr.write(`${fileURLToPath(import.meta.url)}: node-gyp ended by ${signal}\n`);
process.exit(status ?? 1);
