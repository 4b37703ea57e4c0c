// Every check that does not run the product: two at a time, each one's output shown whole, in the order of the list.
//   node scripts/check.mjs [NAME …]   all, or the named ones
// Started by scripts/run.mjs, which puts node_modules/.bin on PATH.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

const script = (name) => `"${process.execPath}" "${join(root, 'scripts', name)}"`;
const checks = [
  ['types', 'tsc -p .'],
  ['promises', 'eslint --max-warnings=0 .'],
  ['format and lint', 'biome check --error-on-warnings .'],
  ['layers', 'turbo boundaries'],
  ['unused', 'knip --no-progress --treat-config-hints-as-errors'],
  ['native format', script('format-native.mjs')],
  ['public surface', script('check-public-surface.mjs')],
  ['tree', script('check-tree.mjs')],
  ['mapping', script('check-mapping.mjs')],
  ['windows', script('check-windows.mjs')],
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !checks.some(([known]) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`No such check: ${unknown.join(', ')}; there are ${checks.map(([name]) => name).join(', ')}\n`);
  process.exit(2);
}
const wanted = names.length === 0 ? checks : checks.filter(([name]) => names.includes(name));

const waiting = wanted.map(([name, command]) => {
  const check = { name, command };
  check.done = new Promise((resolve) => {
    check.finish = resolve;
  });
  return check;
});
const queue = [...waiting];
for (let lane = 0; lane < Math.max(2, availableParallelism()); lane += 1) void runQueue();

const failed = [];
for (const { name, done } of waiting) {
  const { code, output, seconds } = await done;
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)\n`);
  if (code !== 0) {
    failed.push(name);
    process.stdout.write(`${output.trimEnd().replace(/^/gm, '    ')}\n`);
  }
}
if (failed.length > 0) {
  process.stdout.write(`Checks that failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

async function runQueue() {
  for (let check = queue.shift(); check !== undefined; check = queue.shift())
    check.finish(await runCommand(check.command));
}

function runCommand(command) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString();
      resolve({ code: code ?? 1, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}
