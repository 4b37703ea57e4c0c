// Measures sslkit beside its peers and prints ratios. README.md says how to read them.
//
//   node bench/main.mjs [PART …] [--rounds N] [--json FILE] [--guard]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeFolder } from './certificates.mjs';
import { describeMachine } from './contenders.mjs';
import { bulk } from './parts/bulk.mjs';
import { decode } from './parts/decode.mjs';
import { growth } from './parts/growth.mjs';
import { handshakes, resumed } from './parts/handshakes.mjs';
import { importTime } from './parts/import-time.mjs';
import { memory } from './parts/memory.mjs';
import { messages } from './parts/messages.mjs';
import { tcpBulk, tcpConnect, tcpMemory, tcpPing, tcpStorm } from './parts/tcp.mjs';
import { formatGoals, formatMachine, formatPart, listRegressions } from './report.mjs';

const parts = {
  bulk,
  messages,
  handshakes,
  resumed,
  memory,
  growth,
  'tcp-bulk': tcpBulk,
  'tcp-ping': tcpPing,
  'tcp-connect': tcpConnect,
  'tcp-storm': tcpStorm,
  'tcp-memory': tcpMemory,
  decode,
  import: importTime,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, json: { type: 'string' }, guard: { type: 'boolean' } },
});
const rounds = Number(values.rounds);
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(
    `Usage: npm run bench -- [PART …] [--rounds N] [--json FILE] [--guard]; parts: ${Object.keys(parts)}\n`,
  );
  process.exit(2);
}

const folder = await makeFolder();
const machine = describeMachine();
const measured = [];
const about = {};
async function measure(name) {
  const { title, run } = parts[name];
  const results = [await run({ folder, rounds })].flat();
  for (const result of results) Object.assign(about, result.about);
  process.stdout.write(`${formatPart(title, results)}\n`);
  return { part: name, title, results };
}
for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) measured.push(await measure(name));
process.stdout.write(`${formatGoals(measured)}\n${formatMachine(machine, about)}`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, rounds, about, parts: measured }, null, 2)}\n`);
}
if (values.guard === true) {
  for (const suspect of measured) {
    let regressions = listRegressions([suspect]);
    // Whatever else the machine is doing passes; a lost optimization stays.
    if (regressions.length > 0) regressions = listRegressions([await measure(suspect.part)]);
    for (const line of regressions) process.stderr.write(`${line}\n`);
    if (regressions.length > 0) process.exitCode = 1;
  }
}
