import { type PemProblem, readPemBundle } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { processorTime } from './support/processor-time.ts';

const first = Uint8Array.from({ length: 90 }, (_, index) => index);
const second = Uint8Array.from({ length: 97 }, (_, index) => 255 - index);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const columns = (text: string, width: number) => `${text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n')}\n`;
const block = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n`;
const one = block('CERTIFICATE', columns(base64(first), 64));
const two = block('CERTIFICATE', columns(base64(second), 64));
const brief = ({ code, severity, line, label }: PemProblem) => ({ code, severity, line, label });

describe('well-formed blocks', () => {
  test('certificates are given in order with the lines of their markers', () => {
    const bundle = readPemBundle(`# roots\n\n${one}between\n${two}after`);
    expect(bundle.problems).toEqual([]);
    expect(bundle.certificates).toEqual(bundle.blocks);
    expect(bundle.certificates.map(({ der, line, endLine }) => ({ der, line, endLine }))).toEqual([
      { der: first, line: 3, endLine: 6 },
      { der: second, line: 8, endLine: 12 },
    ]);
  });

  test('the same certificate twice is two blocks', () => {
    expect(readPemBundle(one + one).certificates).toHaveLength(2);
  });

  test.each([
    ['CERTIFICATE', 'certificate', false],
    ['X509 CERTIFICATE', 'certificate', false],
    ['TRUSTED CERTIFICATE', 'certificate', false],
    ['X509 CRL', 'crl', false],
    ['CERTIFICATE REQUEST', 'request', false],
    ['NEW CERTIFICATE REQUEST', 'request', false],
    ['PRIVATE KEY', 'privateKey', false],
    ['EC PRIVATE KEY', 'privateKey', false],
    ['RSA PRIVATE KEY', 'privateKey', false],
    ['ENCRYPTED PRIVATE KEY', 'privateKey', true],
    ['PUBLIC KEY', 'publicKey', false],
    ['DH PARAMETERS', 'parameters', false],
    ['PKCS7', 'other', false],
    ['constructor', 'other', false],
    ['', 'other', false],
  ])('the label %j is of the kind %s, encrypted %s', (label, kind, encrypted) => {
    const bundle = readPemBundle(block(label, 'AAAA\n'));
    expect(bundle.problems).toEqual([]);
    expect(bundle.blocks).toMatchObject([{ label, kind, encrypted, der: new Uint8Array(3) }]);
  });

  test('each list holds the blocks of its kind', () => {
    const labels = ['PRIVATE KEY', 'X509 CRL', 'CERTIFICATE REQUEST', 'CERTIFICATE', 'PUBLIC KEY'];
    const bundle = readPemBundle(labels.map((label) => block(label, 'AAAA\n')).join(''));
    expect(bundle.privateKeys.map(({ line }) => line)).toEqual([1]);
    expect(bundle.crls.map(({ line }) => line)).toEqual([4]);
    expect(bundle.requests.map(({ line }) => line)).toEqual([7]);
    expect(bundle.certificates.map(({ line }) => line)).toEqual([10]);
    expect(bundle.blocks).toHaveLength(5);
  });

  test('the headers of an old encrypted key are given and mark it encrypted', () => {
    const headers = 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n 445566\n\n';
    const [key] = readPemBundle(block('RSA PRIVATE KEY', `${headers}AAAA\n`)).privateKeys;
    expect(key).toMatchObject({ encrypted: true, der: new Uint8Array(3) });
    expect(key?.headers).toEqual([
      ['Proc-Type', '4,ENCRYPTED'],
      ['DEK-Info', 'AES-128-CBC,00112233445566'],
    ]);
  });
});

// What OpenSSL 3.0.19 loads of the same text (`load_verify_locations(cafile=…)`) is what is found here.
describe('forms that OpenSSL reads', () => {
  const body = base64(first);
  test.each([
    ['CRLF line ends', one.replaceAll('\n', '\r\n')],
    ['one long line', block('CERTIFICATE', `${body}\n`)],
    ['lines of 5', block('CERTIFICATE', columns(body, 5))],
    ['indented and padded lines', block('CERTIFICATE', `  ${body.slice(0, 40)}  \n\t${body.slice(40)}\t\n`)],
    ['a control character at the end of a line', block('CERTIFICATE', `${body}\x01\n`)],
    ['a blank line right after BEGIN', block('CERTIFICATE', `\n${columns(body, 64)}`)],
    ['blanks after the markers', one.replaceAll('E-----\n', 'E----- \t \n')],
    ['no newline at the end', one.trimEnd()],
    ['a byte order mark', `\ufeff${one}`],
    ['a NUL in the text before', `a\0b\n${one}`],
    ['a short BEGIN line before', `-----BEGIN ----\n${one}`],
  ])('%s', (_, text) => {
    expect(readPemBundle(text).certificates.map(({ der }) => der)).toEqual([first]);
  });

  test('a byte order mark in front of a later block', () => {
    expect(readPemBundle(`${one}\ufeff${two}`).certificates).toHaveLength(2);
  });

  test('bytes, with a byte order mark and text that is not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(one),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(two),
    ]);
    expect(readPemBundle(bytes).certificates.map(({ der }) => der)).toEqual([first, second]);
  });
});

