import { existsSync, statSync } from 'node:fs';
import { inputError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { formatTarget, parseTarget, type Target } from '../../target.ts';

/**
 * Reads the targets: hosts as they are, and files with one in each line, where `#` begins a comment. One that is named
 * twice is looked at once.
 *
 * @throws Failure with the exit code for usage or for input.
 */
export function readTargets(words: readonly string[]): Target[] {
  const targets = words.flatMap((word) => (isFile(word) ? readList(word) : [parseTarget(word)]));
  const byPlace = new Map(targets.map((target) => [formatTarget(target), target]));
  if (byPlace.size === 0) throw inputError('there is no target to watch');
  return [...byPlace.values()];
}

function isFile(word: string): boolean {
  return word === '-' || (existsSync(word) && !statSync(word).isDirectory());
}

function readList(path: string): Target[] {
  const text = readInputFile(path).toString('utf8');
  const name = describeInput(path);
  if (text.includes('-----BEGIN') || text.includes('\0')) {
    throw inputError(`${name} is no list of hosts`, 'sslkit inspect says what is in it.');
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const place = line.replace(/#.*$/, '').trim();
    if (place === '') return [];
    try {
      return [parseTarget(place)];
    } catch {
      throw inputError(`${name}, line ${index + 1}: '${place}' is no host`);
    }
  });
}
