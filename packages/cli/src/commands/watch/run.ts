import { existsSync } from 'node:fs';
import { type ClientOptions, createClientContext } from '../../client/client-context.ts';
import { planRoute, type RouteOptions } from '../../client/route.ts';
import { describeTrust, readRevocationLists } from '../../client/trust.ts';
import type { ExitCode } from '../../exit-code.ts';
import { inputError, usageError } from '../../failure.ts';
import { readInputFile } from '../../input-file.ts';
import { untilInterrupted } from '../../interruption.ts';
import type { Output } from '../../output.ts';
import { writeOutputFiles } from '../../output-file.ts';
import { Progress } from '../../progress.ts';
import type { Target } from '../../target.ts';
import { formatPrometheus, showTable } from './formats.ts';
import { type ProbeResult, type ProbeSetting, probe, worstOf } from './probe.ts';
import { readTargets } from './targets.ts';

/** The options of `sslkit watch`. */
export interface WatchOptions
  extends Pick<ClientOptions, 'cafile' | 'capath' | 'strict' | 'crl' | 'cert' | 'key' | 'passwordFile'>,
    RouteOptions {
  readonly warnDays: number;
  readonly criticalDays: number;
  readonly state?: string;
  readonly concurrency: number;
  readonly every?: number;
  readonly format: string;
  readonly prometheus?: boolean;
  readonly json?: boolean;
}

const FORMATS = ['table', 'json', 'prometheus'];

/** Looks at every target, once or over and over. */
export async function watch(words: readonly string[], options: WatchOptions, output: Output): Promise<ExitCode> {
  const format = chooseFormat(options);
  if (options.criticalDays > options.warnDays)
    throw usageError(`--critical-days: ${options.criticalDays} is more than the ${options.warnDays} of --warn-days`);
  const targets = readTargets(words, options.starttls);
  // What is wrong with them is to be said at once.
  for (const target of targets) planRoute(target, target.host, options);
  const revocationLists = readRevocationLists(options.crl ?? []);
  const context = createClientContext(options, revocationLists);
  const base = { context, options, trustSource: describeTrust(options), revocationLists };
  const interrupted = options.every === undefined ? null : untilInterrupted();
  for (;;) {
    const seen = options.state === undefined ? null : readState(options.state);
    const results = await probeAll(targets, { ...base, seen }, options, output);
    if (options.state !== undefined) writeState(options.state, seen ?? new Map(), results);
    await showResults(results, format, output);
    if (interrupted === null || options.every === undefined) return worstOf(results);
    if (await isInterruptedWithin(options.every, interrupted)) return worstOf(results);
  }
}

function chooseFormat({ json, prometheus, format }: WatchOptions): string {
  if (json && prometheus) throw usageError('--json and --prometheus exclude each other');
  if (json) return 'json';
  if (prometheus) return 'prometheus';
  if (!FORMATS.includes(format)) throw usageError(`--format: '${format}' is not one of ${FORMATS.join(', ')}`);
  return format;
}

async function probeAll(
  targets: readonly Target[],
  setting: ProbeSetting,
  { concurrency, every }: Pick<WatchOptions, 'concurrency' | 'every'>,
  output: Output,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  const progress = new Progress(output.stderr, targets.length, { endsOnInterrupt: every === undefined });
  const queue = targets.entries();
  // Each worker takes the next target from the one queue until there is none.
  const work = async () => {
    for (const [index, target] of queue) {
      results[index] = await probe(target, setting);
      progress.step();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, work));
  } finally {
    progress.end();
  }
  return results;
}

async function showResults(results: readonly ProbeResult[], format: string, output: Output): Promise<void> {
  if (format === 'json') output.json({ schema: 'sslkit/watch/1', exitCode: worstOf(results), results });
  else if (format === 'prometheus') await output.data(formatPrometheus(results));
  else showTable(results, output);
}

async function isInterruptedWithin(seconds: number, interrupted: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const result = await Promise.race([interrupted.then(() => true), passed]);
  clearTimeout(timer);
  return result;
}

function readState(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map();
  try {
    const { fingerprints } = JSON.parse(readInputFile(path).toString('utf8')) as {
      fingerprints: Record<string, string>;
    };
    return new Map(Object.entries(fingerprints));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw inputError(`--state: ${path} was not written by sslkit watch`);
    throw error;
  }
}

/** What could not be reached this time keeps its fingerprint. */
function writeState(path: string, seen: ReadonlyMap<string, string>, results: readonly ProbeResult[]): void {
  const fingerprints = Object.fromEntries(seen);
  for (const { target, certificate } of results) {
    if (certificate !== null) fingerprints[target] = certificate.fingerprint256;
  }
  const content = `${JSON.stringify({ schema: 'sslkit/watch-state/1', fingerprints }, null, 2)}\n`;
  writeOutputFiles([{ path, content, secret: false }], { force: true });
}
