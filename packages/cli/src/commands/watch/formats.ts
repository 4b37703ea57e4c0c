import { type CertificateSummary, describeDays, shortName } from '../../certificate-summary.ts';
import { ExitCode } from '../../exit-code.ts';
import { type Output, printable } from '../../output.ts';
import { isVerified, type ProbeResult } from './probe.ts';

/** Writes the results as a table, the most urgent first. */
export function showTable(results: readonly ProbeResult[], output: Output): void {
  const { good, warn, bad, strong } = output.colours;
  const sorted = [...results].sort((one, other) => urgency(one) - urgency(other));
  const rows = sorted.map(({ target, outcome, certificate, problem }) => [
    printable(target),
    outcome,
    certificate?.daysLeft === undefined || certificate.daysLeft === null ? '-' : describeDays(certificate.daysLeft),
    certificate === null ? '-' : shortName(certificate),
    printable(problem ?? ''),
  ]);
  const header = ['target', 'outcome', 'expiry', 'certificate', ''];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  output.report(strong(line(header)));
  for (const [index, row] of rows.entries()) {
    const code = sorted[index]?.exitCode;
    const paint = code === ExitCode.OK ? good : code === ExitCode.WARNING ? warn : bad;
    output.report(paint(line(row)));
  }
}

function urgency(result: ProbeResult): number {
  const failed = isVerified(result) ? 100_000 : 0;
  return failed + (result.firstToExpire?.daysLeft ?? -1);
}

/** Writes the results in the text format of Prometheus (version 0.0.4). */
export function formatPrometheus(results: readonly ProbeResult[]): string {
  const metrics = [
    metric('sslkit_certificate_verified', 'Whether chain and name were verified', results, (result) =>
      Number(isVerified(result)),
    ),
    metric(
      'sslkit_certificate_not_after_seconds',
      'When the certificate expires, in seconds since 1970',
      results,
      ({ certificate }) => toSeconds(certificate),
    ),
    metric(
      'sslkit_chain_not_after_seconds',
      'When the first certificate of the chain expires, in seconds since 1970',
      results,
      ({ firstToExpire }) => toSeconds(firstToExpire),
    ),
    metric('sslkit_certificate_changed', 'Whether the certificate is another than last time', results, ({ changed }) =>
      changed === null ? null : Number(changed),
    ),
    metric('sslkit_probe_exit_code', 'The exit code that this target alone gives', results, ({ exitCode }) => exitCode),
    metric('sslkit_probe_duration_seconds', 'How long connecting and the handshake took', results, ({ ms }) =>
      ms === null ? null : ms / 1000,
    ),
  ];
  return metrics.join('');
}

function toSeconds(certificate: CertificateSummary | null): number | null {
  return certificate?.notAfter ? Date.parse(certificate.notAfter) / 1000 : null;
}

function metric(
  name: string,
  help: string,
  results: readonly ProbeResult[],
  read: (result: ProbeResult) => number | null,
): string {
  const samples = results.flatMap((result) => {
    const value = read(result);
    return value === null ? [] : [`${name}{target="${escapeLabel(result.target)}"} ${value}\n`];
  });
  return samples.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
