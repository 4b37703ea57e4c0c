import type { Socket } from 'node:net';
import type { SSLSocket } from '@sslkit/socket';
import { summarizeCertificate } from '../../certificate-summary.ts';
import type { ConnectionSetting } from '../../client/diagnose-failure.ts';
import { loadRevocationLists, loadTrust, type TrustOptions } from '../../client/trust.ts';
import { diagnoseVerification, type RefusedCertificate } from '../../diagnosis/verification.ts';
import { ExitCode } from '../../exit-code.ts';
import { judgeChain } from '../../verification/judge-chain.ts';
import { findMatchingName } from './matching-name.ts';
import type { Refusal, RefusedChain } from './refusal.ts';

/** Has a refused chain judged to its end. */
export async function judgeRefusedChain(
  error: RefusedCertificate,
  options: TrustOptions & { readonly strict: boolean },
  setting: ConnectionSetting,
): Promise<RefusedChain | null> {
  if (error.verifyChain.length === 0) return null;
  const lists = setting.revocationLists ?? [];
  const { verdicts } = await judgeChain(error.verifyChain, {
    role: 'server',
    serverName: setting.serverName,
    at: new Date(),
    strict: options.strict,
    revocation: lists.length > 0 ? 'leaf' : 'none',
    trust: (context) => {
      loadTrust(context, options);
      loadRevocationLists(context, lists);
    },
  });
  const diagnoses = verdicts.map((verdict) => diagnoseVerification(verdict, { ...setting, peer: 'server' }));
  const first = error.verifyCode;
  return {
    isChainGood: diagnoses.every(({ exitCode }) => exitCode === ExitCode.NAME_MISMATCH),
    others: diagnoses.filter((_diagnosis, index) => verdicts[index]?.verifyCode !== first),
  };
}

const NAME_MISMATCH = 62;
const EXPIRED = 10;

/**
 * Looks at the certificate of a session that was resumed: OpenSSL verified it in the handshake that the session comes from,
 * against the name of then and at the time of then.
 *
 * @returns null where it is still good.
 */
export function judgeResumed(connection: SSLSocket<Socket>, setting: ConnectionSetting): Refusal | null {
  const leaf = connection.getPeerCert({ binaryForm: true });
  if (leaf === null) return null;
  const certificate = summarizeCertificate(leaf);
  const isForName = findMatchingName(leaf, setting.serverName) !== null;
  const isInDate = certificate.daysLeft !== null && certificate.daysLeft >= 0;
  if (isForName && isInDate) return null;
  const verdict = {
    verifyCode: isForName ? EXPIRED : NAME_MISMATCH,
    verifyMessage: '',
    depth: 0,
    certificate,
    chain: [certificate],
  };
  const problem = diagnoseVerification(verdict, { ...setting, peer: 'server' });
  return { problem, also: { isChainGood: isInDate, others: [] } };
}
