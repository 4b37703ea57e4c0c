// The fuzz targets, over the built packages:
//
//   node fuzz/run.mjs [target …] [--seconds 10] [--seed S]     each target for so long; all of them by default
//   node fuzz/run.mjs --quick                                  the same few thousand iterations every time, for CI
//   node fuzz/run.mjs TARGET --seed S --iteration N            that one again; --count for those that follow
//
// Ends with 1 where an iteration threw what it must not, crashed or hung, and says how to run it again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TARGETS } from './targets.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string' },
    iteration: { type: 'string' },
    count: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
  },
});

const QUICK = { seed: 1, count: 1000, seconds: 60 };
const START = 30; // seconds that the process may need beside its iterations, with sanitizers

const names = positionals.length > 0 ? positionals : Object.keys(TARGETS);
const unknown = names.find((name) => !Object.hasOwn(TARGETS, name));
if (unknown !== undefined) {
  process.stderr.write(`No target ${unknown}; there are ${Object.keys(TARGETS).join(', ')}\n`);
  process.exit(2);
}

const seed = Number(values.seed ?? (values.quick ? QUICK.seed : Math.floor(Math.random() * 2 ** 31)));
const results = names.map(runTarget);
process.exitCode = results.every(Boolean) ? 0 : 1;

function runTarget(name) {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-fuzz-'));
  const state = join(folder, 'iteration');
  const { first, count, seconds } = chooseExtent();
  const start = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--expose-gc',
      join(dirname(fileURLToPath(import.meta.url)), 'campaign.mjs'),
      ...[name, seed, seconds, first, count, state].map(String),
    ],
    { encoding: 'utf8', timeout: 1000 * (seconds + START), killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
  );
  const taken = ((performance.now() - start) / 1000).toFixed(1);
  const iteration = readIteration(state);
  rmSync(folder, { recursive: true });
  if (status === 0) {
    process.stdout.write(`${name}: ${stdout.trim()} iterations in ${taken} s, seed ${seed}\n`);
    return true;
  }
  process.stdout.write(`${name}: ended by ${signal ?? `exit code ${status}`} in iteration ${iteration}\n${stderr}\n`);
  process.stdout.write(`Again: node fuzz/run.mjs ${name} --seed ${seed} --iteration ${iteration}\n`);
  return false;
}

function chooseExtent() {
  if (values.iteration !== undefined)
    return { first: Number(values.iteration), count: Number(values.count), seconds: 600 };
  if (values.quick) return { first: 0, count: QUICK.count, seconds: QUICK.seconds };
  return { first: 0, count: Number.MAX_SAFE_INTEGER, seconds: Number(values.seconds) };
}

function readIteration(path) {
  try {
    return readFileSync(path).readDoubleLE(0);
  } catch {
    return 'none: it did not start';
  }
}
