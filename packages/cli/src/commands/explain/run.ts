import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';
import { writeOutputFiles } from '../../output-file.ts';
import { findDifferences, showDifferences, showFigures } from './diff.ts';
import { type HandshakeOptions, traceHandshake } from './handshake.ts';
import { drawLadder } from './ladder.ts';
import { renderComparison, renderPage } from './page.ts';

/** The options of `sslkit explain`. */
export interface ExplainOptions extends HandshakeOptions {
  readonly diff?: boolean;
  readonly html?: string;
  readonly force?: boolean;
  readonly details?: boolean;
  readonly json?: boolean;
}

/** Traces the handshakes with the targets, and draws or compares them. */
export async function explain(targets: readonly string[], options: ExplainOptions, output: Output): Promise<ExitCode> {
  const [target = '', other] = targets;
  if (options.diff) return compare(targets, options, output);
  if (other !== undefined) throw usageError('explain takes one target, or two with --diff');
  const report = await traceHandshake(target, options, output);
  writePage(options, () => renderPage(report), output);
  if (options.json) output.json({ schema: 'sslkit/explain/1', ...report });
  else if (options.html === undefined || report.problem !== null) drawLadder(report, options.details === true, output);
  return report.exitCode;
}

function writePage({ html: path, force = false }: ExplainOptions, render: () => string, output: Output): void {
  if (path === undefined) return;
  writeOutputFiles([{ path, content: render(), secret: false }], { force });
  output.say(`${path} written`);
}

async function compare(targets: readonly string[], options: ExplainOptions, output: Output): Promise<ExitCode> {
  const [one, other, more] = targets;
  if (one === undefined || other === undefined || more !== undefined)
    throw usageError('--diff compares exactly two targets');
  if (options.session !== undefined) throw usageError('--session and --diff exclude each other');
  const reports = [await traceHandshake(one, options, output), await traceHandshake(other, options, output)] as const;
  const differences = findDifferences(reports);
  writePage(options, () => renderComparison(reports, differences), output);
  if (options.json) {
    output.json({ schema: 'sslkit/explain-diff/1', targets: [one, other], differences, handshakes: reports });
  } else if (options.html === undefined) {
    showDifferences([one, other], differences, output);
    showFigures(reports, output);
  }
  const failed = reports.find(({ exitCode }) => exitCode !== ExitCode.OK);
  if (failed !== undefined) return failed.exitCode;
  return differences.every(({ isSame }) => isSame) ? ExitCode.OK : ExitCode.WARNING;
}
