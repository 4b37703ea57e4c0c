const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`;
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  // Python's `str.isprintable`: no control, format, surrogate, private or unassigned characters, no blanks but U+0020.
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Writes a string as Python's `repr` does, in quotes and with escapes; messages that copy Python's have it for `%r`. */
export function pythonRepr(text: string): string {
  // Nearly every text is plain: printable ASCII without a quote or a backslash.
  if (/^[ -&(-[\]-~]*$/.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let written = quote;
  for (const character of text) written += escapeCharacter(character, quote);
  return written + quote;
}
