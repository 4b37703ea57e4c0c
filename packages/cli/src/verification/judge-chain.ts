import {
  CERT_REQUIRED,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  type SSLCertVerificationError,
  SSLContext,
  TLSVersion,
  VerifyFlags,
} from '@sslkit/socket';
import { Certificate, type CreatedCertificate, createCertificate, encodePem } from '@sslkit/x509';
import { summarizeCertificate } from '../certificate-summary.ts';
import { readVerdict, type Verdict } from '../diagnosis/verification.ts';
import { isStrictness } from '../diagnosis/verify-codes.ts';
import { selectCandidates } from './candidates.ts';
import { judgeCertificates, type Role } from './certificate-flight.ts';

/** What a chain is held to. */
export interface ChainExpectations {
  readonly role: Role;
  /** The name or address that a server's certificate must be for; null for any. */
  readonly serverName: string | null;
  /** When it must be valid. */
  readonly at: Date;
  /** Whether the rules of RFC 5280 are enforced that old certificates break. */
  readonly strict: boolean;
  /** Revocation: not looked at, of the certificate alone, or of every one in the chain. */
  readonly revocation: 'none' | 'leaf' | 'chain';
  /** Adds what is trusted, and revocation lists. */
  readonly trust: (context: SSLContext) => void;
}

/** What came of a judgement. */
export interface Judgement {
  /** Everything that is wrong, what OpenSSL meets first at the front; empty where the chain is accepted. */
  readonly verdicts: readonly Verdict[];
  /** DER from the certificate upwards, as far as it was built. */
  readonly chain: readonly Uint8Array[];
}

// X509_V_FLAG_NO_CHECK_TIME: X509_VERIFY_PARAM_set_flags(3).
const NO_CHECK_TIME = 0x200000;

/** More than there are kinds of faults to overlook. */
const MOST_ROUNDS = 12;

/** What is overlooked once it has been found, so that what is behind it comes to light. */
interface Overlooked {
  name: boolean;
  strictness: boolean;
  /** The dates of revocation lists: whether a certificate stands on one is asked all the same. */
  listDates: boolean;
  revocation: boolean;
  strength: boolean;
  /** The dates of certificates. */
  dates: boolean;
  /** DER of a certificate that is taken for trusted. */
  anchor: Uint8Array | null;
}

/** Has OpenSSL verify a chain, over and over without what it has found, until nothing new is found. */
export async function judgeChain(given: readonly Uint8Array[], expected: ChainExpectations): Promise<Judgement> {
  const certificates = selectCandidates(given);
  const overlooked: Overlooked = {
    name: false,
    strictness: false,
    listDates: false,
    revocation: false,
    strength: false,
    dates: false,
    anchor: null,
  };
  const own = expected.role === 'client' ? await createCertificate({ names: ['verifier.invalid'] }) : null;
  const verdicts: Verdict[] = [];
  let chain: readonly Uint8Array[] = certificates.slice(0, 1);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const context = prepareContext(expected, overlooked, own);
    const serverName = overlooked.name ? null : expected.serverName;
    if (serverName === null) context.checkHostname = false;
    const { error, chain: built } = judgeCertificates(context, certificates, { role: expected.role, serverName });
    // With other rules OpenSSL may build another chain: the one to show is that of the rules that were asked for.
    const isAsAsked = overlooked.anchor === null && checksDates(overlooked);
    if (error === null) {
      if (built.length > 0 && isAsAsked) chain = built;
      if (checksDates(overlooked) || overlooked.dates) break;
      overlooked.revocation = true;
      continue;
    }
    if (error.verifyChain.length > 0 && isAsAsked) chain = error.verifyChain;
    const verdict = readVerdict(error, expected.at);
    if (verdicts.some(({ verifyCode }) => verifyCode === verdict.verifyCode)) break;
    addVerdicts(verdicts, DATE_CODES.has(verdict.verifyCode) ? findDates(verdict, error, expected.at) : [verdict]);
    overlook(error, overlooked, chain);
  }
  return { verdicts, chain };
}

