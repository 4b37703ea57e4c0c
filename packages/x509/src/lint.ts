import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { Certificate } from './certificate.ts';
import { type CertificateInput, derOf, isRoot, readChainLink } from './chain-link.ts';
import { type LintFacts, readLintFacts } from './lint-facts.ts';
import { checkFrame } from './lint-frame.ts';
import { checkKey, checkSignature } from './lint-key.ts';
import { checkNames } from './lint-names.ts';
import { type LintRole, roleOf } from './lint-role.ts';
import { type LintProfile, type LintRuleId, type LintSeverity, lintRules } from './lint-rules.ts';
import { checkUsage } from './lint-usage.ts';
import { checkValidity } from './lint-validity.ts';

/** Options of {@link lint} and `lintBundle`. */
export interface LintOptions {
  /** When the certificate is to be valid. Default: now. */
  readonly at?: Date | undefined;
  /** What the certificate is to be for. Default: what it says itself; one that says nothing is a server's. */
  readonly role?: LintRole | undefined;
}

/** Something that is wrong with a certificate. */
export interface LintFinding {
  /** Stable: a key of `lintRules`. */
  readonly rule: LintRuleId;
  readonly severity: LintSeverity;
  /** What is wrong here. */
  readonly message: string;
  /** Why it matters. */
  readonly explanation: string;
  /** Where it is written. */
  readonly reference: string;
}

/**
 * Finds what is wrong with a certificate, or will be, without a connection: dates, names, key, signature algorithm, usage,
 * serial number and key identifiers.
 *
 * Neither the signature nor the chain are verified. `lintRules` has every rule with its severities.
 *
 * @param certificate - DER, a `Certificate`, or a block of a PEM bundle.
 * @param profile - `webpki` for certificates that browsers are to trust, `internal` for those of one's own authority.
 * @returns what was found, in a fixed order; empty for a sound certificate.
 * @throws CertificateDecodeError where OpenSSL would refuse the certificate.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the certificate is not bytes.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for another profile, another role, or an invalid date.
 */
export function lint(certificate: CertificateInput, profile: LintProfile, options: LintOptions = {}): LintFinding[] {
  const der = derOf('certificate', certificate);
  checkProfile(profile);
  const at = options.at ?? new Date();
  if (!(at instanceof Date)) throw invalidArgumentType('at', 'a Date', at);
  if (Number.isNaN(at.getTime())) throw invalidArgumentValue('at is an invalid date');
  const read = new Certificate(der);
  const facts = readLintFacts(read);
  const role = options.role ?? roleOf(facts);
  if (!roles.includes(role)) throw invalidArgumentValue(`role must be one of ${roles.join(', ')}`);
  const context: LintContext = { profile, role, at, isRoot: isRoot(readChainLink(read)) };
  const findings: LintFinding[] = [];
  const report: LintReport = (rule, message) => {
    const finding = describeFinding(rule, profile, message);
    if (finding !== null) findings.push(finding);
  };
  for (const check of checks) check(facts, context, report);
  return findings;
}

/** What a check knows beside the certificate. */
export interface LintContext {
  readonly profile: LintProfile;
  readonly role: LintRole;
  readonly at: Date;
  /** Whether the certificate is its own issuer. */
  readonly isRoot: boolean;
}

/** Takes what a check has found; a rule that the profile does not have is dropped. */
export type LintReport = (rule: LintRuleId, message: string) => void;

/** One group of rules. */
export type LintCheck = (facts: LintFacts, context: LintContext, report: LintReport) => void;

const roles: readonly LintRole[] = ['server', 'client', 'authority', 'other'];
const checks: readonly LintCheck[] = [checkFrame, checkValidity, checkNames, checkKey, checkSignature, checkUsage];

/** Makes a finding with the severity and the words of its rule; null where the profile does not have the rule. */
export function describeFinding(rule: LintRuleId, profile: LintProfile, message: string): LintFinding | null {
  const { explanation, reference, [profile]: severity } = lintRules[rule];
  return severity === null ? null : { rule, severity, message, explanation, reference };
}

/** @throws RangeError `ERR_INVALID_ARG_VALUE` */
export function checkProfile(profile: LintProfile): void {
  if (profile !== 'webpki' && profile !== 'internal')
    throw invalidArgumentValue("profile must be 'webpki' or 'internal'");
}
