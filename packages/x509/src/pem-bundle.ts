import { invalidArgumentType } from '@sslkit/errors';
import { type Base64Fault, decodeBase64Strictly } from './pem-base64.ts';
import { PemLines } from './pem-lines.ts';

/** What a PEM block holds, by its label. */
export type PemKind = 'certificate' | 'privateKey' | 'publicKey' | 'crl' | 'request' | 'parameters' | 'other';

/** One well-formed block of a PEM file. Its contents are not decoded: `der` may still be no certificate. */
export interface PemBlock {
  readonly kind: PemKind;
  /** The words between `-----BEGIN ` and `-----`, such as `CERTIFICATE` or `EC PRIVATE KEY`. */
  readonly label: string;
  /**
   * The bytes of the body. Encrypted bytes where {@link encrypted} is true; a `TRUSTED CERTIFICATE` has OpenSSL's trust
   * settings behind the certificate.
   */
  readonly der: Uint8Array;
  /** The line of the BEGIN marker; the first line of the text is 1. */
  readonly line: number;
  /** The line of the END marker. */
  readonly endLine: number;
  /** The `name: value` lines of RFC 1421 above the body, in order; empty for nearly every file. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** True for `ENCRYPTED PRIVATE KEY` and for keys whose headers say `Proc-Type: 4,ENCRYPTED`. */
  readonly encrypted: boolean;
}

/** Stable names of what can be wrong in a PEM file. */
export type PemProblemCode =
  | 'missing-end'
  | 'mismatched-end'
  | 'malformed-end-line'
  | 'empty-body'
  | 'blank-line-in-body'
  | 'line-length-after-blank-line'
  | 'unexpected-headers'
  | 'bad-character'
  | 'misplaced-padding'
  | 'missing-padding'
  | 'malformed-begin-line'
  | 'indented-begin-line'
  | 'end-without-begin'
  | 'unknown-label';

/** Something wrong in a PEM file. */
export interface PemProblem {
  readonly code: PemProblemCode;
  /**
   * `error`: OpenSSL refuses the file here, or loses a block after it. `warning`: OpenSSL passes over this in silence, so
   * that what looks like a block is not loaded.
   */
  readonly severity: 'error' | 'warning';
  /** The line of the fault; the first line of the text is 1. */
  readonly line: number;
  /** The label of the block, or null where no block was begun. */
  readonly label: string | null;
  /** A sentence for people. */
  readonly explanation: string;
}

/** The contents of a PEM file, by kind, each list in the order of the file. */
export interface PemBundle {
  /** Every well-formed block. */
  readonly blocks: readonly PemBlock[];
  readonly certificates: readonly PemBlock[];
  readonly privateKeys: readonly PemBlock[];
  readonly crls: readonly PemBlock[];
  readonly requests: readonly PemBlock[];
  /** What is wrong, in the order of the file; empty for a clean one. */
  readonly problems: readonly PemProblem[];
}

/**
 * Reads a PEM file: certificates, keys, CRLs, requests and anything else in blocks, with line numbers, and why a block
 * is bad.
 *
 * Well-formed is what OpenSSL's reader (PEM_read_bio(3)) takes: text around the blocks is allowed, a BEGIN line starts at
 * the first column, body lines have any length and may be indented, and a blank line stands only right after BEGIN. Where
 * OpenSSL stops at the first fault, this reader notes it and goes on, so one call finds every fault and every good block.
 * The same certificate twice is two blocks.
 *
 * Bytes are read as Latin-1, so that text around the blocks may be in any encoding.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where the argument is neither a string nor a `Uint8Array`.
 */
export function readPemBundle(pem: string | Uint8Array): PemBundle {
  const lines = new PemLines(textOf(pem));
  const blocks: PemBlock[] = [];
  const problems: PemProblem[] = [];
  // OpenSSL passes over a byte order mark wherever it begins to look for a block, not only in the first line.
  let mayHaveMark = true;
  while (lines.next(mayHaveMark)) {
    mayHaveMark = false;
    const label = beginLabel(lines.text);
    if (label === null) {
      const problem = suspectLine(lines.text, lines.number);
      if (problem !== null) problems.push(problem);
      continue;
    }
    const result = readBlock(lines, label);
    if ('der' in result) blocks.push(result);
    else problems.push(result);
    if ('der' in result && result.kind === 'other') {
      const problem = suspectLabel(result);
      if (problem !== null) problems.push(problem);
    }
    mayHaveMark = true;
  }
  const ofKind = (kind: PemKind) => blocks.filter((block) => block.kind === kind);
  return {
    blocks,
    certificates: ofKind('certificate'),
    privateKeys: ofKind('privateKey'),
    crls: ofKind('crl'),
    requests: ofKind('request'),
    problems,
  };
}

