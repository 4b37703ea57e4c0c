import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSigalgs, OPENSSL_VERSION_INFO, PROTOCOL_TLS_SERVER, SSLContext, TLSVersion } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { afterAll } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { makeMemoryPair, shakeHands } from '../support/memory-pair.ts';
import {
  checkRows,
  Failure,
  NOT_IMPLEMENTED,
  type Row,
  sslError,
  TYPE_ERROR,
  UNAVAILABLE,
  VALUE_ERROR,
} from '../support/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-algorithms-'));
afterAll(() => rmSync(folder, { recursive: true }));

const makeServer = () => new SSLContext(PROTOCOL_TLS_SERVER);
const [, minor] = OPENSSL_VERSION_INFO;
const hasOpenssl = (neededMinor: number) => minor >= neededMinor;

/** Calls a method with values of any type. */
function call(name: keyof SSLContext, ...values: unknown[]): () => unknown {
  return () => Reflect.apply(makeServer()[name] as (...values: unknown[]) => unknown, makeServer(), values);
}

const NOTHING = undefined;
const NO_CIPHER = sslError('ERR_SSL_NO_CIPHER_MATCH', { errno: null, message: 'No cipher can be selected.' });
const names = (context: SSLContext) => context.getCiphers().map(({ name }) => name);
const TLS_1_3 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

checkRows('set_ciphers(ciphers)', [
  [
    'a suite; those of TLS 1.3 stay',
    () => {
      const context = makeServer();
      context.setCiphers('ECDHE-RSA-AES128-GCM-SHA256');
      return names(context);
    },
    [...TLS_1_3, 'ECDHE-RSA-AES128-GCM-SHA256'],
  ],
  ['an unknown word beside a known one', call('setCiphers', 'foo:ECDHE-RSA-AES128-GCM-SHA256'), NOTHING],
  ['@SECLEVEL', call('setCiphers', '@SECLEVEL=0:ALL'), NOTHING],
  ['nothing', call('setCiphers', ''), NO_CIPHER],
  ['an unknown word', call('setCiphers', 'foo'), NO_CIPHER],
  ['a suite of TLS 1.3', call('setCiphers', 'TLS_AES_128_GCM_SHA256'), NO_CIPHER],
  ['bytes: TypeError', call('setCiphers', Buffer.from('ALL')), TYPE_ERROR],
  ['None: TypeError', call('setCiphers', null), TYPE_ERROR],
]);

checkRows('set_ciphersuites(ciphersuites)', [
  [
    'a suite',
    () => {
      const context = makeServer();
      context.setCiphersuites('TLS_AES_128_GCM_SHA256');
      return names(context).filter((name) => name.startsWith('TLS_'));
    },
    ['TLS_AES_128_GCM_SHA256'],
  ],
  [
    'an unknown word',
    call('setCiphersuites', 'foo'),
    sslError('ERR_SSL_NO_CIPHER_MATCH', { errno: null, message: 'No cipher suite can be selected.' }),
  ],
  ['None: TypeError', call('setCiphersuites', null), TYPE_ERROR],
]);

checkRows('get_ciphers()', [
  [
    'a suite of TLS 1.3',
    () => makeServer().getCiphers()[0],
    {
      id: 50336514,
      name: 'TLS_AES_256_GCM_SHA384',
      protocol: 'TLSv1.3',
      description: expectStart('TLS_AES_256_GCM_SHA384 '),
      strengthBits: 256,
      algBits: 256,
      aead: true,
      symmetric: 'aes-256-gcm',
      digest: null,
      kea: 'kx-any',
      auth: 'auth-any',
    },
  ],
  [
    'a suite of TLS 1.2',
    () => makeServer().getCiphers().at(-1),
    {
      id: 50331751,
      name: 'DHE-RSA-AES128-SHA256',
      protocol: 'TLSv1.2',
      description: expectStart('DHE-RSA-AES128-SHA256 '),
      strengthBits: 128,
      algBits: 128,
      aead: false,
      symmetric: 'aes-128-cbc',
      digest: 'sha256',
      kea: 'kx-dhe',
      auth: 'auth-rsa',
    },
  ],
  [
    'the keys in order',
    () => Object.keys(makeServer().getCiphers()[0] ?? {}),
    ['id', 'name', 'protocol', 'description', 'strengthBits', 'algBits', 'aead', 'symmetric', 'digest', 'kea', 'auth'],
  ],
  [
    'no line end in the description',
    () =>
      makeServer()
        .getCiphers()
        .some(({ description }) => /\n/.test(description)),
    false,
  ],
]);

