import { runInNewContext } from 'node:vm';
import { CERT_REQUIRED, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext, VerifyFlags } from '@sslkit/context';
import { SSLCertVerificationError } from '@sslkit/errors';
import { collectHandshakeErrors, makeMemoryPair, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import { createCertificate, createCertificateAuthority, createCrl } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';

const DAY = 86_400_000; // milliseconds
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY);

// Certificates from 20 to 10 days ago, below an authority that is valid all the time.
const authority = await createCertificateAuthority({ notBefore: daysFromNow(-100), notAfter: daysFromNow(100) });
const leaf = await createCertificate({
  authority,
  names: ['localhost'],
  notBefore: daysFromNow(-20),
  notAfter: daysFromNow(-10),
});
const client = await createCertificate({
  authority,
  role: 'client',
  notBefore: daysFromNow(-20),
  notAfter: daysFromNow(-10),
});
// The list was good for less than that.
const { crlPem } = await createCrl({
  authority,
  revoked: [],
  thisUpdate: daysFromNow(-16),
  nextUpdate: daysFromNow(-14),
});

const NOT_YET_VALID = 9;
const EXPIRED = 10;
const LIST_NOT_YET_VALID = 11;
const LIST_EXPIRED = 12;

const makeClient = (at: Date | null) => {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.loadVerifyLocations({ cadata: authority.certificatePem });
  context.verificationTime = at;
  return context;
};
const makeServer = () => {
  const context = new SSLContext(PROTOCOL_TLS_SERVER);
  context.loadCertChain({ cert: leaf.chainPem, key: leaf.privateKeyPem });
  return context;
};
const verdictOf = (error: unknown) => (error instanceof SSLCertVerificationError ? error.verifyCode : error);

