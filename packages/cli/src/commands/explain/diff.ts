import { describeValidity } from '../../certificate-summary.ts';
import { type Output, printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
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

const WIDTH = 18; // characters of the longest topic

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
  ['server extensions', ({ messages }) => listExtensions(messages)],
  ['stapled', ({ messages }) => listStapled(messages)],
  ['tickets', ({ messages }) => String(messages.filter(({ name }) => name === 'NewSessionTicket').length)],
  ['client certificate', ({ messages }) => find(messages, 'CertificateRequest')?.summary ?? 'not asked for'],
  ['error', ({ problem }) => problem?.code ?? 'none'],
  ['messages', ({ messages }) => messages.map(({ name }) => name).join(' ')],
];

function find(messages: HandshakeReport['messages'], name: string) {
  return messages.find((message) => message.name === name && message.direction === 'received');
}

function listDetail(messages: HandshakeReport['messages'], name: string, label: string): string {
  const value = find(messages, name)?.details[label];
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : value.join(', ');
}

/** TLS 1.2 has a message for it, TLS 1.3 an extension of the certificate. */
function listStapled(messages: HandshakeReport['messages']): string {
  return (
    find(messages, 'CertificateStatus')?.summary ??
    listDetail(messages, 'Certificate', 'stapled').replace('none', 'nothing')
  );
}

/** TLS 1.3 says some of them in the ServerHello, and the others encrypted. */
function listExtensions(messages: HandshakeReport['messages']): string {
  const lists = ['ServerHello', 'EncryptedExtensions'].map((name) => listDetail(messages, name, 'extensions'));
  return lists.filter((list) => list !== 'none' && list !== '').join(', ') || 'none';
}

/** The times and sizes of two handshakes, which differ from one to the next and make no difference. */
export function showFigures(reports: readonly [HandshakeReport, HandshakeReport], output: Output): void {
  for (const { target, connectMs, handshakeMs, wire } of reports) {
    const time = handshakeMs === null ? 'no connection' : `${connectMs} ms to connect, ${handshakeMs} ms of handshake`;
    const place = printable(formatTarget(target));
    output.report(output.colours.faint(`  ${place}: ${time}, ${wire.sent} bytes sent, ${wire.received} received`));
  }
}

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
    if (isSame) output.report(`${good('=')} ${topic.padEnd(WIDTH)} ${faint(one ?? '')}`);
    else {
      output.report(`${bad('≠')} ${topic.padEnd(WIDTH)} ${one} ${faint(printable(targets[0]))}`);
      output.report(`  ${' '.repeat(WIDTH)} ${other} ${faint(printable(targets[1]))}`);
    }
  }
}
