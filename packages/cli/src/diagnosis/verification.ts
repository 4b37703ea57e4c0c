import type { SSLCertVerificationError } from '@sslkit/errors';
import { CertificateDecodeError, type CertificateRevocationList, decodeCrl } from '@sslkit/x509';
import {
  type CertificateSummary,
  describeDays,
  formatName,
  shortName,
  summarizeCertificate,
} from '../certificate-summary.ts';
import { printable } from '../output.ts';
import type { Diagnosis } from './diagnosis.ts';
import { findVerifyCode, isStrictness } from './verify-codes.ts';

/** What is known about the verification beside OpenSSL's verdict. */
export interface VerificationSetting {
  /** The name or address that the certificate was held to; null where it was held to none. */
  readonly serverName: string | null;
  /** Where trust comes from, such as `--cafile ca.pem` or `the system's certificates`. */
  readonly trustSource: string;
  /** Who showed the certificate, or that it comes from a file. */
  readonly peer: 'server' | 'client' | 'file';
  /** When the certificate was to be valid, where that is not now. */
  readonly at?: Date | undefined;
  /** The revocation lists that were at hand, DER. */
  readonly revocationLists?: readonly Uint8Array[] | undefined;
}

/** OpenSSL's verdict on one certificate of a chain. */
export interface Verdict {
  readonly verifyCode: number;
  readonly verifyMessage: string;
  /** 0 for the peer's own certificate. */
  readonly depth: number;
  /** The certificate at fault; null where it cannot be read. */
  readonly certificate: CertificateSummary | null;
  /** The chain as far as it was built, the peer's own certificate first. */
  readonly chain: readonly CertificateSummary[];
}

/** What OpenSSL says of a certificate that it refuses: in the error of a handshake, or to who overrules it. */
export type RefusedCertificate = Pick<
  SSLCertVerificationError,
  'verifyCode' | 'verifyMessage' | 'verifyDepth' | 'verifyCertificate' | 'verifyChain'
>;

/** Reads the verdict out of a refusal. @param at - when the certificates were to be valid */
export function readVerdict(error: RefusedCertificate, at = new Date()): Verdict {
  const chain = error.verifyChain.map((der) => trySummarize(der, at)).filter((summary) => summary !== null);
  const atFault = error.verifyCertificate === undefined ? undefined : trySummarize(error.verifyCertificate, at);
  const depth = Math.max(error.verifyDepth ?? 0, 0);
  return {
    verifyCode: error.verifyCode ?? 1,
    verifyMessage: error.verifyMessage ?? 'the certificate is refused',
    depth,
    certificate: atFault ?? chain[depth] ?? null,
    chain,
  };
}

function trySummarize(der: Uint8Array, at: Date): CertificateSummary | null {
  try {
    return summarizeCertificate(der, at);
  } catch {
    return null;
  }
}

/** Says why a certificate was refused, and what can be done. */
export function diagnoseVerification(verdict: Verdict, setting: VerificationSetting): Diagnosis {
  const { name, exitCode, title } = findVerifyCode(verdict.verifyCode, verdict.verifyMessage);
  const words = explain(verdict, setting);
  return { exitCode, code: name, title, ...words };
}

type Words = Pick<Diagnosis, 'why' | 'remedies'>;

function explain(verdict: Verdict, setting: VerificationSetting): Words {
  switch (verdict.verifyCode) {
    case 2:
    case 20:
    case 21:
      return explainUnknownIssuer(verdict, setting);
    case 18:
      return explainSelfSigned(verdict, setting);
    case 19:
      return explainUntrustedRoot(verdict, setting);
    case 9:
    case 10:
      return explainDates(verdict, setting);
    case 62:
    case 64:
      return explainName(verdict, setting);
    case 23:
      return explainRevocation(verdict);
    case 3:
      return explainMissingList(verdict);
    case 11:
    case 12:
      return explainListDates(verdict, setting);
    default:
      return explainOther(verdict);
  }
}