function expectStart(start: string): unknown {
  return { asymmetricMatch: (text: unknown) => typeof text === 'string' && text.startsWith(start) };
}

async function selectAlpn(client: string[], server: string[]): Promise<unknown> {
  const contexts = [await makeClientContext(), await makeServerContext()] as const;
  contexts[0].setAlpnProtocols(client);
  contexts[1].setAlpnProtocols(server);
  const pair = makeMemoryPair(...contexts);
  shakeHands(pair);
  return [pair.client.object.selectedAlpnProtocol(), pair.server.object.selectedAlpnProtocol()];
}

const ALPN_LENGTH = sslError('ERR_SSL_ALPN_LENGTH', {
  errno: null,
  message: 'ALPN protocols must be 1 to 255 in length',
});

checkRows('set_alpn_protocols(protocols)', [
  ['the server picks its own first match', () => selectAlpn(['a', 'b', 'c'], ['c', 'b']), ['c', 'c']],
  ['no overlap: none, and no alert', () => selectAlpn(['a'], ['b']), [null, null]],
  ['a client that offers none', () => selectAlpn([], ['b']), [null, null]],
  ['a server that knows none', () => selectAlpn(['a'], []), [null, null]],
  ['255 bytes', call('setAlpnProtocols', ['x'.repeat(255)]), NOTHING],
  ['no list at all', call('setAlpnProtocols', []), NOTHING],
  ['256 bytes', call('setAlpnProtocols', ['x'.repeat(256)]), ALPN_LENGTH],
  ['an empty name', call('setAlpnProtocols', ['']), ALPN_LENGTH],
  ['not ASCII: UnicodeEncodeError', call('setAlpnProtocols', ['é']), VALUE_ERROR],
  ['bytes in the list: TypeError', call('setAlpnProtocols', [Buffer.from('h2')]), TYPE_ERROR],
  ['bare text: TypeError', call('setAlpnProtocols', 'h2'), TYPE_ERROR],
  ['None: TypeError', call('setAlpnProtocols', null), TYPE_ERROR],
]);

checkRows('set_npn_protocols(protocols)', [['is gone', call('setNpnProtocols', ['h2']), NOT_IMPLEMENTED]]);

const curves: Row[] = ['prime256v1', 'secp384r1', 'X25519', 'X448'].map((name) => [
  name,
  call('setEcdhCurve', name),
  NOTHING,
]);
const noCurves: Row[] = ['P-256', 'secp256r1', 'x25519', 'foo', ''].map((name) => [
  `'${name}': ValueError`,
  call('setEcdhCurve', name),
  VALUE_ERROR,
]);

checkRows('set_ecdh_curve(curve_name)', [
  ...curves,
  ['bytes', call('setEcdhCurve', Buffer.from('prime256v1')), NOTHING],
  ...noCurves,
  ['an object that is no curve', call('setEcdhCurve', 'serverAuth'), new Failure(SSLError, {})],
  ['None: TypeError', call('setEcdhCurve', null), TYPE_ERROR],
]);

checkRows('set_groups(groups)', [
  ['two groups', call('setGroups', 'P-256:X25519'), NOTHING],
  ['an unknown one', call('setGroups', 'foo'), new Failure(SSLError, { message: 'unrecognized group' })],
  ['None: TypeError', call('setGroups', null), TYPE_ERROR],
]);

