import { describeValidity } from '../../certificate-summary.ts';
import { type Output, printable } from '../../output.ts';
import type { HandshakeReport } from './handshake.ts';

/** A fact of two servers. */
export interface Difference {
  readonly topic: string;
  readonly values: readonly [string, string];
  readonly isSame: boolean;
}

type Fact = readonly [topic: string, read: (report: HandshakeReport) => string];

const chosen = (topic: string): Fact => [
  topic,
  ({ choices }) => choices.find((choice) => choice.topic === topic)?.chosen ?? 'none',
];

const leaf = (topic: string, read: (certificate: HandshakeReport['certificates'][number]) => string): Fact => [
  topic,
  ({ certificates: [first] }) => (first === undefined ? 'none' : read(first)),
];

/** What is compared: what a server does, not how fast it was this time. */
const FACTS: readonly Fact[] = [
  ['outcome', ({ outcome }) => outcome],
  chosen('version'),
  chosen('cipher suite'),
  chosen('group'),
  chosen('signature'),
  chosen('ALPN'),
  leaf('subject', ({ subject }) => subject),
  leaf('names', ({ names }) => names.join(', ')),
  leaf('issuer', ({ issuer }) => issuer),
  leaf('valid', (certificate) => describeValidity(certificate)),
  leaf('key', ({ key }) => key),
  leaf('fingerprint', ({ fingerprint256 }) => fingerprint256),
  ['chain length', ({ certificates }) => String(certificates.length)],
  ['messages', ({ messages }) => messages.map(({ name }) => name).join(' ')],
];

/** Compares two handshakes fact by fact. */
export function findDifferences([one, other]: readonly [HandshakeReport, HandshakeReport]): Difference[] {
  return FACTS.map(([topic, read]) => {
    const values = [read(one), read(other)] as const;
    return { topic, values, isSame: values[0] === values[1] };
  });
}

/** Shows what is the same and what is not. */
export function showDifferences(
  targets: readonly [string, string],
  differences: readonly Difference[],
  output: Output,
): void {
  const { good, bad, faint } = output.colours;
  for (const { topic, values, isSame } of differences) {
    const [one, other] = values.map(printable);
    if (isSame) output.report(`${good('=')} ${topic.padEnd(13)} ${faint(one ?? '')}`);
    else {
      output.report(`${bad('≠')} ${topic.padEnd(13)} ${one} ${faint(printable(targets[0]))}`);
      output.report(`  ${' '.repeat(13)} ${other} ${faint(printable(targets[1]))}`);
    }
  }
}
