/**
 * A cursor over the lines of a PEM text, without their trailing blanks, as OpenSSL's reader sees them: a line ends with a
 * newline alone, so a text with bare carriage returns is one line.
 */
export class PemLines {
  /** The current line without trailing blanks and control characters. */
  text = '';
  /** The number of the current line; 0 before the first. */
  number = 0;

  readonly #text: string;
  #at = 0;
  #previous = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the next line, with a leading byte order mark taken off where asked; false at the end of the text. */
  next(takeMarkOff = false): boolean {
    if (this.#at >= this.#text.length) return false;
    this.#previous = this.#at;
    const newline = this.#text.indexOf('\n', this.#at);
    const next = newline < 0 ? this.#text.length : newline + 1;
    let start = this.#at;
    let end = next;
    while (end > start && this.#text.charCodeAt(end - 1) <= 0x20) end--;
    if (takeMarkOff) start += markLength(this.#text, start);
    this.text = this.#text.slice(Math.min(start, end), end);
    this.number++;
    this.#at = next;
    return true;
  }

  /** Steps back before the current line, so that `next` gives it again; once between two calls of `next`. */
  unread(): void {
    this.#at = this.#previous;
    this.number--;
  }
}

/** The length of U+FEFF at a position, as a character or as the Latin-1 reading of its three UTF-8 bytes. */
function markLength(text: string, at: number): number {
  if (text.charCodeAt(at) === 0xfeff) return 1;
  return text.startsWith('\u00ef\u00bb\u00bf', at) ? 3 : 0;
}
