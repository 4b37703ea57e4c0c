// The iterations of one target, in a process of its own, which a finding may end: see run.mjs, which starts it.
//
// Before each iteration its number goes into the file that run.mjs gave, so that it is known whatever happens in it.
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeContexts } from './contexts.mjs';
import { Random } from './random.mjs';
import { TARGETS } from './targets.mjs';

const SLOW = 5000; // milliseconds that no iteration may take
const [name, seedText, secondsText, firstText, countText, statePath] = process.argv.slice(2);
const target = TARGETS[name];
const seed = Number(seedText);
const named = readCorpus(target.corpus);
const inputs = Object.values(named);
const contexts = await makeContexts();
const state = openSync(statePath, 'w');
const record = Buffer.alloc(8);

const deadline = performance.now() + 1000 * Number(secondsText);
const last = Number(firstText) + Number(countText);
let iteration = Number(firstText);
for (; iteration < last && performance.now() < deadline; iteration += 1) {
  record.writeDoubleLE(iteration);
  writeSync(state, record, 0, 8, 0);
  const start = performance.now();
  target.run({ random: new Random(seed, iteration), inputs, named, contexts });
  const taken = performance.now() - start;
  if (taken > SLOW) throw new Error(`Iteration ${iteration} took ${taken.toFixed(0)} ms`);
  // What V8 would collect at a time of its own; and the finalizers have their turn.
  if (iteration % 256 === 255) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
closeSync(state);
process.stdout.write(`${iteration - Number(firstText)}\n`);

function readCorpus(folder) {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'corpus', folder);
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((file) => [file, readFileSync(join(path, file))]),
  );
}
