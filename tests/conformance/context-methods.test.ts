import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBIO } from '@sslkit/bio';
import { PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext, SSLObject } from '@sslkit/context';
import { afterAll } from 'vitest';
import { takeCertificate } from '../support/certificates.ts';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { makeMemoryPair, shakeHands } from '../support/memory-pair.ts';
import { accepted, checkRows, Failure, MISSING_ARGUMENT, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-methods-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'none.pem'), 'x');

const makeServer = () => new SSLContext(PROTOCOL_TLS_SERVER);
const makeClient = () => new SSLContext(PROTOCOL_TLS_CLIENT);

/** Calls a method with values of any type. */
function call(name: keyof SSLContext, ...values: unknown[]): () => unknown {
  return () => Reflect.apply(makeServer()[name] as (...values: unknown[]) => unknown, makeServer(), values);
}

const NOTHING = undefined;

const NO_SESSIONS = {
  number: 0,
  connect: 0,
  connectGood: 0,
  connectRenegotiate: 0,
  accept: 0,
  acceptGood: 0,
  acceptRenegotiate: 0,
  hits: 0,
  misses: 0,
  timeouts: 0,
  cacheFull: 0,
};

checkRows('session_stats()', [
  ['starts at 0', () => makeServer().sessionStats(), NO_SESSIONS],
  ['the keys in order', () => Object.keys(makeServer().sessionStats()), Object.keys(NO_SESSIONS)],
  [
    'counts handshakes of a client and a server',
    async () => {
      const contexts = [await makeClientContext(), await makeServerContext()] as const;
      shakeHands(makeMemoryPair(...contexts));
      return contexts.map((context) => context.sessionStats());
    },
    [
      { ...NO_SESSIONS, connect: 1, connectGood: 1 },
      { ...NO_SESSIONS, accept: 1, acceptGood: 1 },
    ],
  ],
]);

const certificate = takeCertificate('server');
const missing = join(folder, 'missing.pem');
const PEM_LIB = sslError('ERR_SSL_PEM_LIB', { errno: 524297, library: 'SSL', reason: null });

checkRows('load_cert_chain(certfile, keyfile, password)', [
  ['a missing file: FileNotFoundError', call('loadCertChain', missing), new Failure(Error, { code: 'ENOENT' })],
  ['a folder: IsADirectoryError', call('loadCertChain', folder), new Failure(Error, { code: 'EISDIR' })],
  ['no PEM', call('loadCertChain', join(folder, 'none.pem')), PEM_LIB],
  [
    'a key of another certificate',
    async () => {
      const { chainPem } = await certificate;
      const { privateKeyPem } = await takeCertificate('client');
      makeServer().loadCertChain({ cert: chainPem, key: privateKeyPem });
    },
    sslError('ERR_SSL_KEY_VALUES_MISMATCH', { errno: 116, library: 'X509', reason: 'KEY_VALUES_MISMATCH' }),
  ],
  ['a path that is none: TypeError', call('loadCertChain', 42), TYPE_ERROR],
  ['no path: TypeError', call('loadCertChain'), TYPE_ERROR],
  ['a password that is none: TypeError', call('loadCertChain', missing, null, 42), TYPE_ERROR],
]);

checkRows('load_verify_locations(cafile, capath, cadata)', [
  ['nothing: TypeError', call('loadVerifyLocations', {}), MISSING_ARGUMENT],
  [
    'a missing cafile: FileNotFoundError',
    call('loadVerifyLocations', { cafile: missing }),
    new Failure(Error, { code: 'ENOENT' }),
  ],
  ['a missing capath', call('loadVerifyLocations', { capath: missing }), NOTHING],
  [
    'a cafile without certificates',
    call('loadVerifyLocations', { cafile: join(folder, 'none.pem') }),
    sslError('ERR_SSL_NO_CERTIFICATE_OR_CRL_FOUND', {
      errno: 136,
      library: 'X509',
      reason: 'NO_CERTIFICATE_OR_CRL_FOUND',
    }),
  ],
  [
    'cadata without certificates, text',
    call('loadVerifyLocations', { cadata: 'x' }),
    sslError('ERR_SSL_NO_START_LINE', { errno: 0 }),
  ],
  [
    'cadata without certificates, bytes',
    call('loadVerifyLocations', { cadata: Buffer.from('x') }),
    sslError('ERR_SSL_NOT_ENOUGH_DATA', { errno: 0 }),
  ],
  ['empty cadata: ValueError', call('loadVerifyLocations', { cadata: '' }), VALUE_ERROR],
  ['cadata that is none: TypeError', call('loadVerifyLocations', { cadata: 1 }), TYPE_ERROR],
  ['cafile that is none: TypeError', call('loadVerifyLocations', { cafile: 1 }), TYPE_ERROR],
]);

