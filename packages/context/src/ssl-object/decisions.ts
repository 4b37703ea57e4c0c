import { AlertDescription } from '../enums/alert-description.ts';

/** A handshake that waits for the caller; see `SSLObject.decision`. */
export interface ServerNameDecision {
  readonly kind: 'serverName';
  /** ASCII, or null where the client named none. */
  readonly serverName: string | null;
  /** What the client offers, in its order; empty where it offers nothing. */
  readonly alpnProtocols: readonly string[];
  /**
   * Lets the next `tryHandshake` go on, or end with an alert.
   *
   * @param refusal - the number of an alert, or what a callback threw; nothing to go on.
   */
  answer(refusal?: number | Error | null): void;
}

/** Every kind of decision that a handshake can wait for. */
export type Decision = ServerNameDecision;

/** What the add-on takes for "go on". */
const NO_ALERT = -1;

/** The alert for what a callback of the user's gave back or threw, as Python maps it. */
export function toAlertNumber(refusal: unknown): number {
  if (refusal === null || refusal === undefined) return NO_ALERT;
  if (refusal instanceof Error) return AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE;
  if (typeof refusal === 'number' && Number.isInteger(refusal) && refusal >= 0 && refusal <= 255) return refusal;
  return AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR;
}

/** A name on the wire that is not ASCII is none that a certificate could be chosen by. */
export function decodeServerName(name: Buffer | null): string | null {
  if (name === null) return null;
  return name.every((byte) => byte > 0x20 && byte < 0x7f) ? name.toString('latin1') : null;
}
