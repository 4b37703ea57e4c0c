// The child's side of a contender that is written in JavaScript: one line in, one line out. README.md lists the commands.
import { createInterface } from 'node:readline';

/**
 * Answers commands until standard input ends.
 *
 * @param about - what the contender is, with versions.
 * @param commands - functions by name; each gets the words that follow its name and gives what is answered.
 */
export async function answerCommands(about, commands) {
  process.stdout.write(`ready ${about}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...words] = line.split(' ');
    process.stdout.write(`${await commands[name](...words)}\n`);
  }
}

/**
 * Runs `work` and gives the seconds of CPU time that this process took for it, then those on the wall.
 *
 * All threads count, so collecting garbage is paid for by whoever makes it. None is collected by hand before: the
 * collector's threads would go on while the clock runs.
 */
export async function takeTime(work) {
  const wall = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return `${(user + system) / 1e6} ${Number(process.hrtime.bigint() - wall) / 1e9}`;
}

/**
 * Keeps what one kind of command works on until another kind is asked for, so that many short turns open nothing anew.
 *
 * @param close - called with what is kept no longer.
 * @returns a function that gives what is kept under a key, made by its second argument where it is not yet.
 */
export function makeKeeper(close) {
  let kept = null;
  return async (key, make) => {
    if (kept?.key === key) return kept.value;
    if (kept !== null) await close(kept.value);
    kept = null;
    kept = { key, value: await make() };
    return kept.value;
  };
}

/** Resident memory in bytes, without what a collection would give back. */
export function readResidentMemory() {
  for (let turn = 0; turn < 3; turn += 1) globalThis.gc?.();
  return process.memoryUsage.rss();
}

let stagger = 0;

/** Makes a buffer whose low address bits differ from those of the others: equal ones slow copies down by a third. */
export function takeMemory(size) {
  stagger = (stagger + 1088) % 4096;
  const memory = new Uint8Array(new ArrayBuffer(size + 4096), stagger, size);
  memory.fill(7);
  return Buffer.from(memory.buffer, memory.byteOffset, size);
}