describe('verificationTime', () => {
  test.each([
    ['inside', -15, undefined],
    ['before', -21, NOT_YET_VALID],
    ['behind', -9, EXPIRED],
  ])('a moment %s the validity of the certificate', (_where, days, verdict) => {
    const errors = collectHandshakeErrors(makeMemoryPair(makeClient(daysFromNow(days)), makeServer()));
    expect(verdictOf(errors.client)).toBe(verdict);
  });

  test.each([
    ['inside', -15, undefined],
    ['before', -17, LIST_NOT_YET_VALID],
    ['behind', -13, LIST_EXPIRED],
  ])('a moment %s the validity of the revocation list', (_where, days, verdict) => {
    const context = makeClient(daysFromNow(days));
    context.loadVerifyLocations({ cadata: crlPem });
    context.verifyFlags |= VerifyFlags.VERIFY_CRL_CHECK_LEAF;
    const errors = collectHandshakeErrors(makeMemoryPair(context, makeServer()));
    expect(verdictOf(errors.client)).toBe(verdict);
  });

  test('null is the present again', () => {
    const context = makeClient(daysFromNow(-15));
    context.verificationTime = null;
    expect(context.verificationTime).toBeNull();
    expect(verdictOf(collectHandshakeErrors(makeMemoryPair(context, makeServer())).client)).toBe(EXPIRED);
  });

  test('a connection keeps the moment that its context had when it was made', () => {
    const context = makeClient(daysFromNow(-15));
    const pair = makeMemoryPair(context, makeServer());
    context.verificationTime = null;
    expect(() => shakeHands(pair)).not.toThrow();
  });

  test('a server verifies its clients for it', () => {
    const server = makeServer();
    server.loadVerifyLocations({ cadata: authority.certificatePem });
    server.verifyMode = CERT_REQUIRED;
    server.verificationTime = daysFromNow(-9);
    const connecting = makeClient(daysFromNow(-15));
    connecting.loadCertChain({ cert: client.chainPem, key: client.privateKeyPem });
    expect(verdictOf(collectHandshakeErrors(makeMemoryPair(connecting, server)).server)).toBe(EXPIRED);
    server.verificationTime = daysFromNow(-15);
    expect(() => shakeHands(makeMemoryPair(connecting, server))).not.toThrow();
  });

  test('is the present by default', () => {
    expect(new SSLContext(PROTOCOL_TLS_CLIENT).verificationTime).toBeNull();
  });

  test('is read back in whole seconds, as a Date of its own', () => {
    const context = new SSLContext(PROTOCOL_TLS_CLIENT);
    const moment = new Date('2031-02-03T04:05:06.789Z');
    context.verificationTime = moment;
    expect(context.verificationTime).toEqual(new Date('2031-02-03T04:05:06Z'));
    context.verificationTime?.setTime(0);
    moment.setTime(0);
    expect(context.verificationTime).toEqual(new Date('2031-02-03T04:05:06Z'));
  });

  test.each(['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'may be %s',
    (text) => {
      const context = new SSLContext(PROTOCOL_TLS_CLIENT);
      context.verificationTime = new Date(text);
      expect(context.verificationTime).toEqual(new Date(text));
    },
  );

  test('the last second of the year 9999 is behind every certificate but those without an end', async () => {
    const endless = await createCertificateAuthority({ notAfter: new Date('9999-12-31T23:59:59Z') });
    const context = makeClient(new Date('9999-12-31T23:59:58Z'));
    context.loadVerifyLocations({ cadata: endless.certificatePem });
    const server = new SSLContext(PROTOCOL_TLS_SERVER);
    const shown = await createCertificate({
      authority: endless,
      names: ['localhost'],
      notAfter: new Date('9999-12-31T23:59:59Z'),
    });
    server.loadCertChain({ cert: shown.chainPem, key: shown.privateKeyPem });
    expect(() => shakeHands(makeMemoryPair(context, server))).not.toThrow();
    expect(verdictOf(collectHandshakeErrors(makeMemoryPair(context, makeServer())).client)).toBe(EXPIRED);
  });

  test('and verifyFlags leave each other alone', () => {
    const context = new SSLContext(PROTOCOL_TLS_CLIENT);
    const flags = context.verifyFlags;
    context.verificationTime = new Date(0);
    expect(context.verifyFlags).toBe(flags);
    context.verifyFlags = VerifyFlags.VERIFY_CRL_CHECK_LEAF;
    expect(context.verificationTime).toEqual(new Date(0));
    context.verificationTime = null;
    expect(context.verifyFlags).toBe(VerifyFlags.VERIFY_CRL_CHECK_LEAF);
  });

  test('a Date of another realm is one', () => {
    const context = new SSLContext(PROTOCOL_TLS_CLIENT);
    context.verificationTime = runInNewContext('new Date(5000)');
    expect(context.verificationTime).toEqual(new Date(5000));
  });

  test.each<[string, unknown, string]>([
    ['a number', 0, 'ERR_INVALID_ARG_TYPE'],
    ['a string', '2031-02-03', 'ERR_INVALID_ARG_TYPE'],
    ['undefined', undefined, 'ERR_INVALID_ARG_TYPE'],
    ['what looks like a Date', { getTime: () => 0 }, 'ERR_INVALID_ARG_TYPE'],
    ['an invalid Date', new Date(Number.NaN), 'ERR_INVALID_ARG_VALUE'],
    ['a Date after the year 9999', new Date('+010000-01-01T00:00:00Z'), 'ERR_OUT_OF_RANGE'],
    ['a Date before the year 0', new Date('-000001-12-31T23:59:59.999Z'), 'ERR_OUT_OF_RANGE'],
  ])('%s is refused, and nothing changes', (_name, value, code) => {
    const context = new SSLContext(PROTOCOL_TLS_CLIENT);
    context.verificationTime = new Date(5000);
    expect(() => Reflect.set(context, 'verificationTime', value)).toThrow(expect.objectContaining({ code }));
    expect(context.verificationTime).toEqual(new Date(5000));
  });
});