describe('bad blocks', () => {
  const lines = columns(base64(first), 64).trimEnd().split('\n');
  const [line1 = '', line2 = ''] = lines;
  test.each([
    ['missing-end', 1, `-----BEGIN CERTIFICATE-----\n${line1}\n${line2}\n`],
    ['mismatched-end', 4, block('CERTIFICATE', `${line1}\n${line2}\n`).replace('END CERT', 'END X509 CERT')],
    ['malformed-end-line', 4, `${one.trimEnd()} text\n`],
    ['empty-body', 1, block('CERTIFICATE', '')],
    ['empty-body', 1, block('CERTIFICATE', '\n')],
    ['blank-line-in-body', 3, block('CERTIFICATE', `${line1}\n\n${line2}\n`)],
    ['blank-line-in-body', 4, block('CERTIFICATE', `\n${line1}\n\n${line2}\n`)],
    ['line-length-after-blank-line', 3, block('CERTIFICATE', `\n${line1}${line2}\n`)],
    ['line-length-after-blank-line', 4, block('CERTIFICATE', `\n${line2}\n${line1}\n`)],
    ['unexpected-headers', 2, block('CERTIFICATE', `Name: value\n\n${line1}\n${line2}\n`)],
    ['bad-character', 2, block('CERTIFICATE', `Name: value\n${line1}\n${line2}\n`)],
    ['bad-character', 3, block('CERTIFICATE', `${line1}\n!${line2}\n`)],
    ['bad-character', 2, block('CERTIFICATE', 'AA_A\n')],
    ['misplaced-padding', 3, block('CERTIFICATE', `AA==\n${line1}\n`)],
    ['misplaced-padding', 2, block('CERTIFICATE', 'AAAA=\n')],
    ['misplaced-padding', 2, block('CERTIFICATE', 'A===\n')],
    ['missing-padding', 3, block('CERTIFICATE', `${line1}\nAA\n`)],
  ])('%s in line %i is an error and the block after it is read', (code, line, bad) => {
    const bundle = readPemBundle(bad + two);
    expect(bundle.problems.map(brief)).toEqual([{ code, severity: 'error', line, label: 'CERTIFICATE' }]);
    expect(bundle.certificates.map(({ der }) => der)).toEqual([second]);
  });

  test('two markers in one line lose both of their blocks', () => {
    const bundle = readPemBundle(one.trimEnd() + one + two);
    expect(bundle.problems[0]).toMatchObject({ code: 'malformed-end-line', severity: 'error', line: 4 });
    expect(bundle.certificates.map(({ der }) => der)).toEqual([second]);
  });

  test('the explanation of a bad character names it', () => {
    expect(readPemBundle(block('CERTIFICATE', 'AA\u00e9A\n')).problems[0]?.explanation).toContain('U+00E9');
  });

  test('a bad block without END does not hide the faults after it', () => {
    const bundle = readPemBundle(`-----BEGIN CERTIFICATE-----\n${line1}\n${block('X509 CRL', '!\n')}${one}`);
    expect(bundle.problems.map(brief)).toEqual([
      { code: 'missing-end', severity: 'error', line: 1, label: 'CERTIFICATE' },
      { code: 'bad-character', severity: 'error', line: 4, label: 'X509 CRL' },
    ]);
    expect(bundle.certificates).toHaveLength(1);
  });
});

describe('what OpenSSL passes over in silence is a warning', () => {
  test.each([
    ['indented-begin-line', 1, `  ${one}`],
    ['malformed-begin-line', 1, one.replace('-----BEGIN', '----BEGIN')],
    ['malformed-begin-line', 1, one.toLowerCase()],
    ['malformed-begin-line', 1, one.replaceAll('\n', '\r')],
    ['malformed-begin-line', 1, one.replace('\n', ' ')],
    ['malformed-begin-line', 1, `text ${one}`],
  ])('%s in line %i', (code, line, text) => {
    const bundle = readPemBundle(text);
    expect(bundle.blocks).toEqual([]);
    expect(bundle.problems[0]).toMatchObject({ code, severity: 'warning', line, label: null });
    expect(bundle.problems.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  test('an END outside of a block', () => {
    expect(readPemBundle(`-----END CERTIFICATE-----\n${one}`).problems.map(brief)).toEqual([
      { code: 'end-without-begin', severity: 'warning', line: 1, label: null },
    ]);
  });

  test.each(['CRL', 'certificate', 'Private Key'])('the label %s, which OpenSSL does not load', (label) => {
    const bundle = readPemBundle(block(label, 'AAAA\n'));
    expect(bundle.blocks).toMatchObject([{ kind: 'other' }]);
    expect(bundle.problems).toMatchObject([{ code: 'unknown-label', severity: 'warning', line: 1, label }]);
  });

  test('ordinary text, such as what `openssl x509 -text` prints, is no problem', () => {
    expect(readPemBundle(`Certificate:\n    Data:\n -- begin here --\n${one}`).problems).toEqual([]);
  });
});

describe('hostile input', () => {
  test.each([
    ['a line of 1 MB', 'A'.repeat(1 << 20)],
    ['1 MB of blanks', ' '.repeat(1 << 20)],
    ['1 MB of newlines', '\n'.repeat(1 << 20)],
    ['1 MB of dashes', '-'.repeat(1 << 20)],
    ['100,000 BEGIN lines', '-----BEGIN CERTIFICATE-----\n'.repeat(100_000)],
    ['100,000 bad blocks', block('CERTIFICATE', '!\n').repeat(100_000)],
    ['100,000 header lines', block('PRIVATE KEY', `${'a: b\n'.repeat(100_000)}\nAAAA\n`)],
    ['100,000 continuation lines', block('PRIVATE KEY', `a: b\n${' c\n'.repeat(100_000)}\nAAAA\n`)],
    ['a fault in the last of 100,000 lines', block('CERTIFICATE', `${'AAAA\n'.repeat(100_000)}!\n`)],
  ])('%s is read in linear time', (_, text) => {
    expect(processorTime(() => readPemBundle(text))).toBeLessThan(1500);
  });

  test('no text is a TypeError', () => {
    expect(() => readPemBundle(undefined as unknown as string)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });
});
