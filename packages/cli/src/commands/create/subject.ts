import { usageError } from '../../failure.ts';

/**
 * Reads a distinguished name: `CN=example.org, O=Example`, or with slashes as `openssl req -subj` has it. Text without
 * an equals sign is a common name.
 *
 * @throws Failure with the exit code for usage.
 */
export function parseSubject(text: string): [attribute: string, value: string][][] {
  if (!text.includes('=')) return [[['CN', text]]];
  const separator = text.startsWith('/') ? /\/(?=[A-Za-z0-9.]+=)/ : /,\s*(?=[A-Za-z0-9.]+=)/;
  return text
    .split(separator)
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const attribute = part.slice(0, at).trim();
      const value = part
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
      if (at < 1 || value === '')
        throw usageError(
          `--subject: '${part}' is not ATTRIBUTE=VALUE`,
          'Expected a name such as "CN=example.org, O=Example".',
        );
      return [[attribute, value]];
    });
}
