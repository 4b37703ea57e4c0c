import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenWorkerEnds } from '@sslkit/test-support/worker-end.ts';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(removeFolders);
whenWorkerEnds(removeFolders);

function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A new empty folder, removed when the tests of the file are over. Its name has a space in it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit cli '));
  folders.push(folder);
  return folder;
}

/** Writes files into a new folder and returns a function from their names to their paths. */
export function writeFiles(files: Record<string, string | Uint8Array>): (name: string) => string {
  const folder = makeFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return (name) => join(folder, name);
}