checkRows('What newer versions of OpenSSL bring', [
  hasOpenssl(5)
    ? ['get_groups() names groups', () => makeServer().getGroups().includes('secp256r1'), true]
    : ['get_groups(): not before OpenSSL 3.5', () => makeServer().getGroups(), UNAVAILABLE],
  hasOpenssl(4)
    ? ['get_sigalgs() names algorithms', () => getSigalgs().includes('ecdsa_secp256r1_sha256'), true]
    : ['get_sigalgs(): not before OpenSSL 3.4', () => getSigalgs(), UNAVAILABLE],
  ['group()', async () => (await connect('X25519')).client.object.group(), 'x25519'],
  ['group() of a NIST curve', async () => (await connect('P-256')).server.object.group(), 'secp256r1'],
  ['group() before the handshake', () => makeServer().wrapBuffers({ serverSide: true }).group(), null],
  [
    'server_sigalg() on the client',
    async () => (await connect()).client.object.serverSigalg(),
    'ecdsa_secp256r1_sha256',
  ],
  [
    'server_sigalg() on the server',
    async () => (await connect()).server.object.serverSigalg(),
    'ecdsa_secp256r1_sha256',
  ],
  ['client_sigalg() without a certificate', async () => (await connect()).server.object.clientSigalg(), null],
]);

async function connect(groups = 'X25519') {
  const client = await makeClientContext();
  client.setGroups(groups);
  const pair = makeMemoryPair(client, await makeServerContext());
  shakeHands(pair);
  return pair;
}

checkRows('set_server_sigalgs(sigalgs) and set_client_sigalgs(sigalgs)', [
  ['set_server_sigalgs', call('setServerSigalgs', 'rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256'), NOTHING],
  ['set_client_sigalgs', call('setClientSigalgs', 'rsa_pss_rsae_sha256'), NOTHING],
  [
    'set_server_sigalgs of an unknown one',
    call('setServerSigalgs', 'foo'),
    new Failure(SSLError, { message: 'unrecognized signature algorithm' }),
  ],
  [
    'set_client_sigalgs of an unknown one',
    call('setClientSigalgs', 'foo'),
    new Failure(SSLError, { message: 'unrecognized signature algorithm' }),
  ],
  ['None: TypeError', call('setServerSigalgs', null), TYPE_ERROR],
]);

writeFileSync(join(folder, 'none.pem'), 'x');
// ffdhe2048 of RFC 7919, appendix A.1.
const DH_PARAMETERS = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;
writeFileSync(join(folder, 'dh.pem'), DH_PARAMETERS);

checkRows('load_dh_params(dhfile)', [
  ['a file', call('loadDhParams', join(folder, 'dh.pem')), NOTHING],
  ['a path in bytes', call('loadDhParams', Buffer.from(join(folder, 'dh.pem'))), NOTHING],
  [
    'a missing file: FileNotFoundError',
    call('loadDhParams', '/nonexistent'),
    new Failure(Error, { code: 'ENOENT', path: '/nonexistent' }),
  ],
  [
    'a file without them',
    call('loadDhParams', join(folder, 'none.pem')),
    sslError('ERR_SSL_NO_START_LINE', { errno: 108, library: 'PEM', reason: 'NO_START_LINE' }),
  ],
  ['None: TypeError', call('loadDhParams', null), TYPE_ERROR],
  [
    'a suite with DHE works then',
    async () => {
      const server = await makeServerContext({ certificate: 'serverRsa', version: TLSVersion.TLSv1_2 });
      server.loadDhParams(join(folder, 'dh.pem'));
      server.setCiphers('DHE-RSA-AES128-GCM-SHA256');
      const pair = makeMemoryPair(await makeClientContext(), server);
      shakeHands(pair);
      return pair.client.object.cipher();
    },
    ['DHE-RSA-AES128-GCM-SHA256', 'TLSv1.2', 128],
  ],
]);
