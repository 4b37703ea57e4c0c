import { existsSync } from 'node:fs';
import { usageError } from '../failure.ts';
import { parseTarget, portOfScheme, type Target } from '../target.ts';

/** Where something comes from: a file, standard input, or a server. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'host'; readonly target: Target };

/**
 * Tells a file from a host: what exists as a file is one, `-` is standard input, and what has a port or a scheme, or
 * looks like a domain name, is a host.
 *
 * @param starttls - the protocol whose port is the default.
 * @throws Failure with the exit code for usage where it is neither.
 */
export function parseSource(text: string, starttls?: string): Source {
  const port = portOfScheme(starttls);
  if (text === '-' || existsSync(text)) return { kind: 'file', path: text };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(\[[^\]]*\]|[^/\\:]+):\d+$/.test(text)) {
    return { kind: 'host', target: parseTarget(text, port) };
  }
  const isMeantAsFile = looksLikeFile(text);
  if (!isMeantAsFile && /^[^\s.]+(\.[^\s.]+)+$/.test(text)) return { kind: 'host', target: parseTarget(text, port) };
  if (isMeantAsFile) return { kind: 'file', path: text };
  throw usageError(
    `'${text}' is neither a file nor a host`,
    'Expected the name of a file, - for standard input, or HOST:PORT.',
  );
}

/** Whether a name that does not exist was meant as that of a file: by a slash, or by its end, which no domain has. */
export function looksLikeFile(text: string): boolean {
  return /[/\\]|\.(pem|crt|cer|der|key|csr|crl|p12|pfx|p7b|txt|list|json|conf|csv)$/i.test(text);
}
