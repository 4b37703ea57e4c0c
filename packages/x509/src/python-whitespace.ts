/**
 * What `str.strip()` of Python takes away. It is not what `trim()` takes: Python counts U+001C to U+001F and U+0085, and
 * does not count U+FEFF.
 */
function isPythonWhitespace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Returns the text without trailing whitespace, as Python's `str.rstrip()`; linear in the text's length. */
export function stripPythonWhitespaceAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isPythonWhitespace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Returns the text without leading and trailing whitespace, as Python's `str.strip()`; linear in the text's length. */
export function stripPythonWhitespace(text: string): string {
  let start = 0;
  while (start < text.length && isPythonWhitespace(text.charCodeAt(start))) start++;
  return stripPythonWhitespaceAtEnd(text.slice(start));
}
