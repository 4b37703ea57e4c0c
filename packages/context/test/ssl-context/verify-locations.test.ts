import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROTOCOL_TLS_CLIENT, SSLContext } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { takeCertificate } from '@sslkit/test-support/certificates.ts';
import { makeServerContext } from '@sslkit/test-support/contexts.ts';
import { collectHandshakeErrors, makeMemoryPair, shakeHands } from '@sslkit/test-support/memory-pair.ts';
import { createCrl } from '@sslkit/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-locations-'));
const inFolder = (name: string) => join(folder, name);
const withCode = (code: string) => expect.objectContaining({ code });
const makeClient = () => new SSLContext(PROTOCOL_TLS_CLIENT);

let rootPem = '';
let otherPem = '';
let leafPem = '';
let crlPem = '';
let rootDer = Buffer.alloc(0);
let otherDer = Buffer.alloc(0);
let crlDer = Buffer.alloc(0);

beforeAll(async () => {
  const authority = await takeCertificate('authority');
  const other = await takeCertificate('otherAuthority');
  const crl = await createCrl({ authority, revoked: [] });
  rootPem = authority.certificatePem;
  otherPem = other.certificatePem;
  leafPem = (await takeCertificate('server')).certificatePem;
  crlPem = crl.crlPem;
  rootDer = Buffer.from(authority.certificate);
  otherDer = Buffer.from(other.certificate);
  crlDer = Buffer.from(crl.crl);
  const files = {
    'root.pem': rootPem,
    'both.pem': `words in front\n${rootPem}words between\n${otherPem}words behind\n`,
    'with-crl.pem': `${rootPem}${crlPem}`,
    'crl.pem': crlPem,
    'empty.pem': '',
    'garbage.pem': 'This is no PEM file.\n',
    'broken.pem': rootPem.replace(/^[A-Za-z0-9+/]{64}$/m, '!!!!'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(inFolder(name), text);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('cafile', () => {
  test.each([
    ['root.pem', { x509: 1, crl: 0, x509Ca: 1 }],
    ['both.pem', { x509: 2, crl: 0, x509Ca: 2 }],
    ['with-crl.pem', { x509: 1, crl: 1, x509Ca: 1 }],
    ['crl.pem', { x509: 0, crl: 1, x509Ca: 0 }],
  ])('%s adds %o', (name, stats) => {
    const context = makeClient();
    context.loadVerifyLocations({ cafile: inFolder(name) });
    expect(context.certStoreStats()).toEqual(stats);
  });

  test('a path may be bytes or a file URL', () => {
    const context = makeClient();
    context.loadVerifyLocations({ cafile: Buffer.from(inFolder('root.pem')) });
    context.loadVerifyLocations({ cafile: pathToFileURL(inFolder('root.pem')) });
    expect(context.certStoreStats().x509).toBe(1);
  });

  test('a missing file is ENOENT', () => {
    expect(() => makeClient().loadVerifyLocations({ cafile: inFolder('missing.pem') })).toThrow(withCode('ENOENT'));
  });

  test.each(['empty.pem', 'garbage.pem'])('%s holds no certificate', (name) => {
    expect(() => makeClient().loadVerifyLocations({ cafile: inFolder(name) })).toThrow(
      expect.objectContaining({
        code: 'ERR_SSL_NO_CERTIFICATE_OR_CRL_FOUND',
        errno: 136,
        library: 'X509',
        reason: 'NO_CERTIFICATE_OR_CRL_FOUND',
      }),
    );
  });

  test('a broken file is no PEM', () => {
    expect(() => makeClient().loadVerifyLocations({ cafile: inFolder('broken.pem') })).toThrow(
      expect.objectContaining({ code: 'ERR_SSL_PEM_LIB', errno: 524297, library: 'X509', reason: null }),
    );
  });

  test.each([42, true, [], new Uint8Array(1)])('a path of %o is a type error', (path) => {
    const value = path as unknown as string;
    expect(() => makeClient().loadVerifyLocations({ cafile: value })).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
    expect(() => makeClient().loadVerifyLocations({ capath: value })).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });
});

describe('capath', () => {
  test('a folder that is missing is accepted', () => {
    const context = makeClient();
    context.loadVerifyLocations({ capath: inFolder('missing') });
    expect(context.certStoreStats().x509).toBe(0);
  });

  const hasOpenssl = (() => {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  test.skipIf(!hasOpenssl)('certificates count once they were used (skipped without the openssl command)', async () => {
    const hashed = inFolder('hashed');
    mkdirSync(hashed);
    const hash = execFileSync('openssl', ['x509', '-hash', '-noout', '-in', inFolder('root.pem')])
      .toString()
      .trim();
    writeFileSync(join(hashed, `${hash}.0`), rootPem);
    const context = makeClient();
    context.loadVerifyLocations({ capath: hashed });
    expect(context.certStoreStats().x509).toBe(0);
    expect(context.getCaCerts()).toEqual([]);
    shakeHands(makeMemoryPair(context, await makeServerContext()));
    expect(context.certStoreStats().x509).toBe(1);
    expect(context.getCaCerts({ binaryForm: true })).toEqual([rootDer]);
  });
});

describe('cadata', () => {
  test.each([
    ['a PEM text', () => rootPem, 1],
    ['two PEM blocks', () => `${rootPem}${otherPem}`, 2],
    ['PEM between words', () => `words\n${rootPem}words\n${otherPem}words`, 2],
    ['the same block twice', () => `${rootPem}${rootPem}`, 1],
    ['PEM with the old label', () => rootPem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), 1],
    ['PEM bytes', () => Buffer.from(rootPem), 1],
    ['DER', () => rootDer, 1],
    ['DER in an ArrayBuffer', () => Uint8Array.from(rootDer).buffer, 1],
    ['DER in a DataView', () => new DataView(Uint8Array.from(rootDer).buffer), 1],
    ['two certificates in DER', () => Buffer.concat([rootDer, otherDer]), 2],
    ['the same DER twice', () => Buffer.concat([rootDer, rootDer]), 1],
  ])('%s', (_, cadata, count) => {
    const context = makeClient();
    context.loadVerifyLocations({ cadata: cadata() });
    expect(context.certStoreStats().x509).toBe(count);
  });

  test('revocation lists in PEM and DER', () => {
    const context = makeClient();
    context.loadVerifyLocations({ cadata: crlPem });
    expect(context.certStoreStats()).toEqual({ x509: 0, crl: 1, x509Ca: 0 });
    const other = makeClient();
    other.loadVerifyLocations({ cadata: crlDer });
    expect(other.certStoreStats()).toEqual({ x509: 0, crl: 1, x509Ca: 0 });
  });

  test('a leaf counts, but not as a CA', () => {
    const context = makeClient();
    context.loadVerifyLocations({ cadata: leafPem });
    expect(context.certStoreStats()).toEqual({ x509: 1, crl: 0, x509Ca: 0 });
    expect(context.getCaCerts()).toEqual([]);
  });

  test.each([
    ['no text', ''],
    ['no bytes', Buffer.alloc(0)],
  ])('%s is a value error', (_, cadata) => {
    expect(() => makeClient().loadVerifyLocations({ cadata })).toThrow(withCode('ERR_INVALID_ARG_VALUE'));
  });

  test.each([
    ['words', 'broken', 'ERR_SSL_NO_START_LINE'],
    ['bytes that are no DER', Buffer.from('broken'), 'ERR_SSL_NOT_ENOUGH_DATA'],
  ])('%s hold no certificate', (_, cadata, code) => {
    const load = () => makeClient().loadVerifyLocations({ cadata });
    expect(load).toThrow(SSLError);
    expect(load).toThrow(withCode(code));
  });

  test('text that is not ASCII is a type error', () => {
    expect(() => makeClient().loadVerifyLocations({ cadata: `é${rootPem}` })).toThrow(withCode('ERR_INVALID_ARG_TYPE'));
  });

  test.each([42, true, {}, []])('%o is a type error', (cadata) => {
    expect(() => makeClient().loadVerifyLocations({ cadata: cadata as unknown as string })).toThrow(
      withCode('ERR_INVALID_ARG_TYPE'),
    );
  });

  test('what came before a failure stays loaded', () => {
    const context = makeClient();
    const broken = otherPem.replace(/^[A-Za-z0-9+/]{64}$/m, '!!!!');
    expect(() => context.loadVerifyLocations({ cadata: `${rootPem}${broken}` })).toThrow(SSLError);
    expect(context.getCaCerts({ binaryForm: true })).toEqual([rootDer]);
  });

  test('DER with something else behind it fails, and the certificate stays', () => {
    const context = makeClient();
    const load = () => context.loadVerifyLocations({ cadata: Buffer.concat([rootDer, Buffer.from('ABABABABAB')]) });
    expect(load).toThrow(
      expect.objectContaining({
        code: 'ERR_SSL_NOT_ENOUGH_DATA',
        errno: 142,
        library: 'ASN1',
        reason: 'NOT_ENOUGH_DATA',
      }),
    );
    expect(context.certStoreStats().x509).toBe(1);
  });
});

test('nothing at all is a missing argument', () => {
  const missing = withCode('ERR_MISSING_ARGS');
  expect(() => makeClient().loadVerifyLocations({})).toThrow(missing);
  expect(() => makeClient().loadVerifyLocations({ cafile: null, capath: null, cadata: null })).toThrow(missing);
});

test('cadata and cafile are both added', () => {
  const context = makeClient();
  context.loadVerifyLocations({ cadata: otherPem, cafile: inFolder('root.pem') });
  expect(context.getCaCerts({ binaryForm: true })).toEqual(expect.arrayContaining([rootDer, otherDer]));
});

test('getCaCerts() gives the dictionaries of the certificates', () => {
  const context = makeClient();
  context.loadVerifyLocations({ cadata: rootPem });
  expect(context.getCaCerts()).toEqual([
    expect.objectContaining({ subject: [[['commonName', 'Test CA']]], issuer: [[['commonName', 'Test CA']]] }),
  ]);
});

test('a context that trusts nobody refuses everybody', async () => {
  const { client } = collectHandshakeErrors(makeMemoryPair(makeClient(), await makeServerContext()));
  expect(client).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode: 20 });
});
