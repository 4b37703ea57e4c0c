import { CodePointMapping, CodePointSet } from './code-points.ts';
import {
  correctionTable,
  foldingTable,
  leftToRightTable,
  prohibitedTable,
  removedTable,
  rightToLeftTable,
  unassignedTable,
} from './tables.ts';

const unassigned = new CodePointSet(unassignedTable);
const removed = new CodePointSet(removedTable);
const prohibited = new CodePointSet(prohibitedTable);
const rightToLeft = new CodePointSet(rightToLeftTable);
const leftToRight = new CodePointSet(leftToRightTable);
const foldings = new CodePointMapping(foldingTable);
const corrections = new CodePointMapping(correctionTable);

/**
 * Prepares one label: RFC 3491, which is RFC 3454 with Unicode 3.2. Code points that had no character then stay as they
 * are, as in a query.
 *
 * @returns the prepared label; undefined where it holds what no name may hold, or mixes directions.
 */
export function nameprep(label: string): string | undefined {
  const mapped = Array.from(label, fold).join('');
  const prepared = normalize(mapped);
  const codePoints = Array.from(prepared, (character) => character.codePointAt(0) ?? 0);
  if (codePoints.some((codePoint) => prohibited.has(codePoint))) return undefined;
  return followsDirections(codePoints) ? prepared : undefined;
}

/** RFC 3491 §3: tables B.1 and B.2. */
function fold(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (removed.has(codePoint)) return '';
  if (unassigned.has(codePoint)) return character;
  const folding = foldings.get(codePoint);
  if (folding !== undefined) return folding;
  // RFC 3454 §B.2 is derived thus from case folding; the table above holds only where this gives something else.
  const once = normalize(lower(character));
  return normalize(lower(once));
}

/** Lower case, where that was a character of Unicode 3.2 already. */
function lower(text: string): string {
  return Array.from(text, (character) => {
    const lowered = character.toLowerCase();
    return Array.from(lowered).some((part) => unassigned.has(part.codePointAt(0) ?? 0)) ? character : lowered;
  }).join('');
}

/** NFKC of Unicode 3.2 by the runtime's: what was assigned then normalizes as it did, but for five corrected mistakes. */
function normalize(text: string): string {
  let normalized = '';
  let run = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (unassigned.has(codePoint)) {
      normalized += run.normalize('NFKC') + character;
      run = '';
    } else {
      run += corrections.get(codePoint) ?? character;
    }
  }
  return normalized + run.normalize('NFKC');
}

function followsDirections(codePoints: readonly number[]): boolean {
  if (!codePoints.some((codePoint) => rightToLeft.has(codePoint))) return true;
  // RFC 3454 §6: "If a string contains any RandALCat character, the string MUST NOT contain any LCat character."
  if (codePoints.some((codePoint) => leftToRight.has(codePoint))) return false;
  // "[…] a RandALCat character MUST be the first character of the string, and a RandALCat character MUST be the last".
  return rightToLeft.has(codePoints[0] ?? 0) && rightToLeft.has(codePoints[codePoints.length - 1] ?? 0);
}