function explainUnknownIssuer(verdict: Verdict, { trustSource, peer }: VerificationSetting): Words {
  const top = verdict.chain.at(-1) ?? verdict.certificate;
  const issuer = printable(top?.issuer ?? 'an unknown authority');
  const issued = top === null || top === undefined ? 'the certificate' : describe(top, verdict);
  const isAlone = verdict.chain.length <= 1;
  const place = peer === 'file' ? 'in the file' : `sent by the ${peer}`;
  const hint =
    peer === 'file'
      ? 'The file holds no intermediate certificate; if there is one between it and a trusted root, that is missing.'
      : `The ${peer} sent no intermediate certificate; if there is one between it and a trusted root, that is the fault.`;
  return {
    why: [
      `${capitalize(issued)} was issued by ${issuer}, which is neither in ${trustSource} nor ${place}.`,
      ...(isAlone ? [hint] : []),
    ],
    remedies: [
      `If ${issuer} is a private authority that you trust, name its certificate with --cafile FILE.`,
      peer === 'file'
        ? 'If it is a public one, add the certificates between to the file, or give them with --untrusted FILE.'
        : `If it is a public one, the ${peer} must send the certificates between its own and the root: configure the full chain there.`,
    ],
  };
}

function explainSelfSigned(verdict: Verdict, { trustSource }: VerificationSetting): Words {
  const subject = verdict.certificate === null ? 'It' : `${printable(verdict.certificate.subject)}`;
  return {
    why: [`${subject} signed its own certificate, so nobody else vouches for it, and it is not in ${trustSource}.`],
    remedies: [
      'If it is your own, compare its fingerprint over another way, save it to a file and name that with --cafile FILE.',
      'Otherwise somebody may stand between you and the server: do not go on.',
    ],
  };
}

function explainUntrustedRoot(verdict: Verdict, { trustSource }: VerificationSetting): Words {
  const root = verdict.chain.at(-1) ?? verdict.certificate;
  const name = root === null || root === undefined ? 'the root' : printable(root.subject);
  return {
    why: [`The chain is complete and ends at ${name}, which is not in ${trustSource}.`],
    remedies: [
      `If you trust ${name}, name its certificate with --cafile FILE.`,
      'A proxy that inspects traffic puts its own root here: ask whoever runs the network for its certificate.',
    ],
  };
}

function explainDates({ verifyCode, certificate, depth }: Verdict, { at }: VerificationSetting): Words {
  if (certificate === null) return { why: [], remedies: [] };
  const asked = describeMoment(at);
  const who = depth === 0 ? 'It' : `${printable(certificate.subject)}, ${depth} above the server's own,`;
  if (verifyCode === 9) {
    return {
      why: [`${who} is valid from ${formatMoment(certificate.notBefore)}; ${asked}.`],
      remedies: [
        at === undefined
          ? 'Check the clock of this machine first, then the date of the certificate.'
          : 'Give the certificate that was in use at that time.',
      ],
    };
  }
  const ago = certificate.daysLeft === null ? '' : ` (${describeDays(certificate.daysLeft).replace('expired ', '')})`;
  return {
    why: [`${who} was valid until ${formatMoment(certificate.notAfter)}${ago}; ${asked}.`],
    remedies: [
      depth === 0
        ? 'The certificate must be renewed on the server, and the server told to load the new one.'
        : 'The server must send a newer intermediate certificate, or the trusted root must be replaced.',
      ...(at === undefined ? ['If the date of this machine is wrong, set its clock.'] : []),
    ],
  };
}

function describeMoment(at: Date | undefined): string {
  const moment = formatMoment((at ?? new Date()).toISOString());
  return at === undefined ? `the clock here says ${moment}` : `you asked for ${moment}`;
}

