import { existsSync, statSync } from 'node:fs';
import { inputError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { looksLikeFile } from '../../material/source.ts';
import { formatTarget, parseTarget, portOfScheme, type Target } from '../../target.ts';

/**
 * Reads the targets: hosts as they are, and files with one in each line, where `#` begins a comment. One that is named
 * twice is looked at once.
 *
 * @param starttls - the protocol whose port is the default.
 * @throws Failure with the exit code for usage or for input.
 */
export function readTargets(words: readonly string[], starttls?: string): Target[] {
  const port = portOfScheme(starttls);
  const targets = words.flatMap((word) => (isFile(word) ? readList(word, port) : [parseTarget(word, port)]));
  const byPlace = new Map(targets.map((target) => [formatTarget(target), target]));
  if (byPlace.size === 0) throw inputError('there is no target to watch');
  return [...byPlace.values()];
}

function isFile(word: string): boolean {
  if (word === '-' || /^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return word === '-';
  return existsSync(word) ? !statSync(word).isDirectory() : looksLikeFile(word);
}

function readList(path: string, port: number | undefined): Target[] {
  const text = readInputFile(path).toString('utf8');
  const name = describeInput(path);
  if (text.includes('-----BEGIN') || text.includes('\0')) {
    throw inputError(`${name} is no list of hosts`, 'sslkit inspect says what is in it.');
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const place = line.replace(/#.*$/, '').trim();
    if (place === '') return [];
    try {
      return [parseTarget(place, port)];
    } catch {
      throw inputError(`${name}, line ${index + 1}: '${place}' is no host`);
    }
  });
}
