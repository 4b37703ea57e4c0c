import { type Output, printable } from '../../output.ts';
import type { ItemReport } from './items.ts';

/** Writes the description of one item for people. */
export function showItem({ title, line, fields, lint = [] }: ItemReport, output: Output): void {
  const { strong, faint, bad, warn } = output.colours;
  output.report(`${strong(title)}${line === null ? '' : faint(` (line ${line})`)}`);
  for (const [label, value] of fields) output.report(`  ${faint(label.padEnd(12))} ${printable(value)}`);
  const paint = { error: bad, warning: warn, info: faint };
  for (const { severity, rule, message, reference } of lint) {
    const text = message === '' ? rule : `${printable(message)} ${faint(`[${rule}]`)}`;
    output.report(`  ${paint[severity](severity.padEnd(12))} ${text} ${faint(reference)}`);
  }
}
