import type { LintFacts } from './lint-facts.ts';

/** What a certificate is for, as the rules distinguish it. */
export type LintRole = 'server' | 'client' | 'authority' | 'other';

export const serverAuth = '1.3.6.1.5.5.7.3.1';
export const clientAuth = '1.3.6.1.5.5.7.3.2';
export const anyPurpose = '2.5.29.37.0';

/** What a certificate says that it is for; one that says nothing is a server's. */
export function roleOf({
  basicConstraints,
  keyUsage,
  version,
  isSelfIssued,
  extendedKeyUsage,
  names,
}: LintFacts): LintRole {
  if (basicConstraints?.ca) return 'authority';
  if (basicConstraints === null && names === null) {
    if (keyUsage?.includes('keyCertSign')) return 'authority';
    // The roots of the nineties have no extensions.
    if (version === 1 && isSelfIssued) return 'authority';
  }
  if (extendedKeyUsage === null || extendedKeyUsage.includes(serverAuth) || extendedKeyUsage.includes(anyPurpose)) {
    return 'server';
  }
  return extendedKeyUsage.includes(clientAuth) ? 'client' : 'other';
}
