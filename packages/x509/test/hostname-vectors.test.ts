import { readFileSync } from 'node:fs';
import { checkHost, matchHostname } from '@sslkit/x509';
import { expect, test } from 'vitest';

interface Vector {
  readonly src: string;
  readonly pattern: string;
  readonly host: string;
  readonly openssl_nopartial: boolean;
  readonly openssl_partial: boolean;
  readonly py: boolean;
  /** The `repr` of Python's `args`. */
  readonly py_msg?: string;
}

const folder = process.env['SSLKIT_VECTORS'];
const vectors: Vector[] = folder === undefined ? [] : JSON.parse(readFileSync(`${folder}/hostnames.json`, 'utf8'));
const cert = (pattern: string) => ({ subjectAltName: [['DNS', pattern]] as const });
const names = ({ pattern, host, src }: Vector) => `${JSON.stringify(pattern)} for ${JSON.stringify(host)} (${src})`;

function python({ pattern, host }: Vector): string | true {
  try {
    matchHostname(cert(pattern), host);
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Reads the one string of a tuple as Python prints it. */
function readArgs(args: string): string {
  const literal = args.slice(2, args.lastIndexOf(args.charAt(1)));
  return literal.replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)/g, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: '\n', r: '\r', t: '\t' }[code] ?? code;
  });
}

const without = folder === undefined ? ' (skipped: SSLKIT_VECTORS is not set)' : '';

test.skipIf(folder === undefined)(`there are 342 host-name vectors${without}`, () => {
  expect(vectors).toHaveLength(342);
});

test.skipIf(folder === undefined)(`matchHostname answers every vector as Python, message for message${without}`, () => {
  for (const vector of vectors) {
    expect(python(vector), names(vector)).toBe(vector.py || readArgs(vector.py_msg ?? ''));
  }
});

test.skipIf(folder === undefined)(
  `checkHost answers every vector as OpenSSL, without and with partial wildcards${without}`,
  () => {
    for (const vector of vectors) {
      const answers = [false, true].map((partialWildcards) =>
        checkHost(cert(vector.pattern), vector.host, { partialWildcards }),
      );
      expect(
        answers.map((answer) => answer !== undefined),
        names(vector),
      ).toEqual([vector.openssl_nopartial, vector.openssl_partial]);
    }
  },
);
