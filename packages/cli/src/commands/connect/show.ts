import { describeValidity, shortName } from '../../certificate-summary.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { type Output, printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
import type { ConnectReport } from './report.ts';

/** Writes a report for people: the facts as data, the explanation as talk. */
export function showReport(report: ConnectReport, output: Output): void {
  const { strong } = output.colours;
  const { host, serverName } = report.target;
  const asked = serverName === host ? '' : ` as ${serverName}`;
  const place = formatTarget(report.target);
  const address = report.address === null || report.address === place ? '' : ` (${report.address})`;
  output.report(strong(printable(`${place}${asked}${address}`)));
  showNegotiated(report, output);
  showCertificate(report, output);
  showVerdict(report, output);
  if (report.problem !== null) showProblem(report.problem, output);
  for (const problem of report.otherProblems) showProblem({ ...problem, title: `also, ${problem.title}` }, output);
}

/** A line of a report: the label in a column of its own. */
export function showField(output: Output, label: string, value: string): void {
  output.report(`  ${output.colours.faint(label.padEnd(12))} ${value}`);
}

function showNegotiated(report: ConnectReport, output: Output): void {
  const { protocol, cipher, alpn, timing } = report;
  if (protocol === null) return;
  showField(output, 'protocol', protocol);
  if (cipher !== null) showField(output, 'cipher', `${cipher.name}, ${cipher.bits} bits`);
  showField(output, 'ALPN', alpn === null ? 'none' : printable(alpn));
  if (report.sessionReused) showField(output, 'session', 'resumed');
  if (timing !== null)
    showField(output, 'time', `${timing.connectMs} ms to connect, ${timing.handshakeMs} ms of handshake`);
}

function showCertificate({ certificate }: ConnectReport, output: Output): void {
  if (certificate === null) return;
  const { good, warn, bad } = output.colours;
  const { daysLeft } = certificate;
  const paint = daysLeft === null || daysLeft < 0 ? bad : daysLeft < SOON ? warn : good;
  const names = certificate.names.map(printable).join(', ');
  showField(output, 'subject', printable(certificate.subject));
  showField(output, 'names', names === '' ? 'none' : names);
  showField(output, 'issuer', printable(certificate.issuer));
  showField(output, 'valid', paint(describeValidity(certificate)));
  showField(output, 'key', certificate.key);
  showField(output, 'SHA-256', certificate.fingerprint256);
}

const SOON = 14; // days; when a certificate should have been renewed

function showVerdict({ verified, chain, certificate, problem, target }: ConnectReport, output: Output): void {
  if (certificate === null) return;
  const { good, bad } = output.colours;
  const path = chain.map((summary) => shortName(summary)).join(' < ');
  if (verified.chain === true) showField(output, 'chain', `${good('verified')}: ${path}`);
  else showField(output, 'chain', `${bad('NOT verified')}: ${problem?.title ?? path}`);
  const name = printable(target.serverName);
  if (verified.name)
    showField(output, 'name', `${good('verified')}: ${name} is ${printable(verified.matchedName ?? '')}`);
  else showField(output, 'name', `${bad('NOT verified')}: ${name} is not among the names`);
}

/**
 * Says what went wrong, why, and what can be done.
 *
 * @param place - `talk` where it accompanies a report, `report` where it is the thing that was asked for.
 */
export function showProblem(
  problem: Omit<Diagnosis, 'exitCode'>,
  output: Output,
  place: 'talk' | 'report' = 'talk',
): void {
  const { bad, faint } = place === 'talk' ? output.talkColours : output.colours;
  const write = (line: string) => (place === 'talk' ? output.say(line) : output.report(`   ${line}`));
  write(
    `${place === 'talk' ? `${bad('sslkit:')} ` : ''}${bad(printable(problem.title))} ${faint(`[${problem.code}]`)}`,
  );
  for (const sentence of problem.why) write(`  ${sentence}`);
  for (const sentence of problem.remedies) write(`  ${faint('→')} ${sentence}`);
}
