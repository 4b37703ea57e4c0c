// Formats the C++ of the native packages as .clang-format says. `node scripts/format-native.mjs` checks and lists what
// differs; with `--write` it rewrites. clang-format comes as WebAssembly, so that every machine has the same version.
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { format } from '@wasm-fmt/clang-format';
import { listFiles } from './list-files.mjs';
import { root } from './root.mjs';

const write = process.argv.includes('--write');
const style = readFileSync(join(root, '.clang-format'), 'utf8');
const folders = ['bio', 'context', 'socket'].flatMap((name) => [
  join(root, 'packages', name, 'native'),
  join(root, 'packages', name, 'include'),
]);
const sources = folders
  .flatMap((folder) => listFiles(folder))
  .filter((file) => ['.cc', '.h', '.c'].includes(extname(file)));

let different = 0;
for (const file of sources) {
  const before = readFileSync(file, 'utf8');
  // A header is C++ here whatever its extension suggests.
  const after = format(before, 'main.cc', style);
  if (after === before) continue;
  different += 1;
  if (write) writeFileSync(file, after);
  process.stdout.write(`${write ? 'formatted' : 'not formatted'}: ${file.slice(root.length + 1)}\n`);
}
if (different > 0 && !write) {
  process.stdout.write('Run `node scripts/format-native.mjs --write`\n');
  process.exitCode = 1;
} else {
  process.stdout.write(`${sources.length} native files, ${different} ${write ? 'changed' : 'to change'}\n`);
}
