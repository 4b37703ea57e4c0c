import { isIP } from 'node:net';
import {
  type CertificateSummary,
  describeValidity,
  shortName,
  summarizeCertificate,
} from '../../certificate-summary.ts';
import { fetchChain } from '../../client/fetch-chain.ts';
import type { RouteOptions } from '../../client/route.ts';
import {
  describeTrust,
  loadRevocationLists,
  loadTrust,
  readRevocationLists,
  type TrustOptions,
} from '../../client/trust.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { diagnoseVerification, type Verdict } from '../../diagnosis/verification.ts';
import { ExitCode, nameOutcome } from '../../exit-code.ts';
import { inputError, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { type ItemKind, recognize } from '../../material/material.ts';
import { requireReadable } from '../../material/readable-certificate.ts';
import { parseSource, type Source } from '../../material/source.ts';
import { type Output, printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
import { judgeChain } from '../../verification/judge-chain.ts';
import { showProblem } from '../connect/show.ts';

/** The options of `sslkit verify`. */
export interface VerifyOptions extends TrustOptions, RouteOptions {
  readonly untrusted?: readonly string[];
  readonly name?: string;
  readonly purpose: string;
  readonly at?: string;
  readonly crl?: readonly string[];
  readonly crlAll?: boolean;
  readonly strict: boolean;
  readonly json?: boolean;
}

/** Verifies the first certificate of a source. */
export async function verify(text: string, options: VerifyOptions, output: Output): Promise<ExitCode> {
  const { purpose } = options;
  if (purpose !== 'server' && purpose !== 'client')
    throw usageError(`--purpose: '${purpose}' is neither server nor client`);
  const at = parseMoment(options.at);
  const source = parseSource(text, options.starttls);
  const serverName = options.name ?? (source.kind === 'host' ? source.target.host : null);
  const certificates = await readChain(source, serverName, options);
  const lists = readRevocationLists(options.crl ?? []);
  const { verdicts, chain } = await judgeChain(certificates, {
    role: purpose,
    serverName,
    at,
    strict: options.strict,
    revocation: options.crlAll === true ? 'chain' : lists.length > 0 ? 'leaf' : 'none',
    trust: (context) => {
      loadTrust(context, options);
      loadRevocationLists(context, lists);
    },
  });
  const name = source.kind === 'file' ? describeInput(source.path) : formatTarget(source.target);
  const peer = source.kind === 'file' ? 'file' : 'server';
  const setting = {
    serverName,
    trustSource: describeTrust(options),
    peer,
    at: options.at === undefined ? undefined : at,
    revocationLists: lists,
  } as const;
  const problems = verdicts.map((verdict) => ({ verdict, diagnosis: diagnoseVerification(verdict, setting) }));
  const exitCode = problems[0]?.diagnosis.exitCode ?? ExitCode.OK;
  const summaries = chain.map((der) => summarizeCertificate(der, at));
  const report: VerifyReport = { source: name, serverName, purpose, at, exitCode, problems, chain: summaries };
  if (options.json === true) output.json(toJson(report));
  else showReport(report, output);
  return exitCode;
}

interface VerifyReport {
  readonly source: string;
  readonly serverName: string | null;
  readonly purpose: string;
  readonly at: Date;
  readonly exitCode: ExitCode;
  readonly problems: readonly { readonly verdict: Verdict; readonly diagnosis: Diagnosis }[];
  readonly chain: readonly CertificateSummary[];
}

function parseMoment(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const [, day = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/i.exec(text) ?? [];
  const date = new Date(text);
  // JavaScript takes the 30th of February for the 2nd of March; a zone may carry a date out of the years that certificates
  // can name.
  if (toIso(new Date(day)).startsWith(day) && /^\d{4}-/.test(toIso(date))) return date;
  throw usageError(`--at: '${text}' is no date`, 'Expected a date such as 2027-01-31, or 2027-01-31T12:00Z.');
}

function toIso(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

async function readChain(source: Source, serverName: string | null, options: VerifyOptions): Promise<Uint8Array[]> {
  const more = (options.untrusted ?? []).flatMap((path) => readItems(path, 'certificate', 'certificate'));
  if (source.kind === 'file') return [...readItems(source.path, 'certificate', 'certificate'), ...more];
  const { target } = source;
  const sent = await fetchChain(target, serverName ?? target.host, options);
  return [...sent, ...more];
}

function readItems(path: string, kind: ItemKind, word: string): Uint8Array[] {
  const name = describeInput(path);
  const found = recognize(readInputFile(path), name).items.filter((item) => item.kind === kind);
  if (found.length === 0) throw inputError(`${name} holds no ${word}`);
  requireReadable(found, name);
  return found.map(({ der }) => der);
}

function toJson({ source, serverName, purpose, at, exitCode, problems, chain }: VerifyReport): object {
  return {
    schema: 'sslkit/verify/1',
    source,
    serverName,
    purpose,
    at: at.toISOString(),
    outcome: exitCode === ExitCode.OK ? 'verified' : nameOutcome(exitCode),
    exitCode,
    problems: problems.map(({ verdict, diagnosis }) => ({
      ...diagnosis,
      depth: verdict.depth,
      subject: verdict.certificate?.subject ?? null,
    })),
    chain,
  };
}

function showReport(
  { source, serverName, purpose, at, exitCode, problems, chain }: VerifyReport,
  output: Output,
): void {
  const { good, bad, strong, faint } = output.colours;
  const forName = serverName === null ? '' : ` for ${isIP(serverName) ? 'the address ' : ''}${printable(serverName)}`;
  const verdict = exitCode === ExitCode.OK ? good('verified') : bad('NOT verified');
  output.report(`${strong(printable(source))}: ${verdict} as a ${purpose}'s certificate${forName}`);
  for (const [depth, summary] of chain.entries()) {
    const isAtFault = problems.some((problem) => problem.verdict.depth === depth);
    output.report(
      `  ${depth} ${isAtFault ? bad('✗') : good('✓')} ${shortName(summary)} ${faint(describeValidity(summary, at))}`,
    );
  }
  for (const {
    verdict: { depth },
    diagnosis,
  } of problems) {
    showProblem({ ...diagnosis, title: `${diagnosis.title} (depth ${depth})` }, output);
  }
}
