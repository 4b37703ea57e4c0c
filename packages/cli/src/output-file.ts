import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, inputError } from './failure.ts';
import { explainFileError } from './input-file.ts';

/** A file to be written. */
export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Whether only its owner may read it. */
  readonly secret: boolean;
}

const SECRET_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/**
 * Writes files: all of them or none, each whole or not at all, and none over another unless that is wanted.
 *
 * @throws Failure with the exit code for input.
 */
export function writeOutputFiles(files: readonly OutputFile[], { force }: { force: boolean }): void {
  const written: string[] = [];
  try {
    for (const file of files) {
      writeOne(file, force);
      written.push(file.path);
    }
  } catch (error) {
    // With --force the files of before are gone already, and half of the new ones are of more use than none.
    if (!force) for (const path of written) rmSync(path, { force: true });
    throw error;
  }
}

function writeOne({ path, content, secret }: OutputFile, force: boolean): void {
  // Under another name first: who looks at the path sees a whole file or none, and an interruption leaves none.
  const draft = join(dirname(path), `.sslkit-${randomUUID()}`);
  try {
    const mode = secret ? SECRET_MODE : PUBLIC_MODE;
    const handle = openSync(draft, 'wx', mode);
    try {
      if (secret) fchmodSync(handle, mode);
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // A link, unlike a rename, fails where the name is taken.
    if (force) renameSync(draft, path);
    else linkSync(draft, path);
  } catch (error) {
    const hints = codeOf(error) === 'EEXIST' ? ['--force overwrites it.'] : [];
    throw inputError(`${path} ${explainFileError(error)}`, ...hints);
  } finally {
    rmSync(draft, { force: true });
  }
}
