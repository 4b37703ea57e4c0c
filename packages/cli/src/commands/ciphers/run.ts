import { PROTOCOL_TLS_CLIENT, SSLContext, SSLError } from '@sslkit/socket';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';

/** Lists the suites in the order of preference. */
export function listCiphers(list: string | undefined, options: { json?: boolean }, output: Output): ExitCode {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  if (list !== undefined) {
    try {
      context.setCiphers(list);
    } catch (error) {
      if (error instanceof SSLError)
        throw usageError(`'${list}' selects no cipher suite`, 'See openssl-ciphers(1) for how lists are written.');
      throw error;
    }
  }
  const ciphers = context.getCiphers();
  if (options.json === true) {
    output.json({ schema: 'sslkit/ciphers/1', ciphers });
    return ExitCode.OK;
  }
  const { strong } = output.colours;
  const rows = ciphers.map(({ name, protocol, strengthBits, kea, auth, symmetric }) => [
    name,
    protocol,
    `${strengthBits}`,
    (kea ?? 'any').replace(/^kx-/, ''),
    (auth ?? 'any').replace(/^auth-/, ''),
    symmetric ?? 'none',
  ]);
  const header = ['suite', 'protocol', 'bits', 'key exchange', 'signature', 'cipher'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  output.report(strong(line(header)));
  for (const row of rows) output.report(line(row));
  return ExitCode.OK;
}
