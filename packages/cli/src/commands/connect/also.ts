import type { SSLCertVerificationError } from '@sslkit/socket';
import type { ConnectionSetting } from '../../client/diagnose-failure.ts';
import { loadTrust, type TrustOptions } from '../../client/trust.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { diagnoseVerification } from '../../diagnosis/verification.ts';
import { ExitCode } from '../../exit-code.ts';
import { judgeChain } from '../../verification/judge-chain.ts';

/** What else is wrong with a certificate that was refused, and what is right with it. */
export interface RefusedChain {
  /** Whether the chain leads to a trusted root, is in date and obeys the rules, whatever the name. */
  readonly isChainGood: boolean;
  /** Everything that OpenSSL did not come to, since it stops at the first fault. */
  readonly others: readonly Diagnosis[];
}

/** Has a refused chain judged to its end. */
export async function judgeRefusedChain(
  error: SSLCertVerificationError,
  options: TrustOptions & { readonly strict: boolean },
  setting: ConnectionSetting,
): Promise<RefusedChain | null> {
  if (error.verifyChain.length === 0) return null;
  const { verdicts } = await judgeChain(error.verifyChain, {
    role: 'server',
    serverName: setting.serverName,
    at: new Date(),
    strict: options.strict,
    revocation: 'none',
    trust: (context) => loadTrust(context, options),
  });
  const diagnoses = verdicts.map((verdict) => diagnoseVerification(verdict, { ...setting, peer: 'server' }));
  const first = error.verifyCode;
  return {
    isChainGood: diagnoses.every(({ exitCode }) => exitCode === ExitCode.NAME_MISMATCH),
    others: diagnoses.filter((_diagnosis, index) => verdicts[index]?.verifyCode !== first),
  };
}
