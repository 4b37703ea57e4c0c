import type { LintCheck } from './lint.ts';

const day = 86_400_000;
/** The longest validity in days of a certificate issued from a moment on: Baseline Requirements §6.3.2, ballot SC-081v3. */
const limits: readonly (readonly [from: string, days: number])[] = [
  ['2029-03-15', 47],
  ['2027-03-15', 100],
  ['2026-03-15', 200],
  ['2020-09-01', 398],
  ['2018-03-01', 825],
  ['1970-01-01', 1187], // 39 months
];
const appleLimit = 825; // days; support.apple.com, "Requirements for trusted certificates in iOS 13 and macOS 10.15"

/** Checks the dates. */
export const checkValidity: LintCheck = ({ notBefore, notAfter, isSelfIssued }, { at, profile, role }, report) => {
  if (notBefore === null || notAfter === null) {
    report('malformed-time', `${notBefore === null ? 'notBefore' : 'notAfter'} is no time`);
    return;
  }
  if (notAfter < notBefore) {
    report('never-valid', `From ${notBefore.toISOString()} to ${notAfter.toISOString()}`);
    return;
  }
  if (at < notBefore) report('not-yet-valid', `Valid from ${notBefore.toISOString()}`);
  if (at > notAfter) report('expired', `Expired at ${notAfter.toISOString()}`);
  if (role === 'authority' || (profile === 'internal' && isSelfIssued)) return;
  const webLimit = limits.find(([from]) => notBefore.getTime() >= Date.parse(from))?.[1] ?? appleLimit;
  const limit = profile === 'webpki' ? webLimit : appleLimit;
  // Both ends are part of the validity: RFC 5280 §4.1.2.5. "398 days" ends one second before that many days are over.
  const length = notAfter.getTime() - notBefore.getTime() + 1000;
  if (length > limit * day)
    report('validity-too-long', `Valid for ${Math.ceil(length / day)} days, at most ${limit} are allowed`);
};
