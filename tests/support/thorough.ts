/**
 * Whether the random and comparing tests run at full length: `SSLKIT_THOROUGH=1`, as `.ci/run` sets it. Without it they
 * take a small sample from the same seeds, so that `npm test` is a matter of seconds.
 */
export const thorough: boolean = process.env['SSLKIT_THOROUGH'] === '1';

/** Picks how many rounds a test runs: `full` in a thorough run, else `quick`. */
export function scale(full: number, quick: number): number {
  return thorough ? full : quick;
}
