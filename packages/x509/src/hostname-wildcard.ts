/** Which wildcards a pattern may have: none, a whole left-most label, or also a part of it. */
export type WildcardForm = 'none' | 'label' | 'partial';

/**
 * Whether a name of a certificate stands for a host, as in OpenSSL's X509_check_host(3).
 *
 * Only a pattern that passes {@link findWildcard} is one; every other, `*.com` among them, stands for itself alone.
 */
export function matchesPattern(pattern: string, host: string, form: WildcardForm): boolean {
  if (pattern === '') return false;
  if (host.length > 1 && host.startsWith('.')) return isSubdomain(pattern, host);
  const star = form === 'none' ? -1 : findWildcard(pattern, form);
  return star < 0 ? equalWithoutCase(pattern, host) : matchesWildcard(pattern, star, host);
}

/** A host that starts with a dot stands for any name that ends with it. */
function isSubdomain(pattern: string, host: string): boolean {
  if (pattern.length < host.length) return false;
  const nul = pattern.indexOf('\0');
  if (nul >= 0 && nul < pattern.length - host.length) return false;
  return equalWithoutCase(pattern.slice(-host.length), host);
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

function equalWithoutCase(name: string, host: string): boolean {
  return (
    name.length === host.length && !name.includes('\0') && (name === host || lowerAscii(name) === lowerAscii(host))
  );
}

/**
 * The position of the wildcard in a pattern, or -1 where it has none that counts: the labels are of letters, digits and
 * inner hyphens, the only star is in the first, that label is not an `xn--` one up to the star, and at least two dots
 * follow.
 */
function findWildcard(pattern: string, form: 'label' | 'partial'): number {
  const labels = pattern.split('.');
  const [first = ''] = labels;
  const star = first.indexOf('*');
  if (star < 0 || labels.length < 3) return -1;
  if (form === 'label' && first !== '*') return -1;
  // `f*` and `*f`, never `f*f`.
  if (star > 0 && star < first.length - 1) return -1;
  if (/^xn--/i.test(first)) return -1;
  if (!isWildcardLabel(first)) return -1;
  return labels.slice(1).every(isLabel) ? star : -1;
}

function isLabel(label: string): boolean {
  return /^[a-z0-9-]+$/i.test(label) && !label.startsWith('-') && !label.endsWith('-');
}

function isWildcardLabel(label: string): boolean {
  // A hyphen may follow the star, not stand between the start or the end of the label and it.
  return /^[a-z0-9-]*\*[a-z0-9-]*$/i.test(label) && !label.startsWith('-') && !label.replace('*', '').endsWith('-');
}

function matchesWildcard(pattern: string, star: number, host: string): boolean {
  const prefix = pattern.slice(0, star);
  const suffix = pattern.slice(star + 1);
  if (host.length < prefix.length + suffix.length) return false;
  if (!equalWithoutCase(prefix, host.slice(0, prefix.length))) return false;
  if (!equalWithoutCase(suffix, host.slice(host.length - suffix.length))) return false;
  const covered = host.slice(prefix.length, host.length - suffix.length);
  const wholeLabel = prefix === '' && suffix.startsWith('.');
  if (wholeLabel && covered === '') return false;
  // "IDNA labels cannot match partial wildcards": RFC 6125 §7.2 gives the reason.
  if (!wholeLabel && /^xn--/i.test(host)) return false;
  return covered === '*' || /^[a-z0-9-]*$/i.test(covered);
}