function prepareContext(
  expected: ChainExpectations,
  overlooked: Overlooked,
  own: CreatedCertificate | null,
): SSLContext {
  const context = new SSLContext(own === null ? PROTOCOL_TLS_CLIENT : PROTOCOL_TLS_SERVER);
  context.minimumVersion = TLSVersion.TLSv1_2;
  context.maximumVersion = TLSVersion.TLSv1_2;
  context.setCiphers(overlooked.strength ? 'ECDHE+AESGCM:@SECLEVEL=0' : 'ECDHE+AESGCM:@SECLEVEL=2');
  context.verifyFlags |= VerifyFlags.VERIFY_X509_PARTIAL_CHAIN;
  if (checksDates(overlooked)) context.verificationTime = expected.at;
  else context.verifyFlags |= NO_CHECK_TIME;
  if (expected.strict && !overlooked.strictness) context.verifyFlags |= VerifyFlags.VERIFY_X509_STRICT;
  if (!overlooked.revocation) context.verifyFlags |= REVOCATION_FLAGS[expected.revocation];
  expected.trust(context);
  if (overlooked.anchor !== null) context.loadVerifyLocations({ cadata: encodePem('CERTIFICATE', overlooked.anchor) });
  if (own !== null) {
    context.loadCertChain({ cert: own.chainPem, key: own.privateKeyPem });
    context.verifyMode = CERT_REQUIRED;
  }
  return context;
}

const REVOCATION_FLAGS = {
  none: 0,
  leaf: VerifyFlags.VERIFY_CRL_CHECK_LEAF,
  chain: VerifyFlags.VERIFY_CRL_CHECK_CHAIN,
} as const;

/** OpenSSL looks at the dates of lists and of certificates, or at neither; it comes to the lists first. */
function checksDates({ listDates, revocation, dates }: Overlooked): boolean {
  return !dates && (!listDates || revocation);
}

const WEAK_CODES = new Set([66, 67, 68]);
const NAME_CODES = new Set([62, 64]);
const DATE_CODES = new Set([9, 10, 13, 14]);
const LIST_DATE_CODES = new Set([11, 12, 15, 16]);
const REVOKED = 23;
const REVOCATION_CODES = new Set([3, 8, 35, REVOKED]);

function overlook(
  { verifyCode = 0 }: SSLCertVerificationError,
  overlooked: Overlooked,
  chain: readonly Uint8Array[],
): void {
  if (NAME_CODES.has(verifyCode)) overlooked.name = true;
  else if (isStrictness(verifyCode)) overlooked.strictness = true;
  else if (DATE_CODES.has(verifyCode)) overlooked.dates = true;
  else if (LIST_DATE_CODES.has(verifyCode)) overlooked.listDates = true;
  else if (REVOCATION_CODES.has(verifyCode)) overlooked.revocation = true;
  else if (WEAK_CODES.has(verifyCode)) overlooked.strength = true;
  else overlooked.anchor = chain.at(-1) ?? null;
}

/** A revocation weighs more than the date of the list that it stands on, which comes to light first. */
function addVerdicts(verdicts: Verdict[], more: readonly Verdict[]): void {
  const place = verdicts.findIndex(({ verifyCode }) => LIST_DATE_CODES.has(verifyCode));
  const isRevocation = more.some(({ verifyCode }) => verifyCode === REVOKED);
  verdicts.splice(isRevocation && place >= 0 ? place : verdicts.length, 0, ...more);
}

const NOT_YET_VALID = 9;
const EXPIRED = 10;

/** The other certificates of the chain that are out of date, beside the one that OpenSSL stops at. */
function findDates(found: Verdict, { verifyChain }: SSLCertVerificationError, at: Date): Verdict[] {
  const others = verifyChain.flatMap((der, depth): Verdict[] => {
    if (depth === found.depth) return [];
    const { notBefore, notAfter } = new Certificate(der);
    const verdict = { depth, certificate: summarizeCertificate(der, at), chain: found.chain };
    // As X509_cmp_time(3) has it: over at the last second.
    if (notAfter !== null && notAfter <= at) {
      return [{ ...verdict, verifyCode: EXPIRED, verifyMessage: 'certificate has expired' }];
    }
    if (notBefore !== null && notBefore > at) {
      return [{ ...verdict, verifyCode: NOT_YET_VALID, verifyMessage: 'certificate is not yet valid' }];
    }
    return [];
  });
  return [found, ...others].sort((one, other) => one.depth - other.depth);
}
