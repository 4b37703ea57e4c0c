import { Certificate } from '@sslkit/x509';
import type { RouteOptions } from '../../client/route.ts';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { type Item, type Material, recognize } from '../../material/material.ts';
import { parseSource, type Source } from '../../material/source.ts';
import type { Output } from '../../output.ts';
import { type PasswordOptions, readPassword } from '../../password.ts';
import { Progress } from '../../progress.ts';
import { formatTarget } from '../../target.ts';
import { showChain } from './chain.ts';
import { describeItem, type ItemContext, type ItemReport } from './items.ts';
import { showItem } from './show.ts';

/** The options of `sslkit inspect`. */
export interface InspectOptions extends PasswordOptions, RouteOptions {
  readonly profile: string;
  readonly check?: boolean;
  readonly lint: boolean;
  readonly servername?: string;
  readonly json?: boolean;
}

interface SourceReport {
  readonly source: string;
  readonly items: readonly ItemReport[];
  readonly problems: Material['problems'];
}

/** Describes everything in the sources. */
export async function inspect(sources: readonly string[], options: InspectOptions, output: Output): Promise<ExitCode> {
  const { profile } = options;
  if (profile !== 'webpki' && profile !== 'internal')
    throw usageError(`--profile: '${profile}' is neither webpki nor internal`);
  const password = readPassword(options);
  const reports: SourceReport[] = [];
  for (const text of sources) {
    const source = parseSource(text, options.starttls);
    const name = source.kind === 'file' ? describeInput(source.path) : formatTarget(source.target);
    const material = await readSource(source, options);
    const context: ItemContext = { name, password, profile: options.lint ? profile : null };
    const items = await describeAll(material.items, context, output);
    reports.push({ source: name, items, problems: material.problems });
  }
  if (options.json === true) output.json({ schema: 'sslkit/inspect/1', sources: reports });
  else for (const report of reports) showSource(report, reports.length > 1, output);
  const hasErrors = reports.some(({ items }) =>
    items.some(({ lint = [] }) => lint.some(({ severity }) => severity === 'error')),
  );
  return options.check === true && hasErrors ? ExitCode.WARNING : ExitCode.OK;
}

async function readSource(source: Source, options: InspectOptions): Promise<Material> {
  if (source.kind === 'file') return recognize(readInputFile(source.path), describeInput(source.path));
  const { target } = source;
  // Only here, so that reading a file does not wait for OpenSSL's add-ons.
  const { fetchChain } = await import('../../client/fetch-chain.ts');
  const chain = await fetchChain(target, options.servername ?? target.host, options);
  const items = chain.map((der): Item => ({ kind: 'certificate', der, label: null, line: null, encrypted: false }));
  return { items, problems: [] };
}

async function describeAll(items: readonly Item[], context: ItemContext, output: Output): Promise<ItemReport[]> {
  const reports: ItemReport[] = [];
  const progress = new Progress(output.stderr, items.length, { endsOnInterrupt: true });
  try {
    for (const item of items) {
      reports.push(...(await describeItem(item, context)));
      // Describing computes: now and then whoever presses Ctrl-C is listened to.
      if (progress.step()) await new Promise(setImmediate);
    }
  } finally {
    progress.end();
  }
  return reports;
}

function showSource({ source, items, problems }: SourceReport, several: boolean, output: Output): void {
  const { strong, warn } = output.colours;
  if (several) output.report(strong(source));
  for (const [index, report] of items.entries()) {
    if (index > 0) output.report('');
    showItem(report, output);
  }
  const certificates = items.filter(({ kind }) => kind === 'certificate').map(({ der }) => new Certificate(der));
  if (certificates.length > 1) showChain(certificates, output);
  for (const { line, explanation, severity } of problems)
    output.say(`${warn(`${severity}:`)} ${source}:${line}: ${explanation}`);
}
