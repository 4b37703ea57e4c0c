import { derCertToPemCert, encodePem, PEM_FOOTER, PEM_HEADER, pemCertToDerCert } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { processorTime } from './support/processor-time.ts';

const wrongValue = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
const wrongType = expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' });
const wrap = (body: string) => `${PEM_HEADER}${body}${PEM_FOOTER}`;
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 37) & 0xff);

describe('derCertToPemCert', () => {
  test('no bytes give the two marker lines', () => {
    expect(derCertToPemCert(new Uint8Array())).toBe(`${PEM_HEADER}\n${PEM_FOOTER}\n`);
  });

  test.each([1, 2, 3, 47, 48, 49, 95, 96, 97, 1000])(
    '%i bytes are written as Buffer writes base64, in lines of 64',
    (length) => {
      const base64 = Buffer.from(bytes(length)).toString('base64');
      const lines = base64.match(/.{1,64}/g)?.join('\n');
      expect(derCertToPemCert(bytes(length))).toBe(`${PEM_HEADER}\n${lines}\n${PEM_FOOTER}\n`);
    },
  );

  test('views and array buffers are taken as bytes, with their offset', () => {
    const whole = bytes(16);
    const view = new DataView(whole.buffer, 4, 8);
    expect(derCertToPemCert(view)).toBe(derCertToPemCert(whole.slice(4, 12)));
    expect(derCertToPemCert(whole.buffer)).toBe(derCertToPemCert(whole));
  });

  test('a string is a TypeError', () => {
    expect(() => derCertToPemCert('AAAA' as unknown as Uint8Array)).toThrow(wrongType);
  });

  test('encodePem puts the label into both markers', () => {
    expect(encodePem('X509 CRL', new Uint8Array(3))).toBe('-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n');
  });
});

describe('pemCertToDerCert', () => {
  test('reads what derCertToPemCert writes, at every length of the last group', () => {
    for (let length = 0; length < 200; length++) {
      expect(pemCertToDerCert(derCertToPemCert(bytes(length)))).toEqual(bytes(length));
    }
  });

  // The right-hand side is what CPython 3.11 gives.
  test.each([
    ['one line', 'QUJD', 'ABC'],
    ['blanks and foreign characters', '\nQ U!J-D\r\n', 'ABC'],
    ['an empty body', '\n', ''],
    ['padding of two', 'QQ==', 'A'],
    ['padding with something between', 'QQ=!=', 'A'],
    ['text after the padding', 'QQ==QUJD', 'A'],
    ['padding where a group begins', '==QUJD', 'ABC'],
    ['padding after one character', 'Q=UJD', 'ABC'],
    ['an underscore, which is not of this alphabet', 'QU_JD', 'ABC'],
    ['more padding than needed', 'QUI====', 'AB'],
    ['half of the padding in the middle, which is skipped', 'QQ=A=', 'A\0'],
  ])('%s is read', (_, body, expected) => {
    expect(Buffer.from(pemCertToDerCert(wrap(body))).toString('latin1')).toBe(expected);
  });

  test.each([
    ['a newline before the header', `\n${wrap('QUJD')}`],
    ['text before the header', `x${wrap('QUJD')}`],
    ['a byte order mark before the header', `\ufeff${wrap('QUJD')}`],
    ['no header', `QUJD${PEM_FOOTER}`],
    ['no footer', `${PEM_HEADER}QUJD`],
    ['text after the footer', `${wrap('QUJD')}x`],
    ['a byte order mark after the footer', `${wrap('QUJD')}\ufeff`],
    ['another label', wrap('QUJD').replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
    ['missing padding', wrap('QUI')],
    ['one character too many', wrap('QUJDQ')],
    ['half of the padding', wrap('QQ=')],
    ['characters beyond ASCII', wrap('QUé=JD')],
    ['a header alone', PEM_HEADER],
  ])('%s is a RangeError', (_, pem) => {
    expect(() => pemCertToDerCert(pem)).toThrow(wrongValue);
    expect(() => pemCertToDerCert(pem)).toThrow(RangeError);
  });

  test('the blanks that Python strips may follow the footer, U+001C and U+0085 among them', () => {
    expect(pemCertToDerCert(`${wrap('QUJD')} \r\n\t\v\f\x1c\x85\u3000`)).toEqual(new Uint8Array([65, 66, 67]));
  });

  test('bytes are a TypeError', () => {
    expect(() => pemCertToDerCert(Buffer.from(wrap('QUJD')) as unknown as string)).toThrow(wrongType);
  });

  test('a megabyte of blanks after the footer is stripped in linear time', () => {
    const pem = `${wrap('QUJD')}${' '.repeat(1 << 20)}x`;
    expect(processorTime(() => expect(() => pemCertToDerCert(pem)).toThrow(wrongValue))).toBeLessThan(200);
  });
});