function formatMoment(iso: string | null): string {
  return iso === null ? 'a date that cannot be read' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function explainName({ chain, certificate }: Verdict, { serverName, peer }: VerificationSetting): Words {
  const leaf = chain[0] ?? certificate;
  const names = leaf?.names ?? [];
  const listed = names.length === 0 ? 'no names at all' : names.slice(0, 8).map(printable).join(', ');
  const more = names.length > 8 ? ` and ${names.length - 8} more` : '';
  const asked = printable(serverName ?? '');
  const example = names.find((name) => !name.includes(':') && !name.startsWith('*'));
  return {
    why: [`You asked for '${asked}'; the certificate is for ${listed}${more}.`],
    remedies: [
      ...(example === undefined
        ? []
        : [
            `If the server is meant to be reached by another name, use that name: ${peer === 'file' ? '--name' : '--servername'} ${printable(example)}`,
          ]),
      `Otherwise this is the wrong server, or its certificate must be issued anew with '${asked}' among its names.`,
    ],
  };
}

function explainRevocation(verdict: Verdict): Words {
  const { certificate } = verdict;
  const which = certificate === null ? 'The certificate' : capitalize(describe(certificate, verdict));
  const serial = certificate === null ? '' : ` (serial number ${certificate.serialNumber})`;
  return {
    why: [`${which}${serial} stands on a revocation list of its issuer: its key may be in other hands.`],
    remedies: ['Do not go on. The server needs a new certificate with a new key.'],
  };
}

function explainMissingList(verdict: Verdict): Words {
  const { certificate } = verdict;
  const issuer = certificate === null ? 'its issuer' : printable(certificate.issuer);
  return {
    why: [`Revocation was to be checked, and there is no revocation list of ${issuer}.`],
    remedies: [`Give the list of ${issuer} with --crl FILE.`],
  };
}

function explainListDates(
  { verifyCode, certificate }: Verdict,
  { at, revocationLists = [] }: VerificationSetting,
): Words {
  const issuer = certificate?.issuer ?? null;
  const list = findNewestList(revocationLists, issuer);
  const name = `The revocation list of ${issuer === null ? 'an authority' : printable(issuer)}`;
  const moment = (date: Date | null | undefined) => formatMoment(date?.toISOString() ?? null);
  if (verifyCode === 11) {
    return {
      why: [`${name} is from ${moment(list?.thisUpdate)}; ${describeMoment(at)}.`],
      remedies: [
        at === undefined
          ? 'Check the clock of this machine first, then the date of the list.'
          : 'Give the list of that time with --crl FILE.',
      ],
    };
  }
  return {
    why: [
      `${name} was good until ${moment(list?.nextUpdate)}; ${describeMoment(at)}. What was revoked since then is not on it.`,
    ],
    remedies: ['Fetch the list of today from its authority, and give it with --crl FILE.'],
  };
}

/** OpenSSL takes the one that is best in time. */
function findNewestList(lists: readonly Uint8Array[], issuer: string | null): CertificateRevocationList | null {
  const read = lists.map(tryDecodeCrl).filter((list) => list !== null);
  const [newest = null] = read
    .filter((list) => formatName(list.issuer) === issuer)
    .sort((one, other) => (other.nextUpdate?.getTime() ?? 0) - (one.nextUpdate?.getTime() ?? 0));
  return newest;
}

function tryDecodeCrl(der: Uint8Array): CertificateRevocationList | null {
  try {
    return decodeCrl(der);
  } catch (error) {
    if (error instanceof CertificateDecodeError) return null;
    throw error;
  }
}

function explainOther(verdict: Verdict): Words {
  const { certificate, verifyMessage, verifyCode } = verdict;
  const which = certificate === null ? 'a certificate' : describe(certificate, verdict);
  return {
    why: [`OpenSSL says of ${which}: ${verifyMessage.replace(/\.$/, '')}.`],
    remedies: isStrictness(verifyCode)
      ? ['The certificate should be issued anew; until then --no-strict overlooks this rule, and only such rules.']
      : ['The certificate must be issued anew, without this fault.'],
  };
}

/** `the server's own certificate 'example.org'`, `the intermediate 'R3'`. */
function describe(certificate: CertificateSummary, { chain }: Verdict): string {
  const name = `'${shortName(certificate)}'`;
  const isLeaf = chain[0]?.fingerprint256 === certificate.fingerprint256 || chain.length === 0;
  if (isLeaf) return `the certificate of ${name}`;
  return certificate.isSelfIssued ? `the root ${name}` : `the intermediate ${name}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