checkRows('set_default_verify_paths()', [['is no error where nothing is', call('setDefaultVerifyPaths'), NOTHING]]);

const wrap = (context: SSLContext, options = {}) => context.wrapBio(new MemoryBIO(), new MemoryBIO(), options);

checkRows('wrap_bio(incoming, outgoing, server_side, server_hostname, session)', [
  ['gives an SSLObject', () => wrap(makeClient()) instanceof SSLObject, true],
  ['a client with check_hostname needs no name', () => wrap(makeClient()).serverHostname, null],
  ['a server may have a name', () => wrap(makeServer(), { serverSide: true, serverHostname: 'a' }).serverHostname, 'a'],
  [
    'PROTOCOL_TLS has both roles',
    accepted(() => [false, true].map((serverSide) => wrap(new SSLContext(PROTOCOL_TLS), { serverSide }))),
    true,
  ],
  [
    'server_side on a client: SSLError',
    () => wrap(makeClient(), { serverSide: true }),
    sslError('ERR_SSL_WRONG_ROLE', { errno: 0 }),
  ],
  ['a client on a server: SSLError', () => wrap(makeServer()), sslError('ERR_SSL_WRONG_ROLE', { errno: 0 })],
  ['what is no MemoryBIO: TypeError', () => makeClient().wrapBio({} as MemoryBIO, new MemoryBIO()), TYPE_ERROR],
  ['what is no SSLSession: TypeError', () => wrap(makeClient(), { session: 'x' }), TYPE_ERROR],
  [
    'sslobject_class decides the class',
    () => {
      class OwnObject extends SSLObject {}
      const context = makeClient();
      context.sslobjectClass = OwnObject;
      return wrap(context) instanceof OwnObject;
    },
    true,
  ],
]);

checkRows('set_psk_client_callback(callback)', [
  [
    'on a server: SSLError',
    () => makeServer().setPskClientCallback(() => [null, Buffer.of(1)]),
    sslError('ERR_SSL_WRONG_ROLE'),
  ],
  ['what cannot be called: TypeError', () => makeClient().setPskClientCallback(1 as unknown as null), TYPE_ERROR],
  ['None', () => makeClient().setPskClientCallback(null), NOTHING],
]);

checkRows('set_psk_server_callback(callback, identity_hint)', [
  [
    'on a client: SSLError',
    () => makeClient().setPskServerCallback(() => Buffer.of(1)),
    sslError('ERR_SSL_WRONG_ROLE'),
  ],
  ['what cannot be called: TypeError', call('setPskServerCallback', 1), TYPE_ERROR],
  ['a hint of 257 bytes: ValueError', call('setPskServerCallback', () => Buffer.of(1), 'x'.repeat(257)), VALUE_ERROR],
  ['a hint that is none: TypeError', call('setPskServerCallback', () => Buffer.of(1), 1), TYPE_ERROR],
  ['None', call('setPskServerCallback', null), NOTHING],
]);

checkRows('set_servername_callback(callback)', [
  ['what cannot be called: TypeError', call('setServernameCallback', 4), TYPE_ERROR],
  [
    'sets sni_callback, to a wrapper',
    () => {
      const context = makeServer();
      context.setServernameCallback(() => null);
      return typeof context.sniCallback;
    },
    'function',
  ],
  [
    'None disables it',
    () => {
      const context = makeServer();
      context.setServernameCallback(() => null);
      context.setServernameCallback(null);
      return context.sniCallback;
    },
    null,
  ],
]);
