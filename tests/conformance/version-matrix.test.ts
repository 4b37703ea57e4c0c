import {
  PROTOCOL_TLS,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  PROTOCOL_TLSv1,
  PROTOCOL_TLSv1_1,
  PROTOCOL_TLSv1_2,
  SSLContext,
  type SSLMethod,
  TLSVersion,
} from '@sslkit/context';
import { takeCertificate } from '../support/certificates.ts';
import { collectHandshakeErrors, makeMemoryPair } from '../support/memory-pair.ts';
import { checkRows, type Row } from '../support/rows.ts';

// Python's documentation has a table of which client's protocol can connect to which server's. Here with what the newer
// defaults take away given back: TLS 1.0 and 1.1, and the algorithms that they need.
const PROTOCOLS = {
  TLS: PROTOCOL_TLS,
  TLSv1: PROTOCOL_TLSv1,
  TLSv1_1: PROTOCOL_TLSv1_1,
  TLSv1_2: PROTOCOL_TLSv1_2,
} as const;
type Name = keyof typeof PROTOCOLS;

/** The version that a client and a server speak, or null where they cannot connect. */
const MATRIX: Readonly<Record<Name, Readonly<Record<Name, string | null>>>> = {
  TLS: { TLS: 'TLSv1.3', TLSv1: 'TLSv1', TLSv1_1: 'TLSv1.1', TLSv1_2: 'TLSv1.2' },
  TLSv1: { TLS: 'TLSv1', TLSv1: 'TLSv1', TLSv1_1: null, TLSv1_2: null },
  TLSv1_1: { TLS: 'TLSv1.1', TLSv1: null, TLSv1_1: 'TLSv1.1', TLSv1_2: null },
  TLSv1_2: { TLS: 'TLSv1.2', TLSv1: null, TLSv1_1: null, TLSv1_2: 'TLSv1.2' },
};

async function connect(client: SSLContext, server: SSLContext): Promise<string | null> {
  const { chainPem, privateKeyPem } = await takeCertificate('serverRsa');
  server.loadCertChain({ cert: chainPem, key: privateKeyPem });
  client.checkHostname = false;
  client.verifyMode = 0;
  const pair = makeMemoryPair(client, server);
  const errors = collectHandshakeErrors(pair);
  return errors.client === undefined && errors.server === undefined ? pair.client.object.version() : null;
}

/** A context that speaks everything that its protocol allows. */
function makeLenient(protocol: SSLMethod): SSLContext {
  const context = new SSLContext(protocol);
  context.setCiphers('@SECLEVEL=0:ALL');
  if (protocol === PROTOCOL_TLS) context.minimumVersion = TLSVersion.TLSv1;
  return context;
}

const names = Object.keys(PROTOCOLS) as Name[];

checkRows(
  'A client of PROTOCOL_… and a server of PROTOCOL_…',
  names.flatMap((client) =>
    names.map((server): Row => {
      const expected = MATRIX[client][server];
      const claim = `${client} and ${server}: ${expected ?? 'no connection'}`;
      return [claim, () => connect(makeLenient(PROTOCOLS[client]), makeLenient(PROTOCOLS[server])), expected];
    }),
  ),
);

checkRows('With the defaults', [
  [
    'both speak TLS 1.3',
    () => connect(new SSLContext(PROTOCOL_TLS_CLIENT), new SSLContext(PROTOCOL_TLS_SERVER)),
    'TLSv1.3',
  ],
  ['PROTOCOL_TLS has both roles', () => connect(new SSLContext(PROTOCOL_TLS), new SSLContext(PROTOCOL_TLS)), 'TLSv1.3'],
  [
    'TLS 1.2 is spoken',
    () => connect(new SSLContext(PROTOCOL_TLSv1_2), new SSLContext(PROTOCOL_TLS_SERVER)),
    'TLSv1.2',
  ],
  ['TLS 1.1 is not', () => connect(makeLenient(PROTOCOL_TLSv1_1), new SSLContext(PROTOCOL_TLS_SERVER)), null],
  ['TLS 1.0 is not', () => connect(makeLenient(PROTOCOL_TLSv1), new SSLContext(PROTOCOL_TLS_SERVER)), null],
]);
