import { describeValidity, shortName } from '../../certificate-summary.ts';
import { type Output, printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
import { showProblem } from '../connect/show.ts';
import type { HandshakeReport } from './handshake.ts';

/** Draws a handshake: the client on the left, the server on the right, time downwards. */
export function drawLadder(report: HandshakeReport, withDetails: boolean, output: Output): void {
  const { strong, faint, good, bad } = output.colours;
  const { target, messages, choices, certificates, problem } = report;
  output.report(strong(printable(`this side ${'─'.repeat(30)} ${formatTarget(target)}`)));
  for (const { direction, name, summary, ms, size, details, encrypted } of messages) {
    // A double line is what nobody between the two can read.
    const line = encrypted ? '══' : '──';
    const arrow = direction === 'sent' ? `${line}▶` : `◀${line}`;
    const paint = name === 'Alert' && summary.startsWith('fatal') ? bad : (text: string) => text;
    const facts = faint(`${ms.toFixed(1).padStart(7)} ms ${String(size).padStart(6)} B`);
    output.report(`${facts}  ${arrow} ${paint(strong(name))}  ${paint(printable(summary))}`);
    if (!withDetails) continue;
    for (const [label, value] of Object.entries(details)) {
      const text = typeof value === 'string' ? value : value.join(', ');
      output.report(`${' '.repeat(24)}${faint(`${label}:`)} ${printable(text)}`);
    }
  }
  showChoices(choices, output);
  if (certificates.length > 0) output.report(strong('\nthe certificates'));
  for (const certificate of certificates) {
    output.report(`  ${shortName(certificate)} ${faint(`${certificate.key}, ${describeValidity(certificate)}`)}`);
  }
  output.report('');
  if (problem === null) {
    output.report(
      `${good('verified')}: ${printable(target.serverName)}${report.sessionReused ? ', resumed' : ''}, in ${report.handshakeMs} ms after ${report.connectMs} ms to connect`,
    );
  } else {
    const verdict = report.handshakeMs === null ? 'it failed' : 'NOT verified, and gone on with';
    output.report(bad(`${verdict}: ${printable(problem.title)}`));
    showProblem(problem, output);
  }
}

function showChoices(choices: HandshakeReport['choices'], output: Output): void {
  const { strong, faint } = output.colours;
  const isAgreed = choices.some(({ chosen }) => chosen !== 'none');
  if (choices.length > 0) output.report(strong(isAgreed ? '\nwhat came out, and why' : '\nwhat was offered'));
  for (const [index, { topic, chosen, why, passedOver }] of choices.entries()) {
    const list = printable(shorten(passedOver));
    if (!isAgreed) {
      output.report(`  ${faint(topic.padEnd(13))} ${list}`);
      // Mostly the same for all that was offered: once is enough.
      if (why !== choices[index - 1]?.why) output.report(`  ${' '.repeat(13)} ${faint(printable(why))}`);
      continue;
    }
    output.report(`  ${faint(topic.padEnd(13))} ${printable(chosen)}`);
    output.report(`  ${' '.repeat(13)} ${faint(printable(why))}`);
    if (passedOver.length > 0)
      output.report(`  ${' '.repeat(13)} ${faint(`${chosen === 'none' ? 'offered' : 'passed over'}: ${list}`)}`);
  }
}

const SHOWN = 6;

function shorten(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
