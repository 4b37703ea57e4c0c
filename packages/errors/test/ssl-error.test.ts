import * as errors from '@sslkit/errors';
import { describe, expect, test } from 'vitest';

describe('SSLError', () => {
  test('derives its code from the reason', () => {
    const error = new errors.SSLError('text', { errno: 1, library: 'SSL', reason: 'NO_SHARED_CIPHER' });
    expect(error).toMatchObject({
      code: 'ERR_SSL_NO_SHARED_CIPHER',
      errno: 1,
      library: 'SSL',
      reason: 'NO_SHARED_CIPHER',
    });
    expect(error.args).toEqual([1, 'text']);
    expect(error.strerror).toBe('text');
  });

  test('with a text alone has no errno, no strerror and one argument', () => {
    const error = new errors.SSLError('No cipher can be selected.');
    expect(error).toMatchObject({ code: 'ERR_SSL', errno: null, library: null, reason: null });
    expect(error.args).toEqual(['No cipher can be selected.']);
    expect(error.strerror).toBeNull();
  });
});

test.each([
  ['SSLZeroReturnError', 6, 'ERR_SSL_ZERO_RETURN'],
  ['SSLWantReadError', 2, 'ERR_SSL_WANT_READ'],
  ['SSLWantWriteError', 3, 'ERR_SSL_WANT_WRITE'],
  ['SSLSyscallError', 5, 'ERR_SSL_SYSCALL'],
  ['SSLEOFError', 8, 'ERR_SSL_EOF'],
] as const)('%s is an SSLError with errno %i and code %s', (name, errno, code) => {
  const error = new errors[name]();
  expect(error).toBeInstanceOf(errors.SSLError);
  expect(error).toMatchObject({ name, errno, code });
  expect(error.stack).toContain(name);
});

test('CertificateError is the same class as SSLCertVerificationError', () => {
  expect(errors.CertificateError).toBe(errors.SSLCertVerificationError);
});

test('SSLCertVerificationError carries what OpenSSL found', () => {
  const error = new errors.SSLCertVerificationError('refused', {
    reason: 'CERTIFICATE_VERIFY_FAILED',
    verifyCode: 10,
    verifyMessage: 'certificate has expired',
    verifyDepth: 1,
  });
  expect(error).toMatchObject({
    verifyCode: 10,
    verifyMessage: 'certificate has expired',
    verifyDepth: 1,
    isValueError: true,
  });
  expect(error.verifyChain).toEqual([]);
});

test('an argument error names the type of the value and never the value', () => {
  const error = errors.invalidArgumentType('password', 'a string', 'hunter2');
  expect(error).toBeInstanceOf(TypeError);
  expect(error.code).toBe('ERR_INVALID_ARG_TYPE');
  expect(error.message).not.toContain('hunter2');
});

test('the name of an error is no field of it until it is assigned, and a subclass may have its own', () => {
  class OwnError extends errors.SSLEOFError {
    constructor() {
      super();
      this.name = 'OwnError';
    }
  }
  expect(Object.keys(new errors.SSLEOFError())).not.toContain('name');
  expect(String(new OwnError())).toMatch(/^OwnError: /);
});
