import { invalidArgumentType } from '@sslkit/errors';
import { Certificate } from './certificate.ts';
import { buildChain } from './chain.ts';
import { type CertificateInput, type ChainLink, derOf, isRoot, readChainLink } from './chain-link.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import { checkProfile, describeFinding, type LintFinding, type LintOptions, lint } from './lint.ts';
import type { LintProfile, LintRuleId } from './lint-rules.ts';

/** Something that is wrong with a bundle or with a certificate in it. */
export interface BundleFinding extends LintFinding {
  /** Where the certificate stands in the bundle, from 0. */
  readonly position: number;
}

/**
 * Finds what is wrong with a bundle that a server or a client sends: the order, what does not belong, and what is wrong with
 * each certificate of the chain.
 *
 * That the root is absent is right and no finding; whether the last certificate leads to a trusted root only a verification
 * tells.
 *
 * @param certificates - the certificates in the order of the file: DER, `Certificate`s, or blocks of a PEM bundle.
 * @returns the findings about the bundle, then those of `lint` for each certificate of the chain.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where something is not bytes, or there is nothing to iterate over.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for another profile or an invalid date.
 */
export function lintBundle(
  certificates: Iterable<CertificateInput>,
  profile: LintProfile,
  options: LintOptions = {},
): BundleFinding[] {
  if (typeof certificates?.[Symbol.iterator] !== 'function') {
    throw invalidArgumentType('certificates', 'iterable', certificates);
  }
  checkProfile(profile);
  const findings: BundleFinding[] = [];
  const report = (position: number, rule: LintRuleId, message: string): void => {
    const finding = describeFinding(rule, profile, message);
    if (finding !== null) findings.push({ ...finding, position });
  };
  const entries = readEntries(certificates, report);
  const leaf = entries.find(({ link }) => !link.mayIssue) ?? entries[0];
  if (leaf === undefined) return findings;
  if (leaf !== entries[0])
    report(leaf.position, 'bundle-leaf-not-first', `The server’s own certificate stands at ${leaf.position}`);
  const chain = buildChain(
    leaf.link.der,
    entries.map(({ link }) => link.der),
    { at: options.at },
  );
  if (chain.status === 'loop')
    report(leaf.position, 'bundle-loop', 'The authorities of the bundle have issued each other');
  const order = [leaf, ...chain.positions.flatMap((at) => entries[at] ?? [])];
  checkOrder(entries, order, report);
  for (const { link, position } of order) {
    const role = position === leaf.position ? options.role : undefined;
    try {
      for (const finding of lint(link.der, profile, { at: options.at, role })) findings.push({ ...finding, position });
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      report(position, 'bundle-unreadable', error.message);
    }
  }
  return findings;
}

interface Entry {
  readonly link: ChainLink;
  readonly position: number;
}

type BundleReport = (position: number, rule: LintRuleId, message: string) => void;

/** Reads every certificate once; what is none, or is there already, is reported and left out. */
function readEntries(certificates: Iterable<CertificateInput>, report: BundleReport): Entry[] {
  const entries: Entry[] = [];
  const seen = new Map<string, number>();
  let position = -1;
  for (const certificate of certificates) {
    position++;
    const der = derOf(`certificates[${position}]`, certificate);
    try {
      const link = readChainLink(new Certificate(der));
      const text = Array.from(link.der, (octet) => String.fromCharCode(octet)).join('');
      const before = seen.get(text);
      if (before !== undefined) {
        report(position, 'bundle-duplicate', `The same certificate stands at ${before}`);
        continue;
      }
      seen.set(text, position);
      entries.push({ link, position });
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      report(position, 'bundle-unreadable', error.message);
    }
  }
  return entries;
}

function checkOrder(entries: readonly Entry[], order: readonly Entry[], report: BundleReport): void {
  const inChain = new Set(order);
  const sent = entries.filter((entry) => inChain.has(entry));
  const misplaced = sent.find((entry, at) => entry !== order[at]);
  if (misplaced !== undefined) {
    const wanted = order.map(({ position }) => position).join(', ');
    report(misplaced.position, 'bundle-order', `The order from the leaf to the root is ${wanted}`);
  }
  for (const entry of entries) {
    if (!inChain.has(entry))
      report(entry.position, 'bundle-unrelated', 'No certificate of the chain was issued by this one');
    else if (entries.length > 1 && isRoot(entry.link))
      report(entry.position, 'bundle-has-root', 'The certificate is a root');
  }
}
