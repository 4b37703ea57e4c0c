import { randBytes } from '@sslkit/socket';
import { ExitCode } from '../../exit-code.ts';
import { usageError } from '../../failure.ts';
import type { Output } from '../../output.ts';

const FORMS = ['hex', 'base64', 'base64url', 'raw'] as const;
const CHUNK = 49_152; // bytes; a multiple of three, so that base64 needs padding only at its end

/** Writes random bytes as data. */
export async function writeRandom(
  count: number,
  options: { form: string; json?: boolean },
  output: Output,
): Promise<ExitCode> {
  const form = FORMS.find((candidate) => candidate === options.form);
  if (form === undefined) throw usageError(`--form: '${options.form}' is not one of ${FORMS.join(', ')}`);
  if (options.json === true) {
    if (form === 'raw') throw usageError('--json has no place for raw bytes');
    output.json({ schema: 'sslkit/random/1', count, form, value: randBytes(count).toString(form) });
    return ExitCode.OK;
  }
  if (form === 'raw' && output.stdout.isTTY === true) throw usageError('raw bytes do not belong on a terminal');
  for (let left = count; left > 0; left -= CHUNK) {
    const bytes = randBytes(Math.min(left, CHUNK));
    await output.data(form === 'raw' ? bytes : bytes.toString(form));
  }
  if (form !== 'raw') await output.data('\n');
  return ExitCode.OK;
}
