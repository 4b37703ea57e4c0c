import { SSLCertVerificationError } from '@sslkit/socket';
import { diagnoseConnection, diagnoseUnknown } from '../diagnosis/connection.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { diagnoseHandshake } from '../diagnosis/handshake.ts';
import { diagnoseVerification, readVerdict } from '../diagnosis/verification.ts';
import { ExitCode, nameOutcome } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { Target } from '../target.ts';
import { HandshakeFailure } from './open-connection.ts';

/** What was asked for, and who was to be trusted. */
export interface ConnectionSetting {
  readonly target: Pick<Target, 'host' | 'port'>;
  readonly serverName: string | null;
  readonly trustSource: string;
  /** The revocation lists that were at hand, DER. */
  readonly revocationLists?: readonly Uint8Array[];
}

/**
 * Says why `openConnection` failed.
 *
 * @throws the error itself where it is one of the command line or of files.
 */
export function diagnoseFailure(error: unknown, setting: ConnectionSetting): Diagnosis {
  if (error instanceof Failure) return fromFailure(error);
  const { target, serverName } = setting;
  if (!(error instanceof HandshakeFailure)) return diagnoseConnection(error, target) ?? diagnoseUnknown(error);
  const { cause, firstBytes } = error;
  if (cause instanceof SSLCertVerificationError) {
    return diagnoseVerification(readVerdict(cause), { ...setting, peer: 'server' });
  }
  return (
    diagnoseHandshake(cause, { target, firstBytes, serverName }) ??
    diagnoseConnection(cause, target) ??
    diagnoseUnknown(cause)
  );
}

/** What was worded on the way, such as by a proxy that says no; the fault of the caller is not a diagnosis. */
function fromFailure(failure: Failure): Diagnosis {
  const { exitCode, message, remedies } = failure;
  if (exitCode === ExitCode.USAGE || exitCode === ExitCode.INPUT) throw failure;
  return {
    exitCode,
    code: nameOutcome(exitCode).toUpperCase().replaceAll('-', '_'),
    title: message,
    why: [],
    remedies,
  };
}
