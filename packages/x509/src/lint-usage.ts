import type { LintCheck, LintReport } from './lint.ts';
import type { LintFacts } from './lint-facts.ts';
import { isRsaKey } from './lint-key.ts';
import { anyPurpose, clientAuth, serverAuth } from './lint-role.ts';

const keyUsageOid = '2.5.29.15';
const basicConstraintsOid = '2.5.29.19';
const subjectKeyIdentifier = '2.5.29.14';
const authorityKeyIdentifier = '2.5.29.35';
const signedTimestamps = '1.3.6.1.4.1.11129.2.4.2';

function isCritical({ extensions }: LintFacts, oid: string): boolean | undefined {
  return extensions.find((extension) => extension.oid === oid)?.critical;
}

/** Checks basic constraints, key usages and key identifiers against the role. */
export const checkUsage: LintCheck = (facts, { role, isRoot, profile }, report) => {
  const isAuthority = facts.basicConstraints?.ca ?? false;
  const mayCertify = facts.keyUsage?.includes('keyCertSign') ?? false;
  if (role === 'authority') checkAuthority(facts, isAuthority, report);
  else if (isAuthority) report('leaf-is-authority', 'The basic constraints say that this is an authority');
  if (!isAuthority && mayCertify) report('leaf-can-sign', 'The key usage has keyCertSign');
  if (
    (facts.basicConstraints?.pathLength ?? null) !== null &&
    !(isAuthority && (mayCertify || facts.keyUsage === null))
  ) {
    report('path-length-misplaced', 'There is a path length although this cannot sign certificates');
  }
  if (isCritical(facts, keyUsageOid) === false) report('key-usage-not-critical', 'The key usage is not critical');
  if (role === 'server' || role === 'client') {
    checkKeyUsage(facts, report);
    checkExtendedKeyUsage(facts, role, report);
  }
  checkKeyIdentifiers(facts, isRoot, role === 'authority', report);
  if (profile === 'webpki' && role === 'server' && isCritical(facts, signedTimestamps) === undefined) {
    report('no-certificate-transparency', 'There are no signed certificate timestamps');
  }
};

function checkAuthority(facts: LintFacts, isAuthority: boolean, report: LintReport): void {
  if (!isAuthority) report('not-an-authority', 'The basic constraints do not say that this is an authority');
  else if (isCritical(facts, basicConstraintsOid) === false) {
    report('basic-constraints-not-critical', 'The basic constraints are not critical');
  }
  if (facts.keyUsage === null) report('key-usage-missing', 'There is no key usage');
  else if (!facts.keyUsage.includes('keyCertSign')) report('authority-cannot-sign', 'The key usage lacks keyCertSign');
}

function checkKeyUsage({ keyUsage, publicKey }: LintFacts, report: LintReport): void {
  if (keyUsage === null || publicKey === null) return;
  const isRsa = isRsaKey(publicKey.oid);
  const oldExchange = isRsa ? 'keyEncipherment' : 'keyAgreement';
  if (!keyUsage.includes('digitalSignature')) {
    report(
      'key-usage-unfit',
      keyUsage.includes(oldExchange)
        ? 'The key usage lacks digitalSignature, without which there is no TLS 1.3 and no forward secrecy'
        : `The key usage has neither digitalSignature nor ${oldExchange}`,
    );
  }
  // RFC 8813 §3 for elliptic keys; RFC 3279 §2.3.1 for RSA.
  const foreign = isRsa ? 'keyAgreement' : 'keyEncipherment';
  if (keyUsage.includes(foreign)) {
    report('key-usage-not-for-key-type', `${foreign} is ${isRsa ? 'not for RSA keys' : 'for RSA keys alone'}`);
  }
}

function checkExtendedKeyUsage({ extendedKeyUsage }: LintFacts, role: 'server' | 'client', report: LintReport): void {
  if (extendedKeyUsage === null) {
    report('extended-key-usage-missing', 'There is no extended key usage');
    return;
  }
  if (extendedKeyUsage.includes(anyPurpose))
    report('extended-key-usage-any', 'The extended key usage has anyExtendedKeyUsage');
  // OpenSSL does not take anyExtendedKeyUsage for any one of them.
  if (!extendedKeyUsage.includes(role === 'server' ? serverAuth : clientAuth)) {
    report(
      'extended-key-usage-unfit',
      `The extended key usage lacks ${role === 'server' ? 'serverAuth' : 'clientAuth'}`,
    );
  }
}

function checkKeyIdentifiers(facts: LintFacts, isRoot: boolean, isAuthority: boolean, report: LintReport): void {
  const subject = isCritical(facts, subjectKeyIdentifier);
  const authority = isCritical(facts, authorityKeyIdentifier);
  // RFC 5280 §4.2.1.1: only a self-signed certificate may go without.
  if (authority === undefined && !isRoot)
    report('authority-key-identifier-missing', 'There is no authority key identifier');
  if (subject === undefined && isAuthority)
    report('subject-key-identifier-missing', 'There is no subject key identifier');
  if (subject || authority) report('key-identifier-critical', 'A key identifier is critical');
}
