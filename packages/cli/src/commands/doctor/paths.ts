import { ExitCode } from '../../exit-code.ts';
import { type Output, printable } from '../../output.ts';
import { readTrustStore, type TrustPlace } from './trust-store.ts';

/** Lists the default verify paths with what is there. */
export function listPaths(options: { json?: boolean }, output: Output): ExitCode {
  const store = readTrustStore();
  if (options.json === true) {
    output.json({ schema: 'sslkit/paths/1', ...store });
    return ExitCode.OK;
  }
  for (const place of store.places) {
    const from = place.isOverridden ? ` (from ${place.variable})` : '';
    output.report(`${place.kind.padEnd(7)} ${printable(place.path)}${from}: ${describePlace(place)}`);
  }
  output.report(
    `trusted by default: ${store.certificates} certificates${store.problem === null ? '' : `; ${store.problem}`}`,
  );
  return ExitCode.OK;
}

function describePlace({ exists, certificates, kind, problem }: TrustPlace): string {
  if (!exists) return 'missing';
  if (problem !== null) return `cannot be used: ${problem}`;
  return kind === 'folder' ? 'searched when a chain is built' : `${certificates} certificates`;
}
