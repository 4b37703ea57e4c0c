import type { Diagnosis } from '../../diagnosis/diagnosis.ts';

/** What else is wrong with a certificate that was refused, and what is right with it. */
export interface RefusedChain {
  /** Whether the chain leads to a trusted root, is in date and obeys the rules, whatever the name. */
  readonly isChainGood: boolean;
  /** Everything that OpenSSL did not come to, since it stops at the first fault. */
  readonly others: readonly Diagnosis[];
}

/** Why a connection was refused. */
export interface Refusal {
  readonly problem: Diagnosis;
  /** What else is known of a refused certificate. */
  readonly also: RefusedChain | null;
}