const begin = '-----BEGIN ';
const end = '-----END ';
const tail = '-----';

function textOf(pem: string | Uint8Array): string {
  if (typeof pem === 'string') return pem;
  if (!(pem instanceof Uint8Array)) throw invalidArgumentType('pem', 'a string or a Uint8Array', pem);
  const parts: string[] = [];
  // TextDecoder's latin1 is windows-1252. 8192 keeps the argument list short for every engine.
  for (let at = 0; at < pem.length; at += 8192) parts.push(String.fromCharCode(...pem.subarray(at, at + 8192)));
  return parts.join('');
}

function beginLabel(line: string): string | null {
  // The final dashes may not be those of the BEGIN marker itself, whose last character is a blank.
  if (!line.startsWith(begin) || !line.endsWith(tail)) return null;
  // OpenSSL looks at 254 characters at a time. With bare carriage returns the whole block is one line.
  if (line.length > 254 || line.includes('\r')) return null;
  return line.slice(begin.length, -tail.length);
}

/** Reads from the line after BEGIN to END, or to where it becomes plain that there is no END. */
function readBlock(lines: PemLines, label: string): PemBlock | PemProblem {
  const line = lines.number;
  const problem = (code: PemProblemCode, at: number, explanation: string): PemProblem => ({
    code,
    severity: 'error',
    line: at,
    label,
    explanation,
  });
  let fault: PemProblem | null = null;
  let section: 'unknown' | 'body' = 'unknown';
  let header: string[] = [];
  let body: string[] = [];
  let firstBodyLine = line + 1;
  let shortLine = false;
  for (;;) {
    if (!lines.next()) {
      return fault ?? problem('missing-end', line, `The block is not ended by ${end}${label}${tail}`);
    }
    const text = lines.text;
    if (text.startsWith(end)) break;
    if (beginLabel(text) !== null) {
      lines.unread();
      return (
        fault ??
        problem('missing-end', line, `Another block begins in line ${lines.number + 1} before ${end}${label}${tail}`)
      );
    }
    if (text === '') {
      if (section === 'unknown') {
        section = 'body';
        header = body;
        body = [];
        firstBodyLine = lines.number + 1;
        if (header.length > 0 && !header.some((field) => field.includes(':'))) {
          fault ??= problem('blank-line-in-body', lines.number, 'A blank line stands inside the base64 text');
        }
      } else {
        fault ??= problem('blank-line-in-body', lines.number, 'A blank line stands inside or after the base64 text');
      }
      continue;
    }
    if (section === 'body') {
      // Below a blank line OpenSSL holds the lines to the length that its own writer uses.
      if (text.length > 64 || shortLine) {
        fault ??= problem(
          'line-length-after-blank-line',
          lines.number,
          'Below a blank line every line but the last must have exactly 64 characters',
        );
      }
      shortLine = text.length < 64;
    }
    body.push(text);
  }
  if (lines.text !== `${end}${label}${tail}`) {
    return (
      fault ??
      (lines.text.startsWith(`${end}${label}${tail}`)
        ? problem('malformed-end-line', lines.number, 'Text follows the END marker in its line')
        : problem(
            'mismatched-end',
            lines.number,
            `The block begins as ${label} and ends as ${lines.text.slice(end.length, 80)}`,
          ))
    );
  }
  if (fault !== null) return fault;
  const headers = readHeaders(header);
  const kind = kindOf(label);
  const encrypted =
    label === 'ENCRYPTED PRIVATE KEY' ||
    headers.some(([name, value]) => name === 'Proc-Type' && /^4\s*,\s*ENCRYPTED$/.test(value));
  if (headers.length > 0 && kind !== 'other' && !encrypted) {
    return problem('unexpected-headers', line + 1, `A ${label} has headers that do not say that it is encrypted`);
  }
  const der = decodeBase64Strictly(body.join('\n'));
  if (!(der instanceof Uint8Array)) return problem(der.code, firstBodyLine + lineOf(body, der), wordFault(body, der));
  if (der.length === 0) return problem('empty-body', line, 'The block is empty');
  return { kind, label, der, line, endLine: lines.number, headers, encrypted };
}

