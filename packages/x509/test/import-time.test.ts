// What importing the package costs a program that starts.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForWeb } from '@sslkit/test-support/bundle.ts';
import { expect, test } from 'vitest';

/** Milliseconds of the processor that a fresh process takes to import a module: the least of `rounds`. */
function importTime(path: string, rounds: number): number {
  const program = `
    const start = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(path))});
    const { user, system } = process.cpuUsage(start);
    console.log(user + system);`;
  const times = Array.from({ length: rounds }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })),
  );
  return Math.min(...times) / 1000;
}

// It is about 10 ms where nothing else runs; the limit leaves room for a machine that is busy.
test('importing everything takes less than 40 ms more than importing nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-import-'));
  try {
    const [nothing, everything] = [join(folder, 'nothing.mjs'), join(folder, 'everything.mjs')];
    writeFileSync(nothing, '');
    writeFileSync(everything, bundleForWeb("export * from '@sslkit/x509'"));
    expect(importTime(everything, 3) - importTime(nothing, 3)).toBeLessThan(40);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