function readHeaders(lines: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const last = headers.at(-1);
    // "A header field may be continued onto additional lines": RFC 1421 §4.6, by a leading blank.
    if (/^[ \t]/.test(line) && last !== undefined) last[1] += line.trim();
    else headers.push(colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

function lineOf(body: readonly string[], fault: Base64Fault): number {
  let start = 0;
  for (const [index, line] of body.entries()) {
    start += line.length + 1;
    if (fault.at < start) return index;
  }
  return Math.max(body.length - 1, 0);
}

function wordFault(body: readonly string[], fault: Base64Fault): string {
  if (fault.code === 'missing-padding') return 'The base64 text ends in the middle of a group of four characters';
  if (fault.code === 'misplaced-padding')
    return 'Padding stands before the end of the base64 text, or there is too much of it';
  const character = body.join('\n').charCodeAt(fault.at);
  if (character === 0x3a && body.length > 1)
    return 'A colon stands in the base64 text: headers need a blank line below them';
  return `A character that is not base64 stands in the body: U+${character.toString(16).toUpperCase().padStart(4, '0')}`;
}

const kinds: Readonly<Record<string, PemKind>> = {
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'TRUSTED CERTIFICATE': 'certificate',
  'X509 CRL': 'crl',
  'CERTIFICATE REQUEST': 'request',
  'NEW CERTIFICATE REQUEST': 'request',
  'PRIVATE KEY': 'privateKey',
  'ENCRYPTED PRIVATE KEY': 'privateKey',
  'RSA PRIVATE KEY': 'privateKey',
  'EC PRIVATE KEY': 'privateKey',
  'DSA PRIVATE KEY': 'privateKey',
  'PUBLIC KEY': 'publicKey',
  'RSA PUBLIC KEY': 'publicKey',
  'EC PARAMETERS': 'parameters',
  'DH PARAMETERS': 'parameters',
  'X9.42 DH PARAMETERS': 'parameters',
  'DSA PARAMETERS': 'parameters',
};

function kindOf(label: string): PemKind {
  return Object.hasOwn(kinds, label) ? (kinds[label] ?? 'other') : 'other';
}

/** Labels that people write and OpenSSL does not know, and what was meant. */
function suspectLabel(block: PemBlock): PemProblem | null {
  const upper = block.label.trim().toUpperCase();
  const meant = upper === 'CRL' || upper === 'CERTIFICATE REVOCATION LIST' ? 'X509 CRL' : upper;
  if (meant === block.label || kindOf(meant) === 'other') return null;
  const explanation = `OpenSSL passes over the label ${block.label}; ${meant} is the one that it loads`;
  return { code: 'unknown-label', severity: 'warning', line: block.line, label: block.label, explanation };
}

/** Finds lines outside of blocks that look like a marker and are none. */
function suspectLine(line: string, number: number): PemProblem | null {
  if (!line.includes('--')) return null;
  const warn = (code: PemProblemCode, explanation: string): PemProblem => ({
    code,
    severity: 'warning',
    line: number,
    label: null,
    explanation,
  });
  if (line.startsWith(end)) return warn('end-without-begin', 'An END marker stands outside of a block');
  if (line.startsWith(begin)) {
    return warn('malformed-begin-line', 'The BEGIN marker must stand alone in its line and end with five dashes');
  }
  const at = line.indexOf(begin);
  if (at >= 0) {
    return line.slice(0, at).trim() === ''
      ? warn('indented-begin-line', 'The BEGIN marker must start in the first column')
      : warn('malformed-begin-line', 'The BEGIN marker must stand alone in its line');
  }
  if (/^\s{0,100}-{3,20}\s{0,4}begin /i.test(line)) {
    return warn(
      'malformed-begin-line',
      'The BEGIN marker must be five dashes, BEGIN in capitals, the label and five dashes',
    );
  }
  return null;
}
