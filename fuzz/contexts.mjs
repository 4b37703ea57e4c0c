// The contexts that the targets connect: every kind of handshake that the corpus has.
import {
  CERT_NONE,
  CERT_OPTIONAL,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  TLSVersion,
} from '../packages/context/dist/index.js';
import { createCertificate } from '../packages/x509/dist/index.js';

const SECRET = Buffer.alloc(16, 7);

/** The kinds by name: what sets up each side. */
export const KINDS = {
  tls13: { version: TLSVersion.TLSv1_3 },
  tls12: { version: TLSVersion.TLSv1_2 },
  'tls12-rsa': { version: TLSVersion.TLSv1_2, certificate: 'rsa', ciphers: 'AES128-SHA256' },
  'tls12-cbc': { version: TLSVersion.TLSv1_2, ciphers: 'ECDHE-ECDSA-AES128-SHA' },
  'tls12-psk': { version: TLSVersion.TLSv1_2, ciphers: 'PSK', psk: true },
  'tls13-psk': { version: TLSVersion.TLSv1_3, psk: true },
  'tls12-client-certificate': { version: TLSVersion.TLSv1_2, clientCertificate: true },
  'tls13-client-certificate': { version: TLSVersion.TLSv1_3, clientCertificate: true },
  alpn: { alpn: true },
};

/** Makes the certificates once and gives both contexts of a kind. */
export async function makeContexts() {
  const authority = await createCertificate({ role: 'authority', subject: 'Fuzz CA' });
  const names = ['localhost'];
  const certificates = {
    ec: await createCertificate({ authority, names }),
    rsa: await createCertificate({ authority, names, keyType: 'RSA-2048' }),
    client: await createCertificate({ authority, role: 'client', subject: 'Fuzz client' }),
  };
  const pairs = Object.entries(KINDS).map(([kind, settings]) => [
    kind,
    { client: makeClient(settings, authority, certificates), server: makeServer(settings, authority, certificates) },
  ]);
  return Object.fromEntries(pairs);
}

function makeServer(settings, authority, certificates) {
  const context = new SSLContext(PROTOCOL_TLS_SERVER);
  const { chainPem, privateKeyPem } = certificates[settings.certificate ?? 'ec'];
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  limit(context, settings);
  if (settings.psk) context.setPskServerCallback(() => SECRET);
  if (settings.clientCertificate) {
    context.loadVerifyLocations({ cadata: authority.certificatePem });
    context.verifyMode = CERT_OPTIONAL;
  }
  if (settings.alpn) {
    context.sniCallback = (_connection, name) => (name === 'refused' ? 112 : null);
    context.alpnCallback = (_connection, offered) => offered[0] ?? null;
    context.messageCallback = () => {};
  }
  return context;
}

function makeClient(settings, authority, certificates) {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.loadVerifyLocations({ cadata: authority.certificatePem });
  limit(context, settings);
  if (settings.psk) {
    context.checkHostname = false;
    context.verifyMode = CERT_NONE;
    context.setPskClientCallback(() => ['fuzz', SECRET]);
  }
  if (settings.clientCertificate) {
    const { chainPem, privateKeyPem } = certificates.client;
    context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  }
  if (settings.alpn) {
    context.setAlpnProtocols(['h2', 'http/1.1']);
    context.messageCallback = () => {};
  }
  return context;
}

function limit(context, { version, ciphers }) {
  if (ciphers !== undefined) context.setCiphers(ciphers);
  if (version === undefined) return;
  context.maximumVersion = TLSVersion.MAXIMUM_SUPPORTED;
  context.minimumVersion = version;
  context.maximumVersion = version;
}

const room = Buffer.alloc(1 << 17);

/** All TLS bytes that an object of `wrapBuffers` has queued. */
export function takeQueued(object) {
  const parts = [];
  while (object.outgoingPending > 0) parts.push(Buffer.from(room.subarray(0, object.drain(room))));
  return Buffer.concat(parts);
}

/** Makes both ends, and carries their handshake through with `change` applied to each flight, as far as it goes. */
export function connect({ client, server }, change = (flight) => flight) {
  const ends = {
    client: client.wrapBuffers({ serverHostname: 'localhost' }),
    server: server.wrapBuffers({ serverSide: true }),
  };
  const flights = { client: [], server: [] };
  for (let turn = 0; turn < 8; turn += 1) {
    const [from, to] = turn % 2 === 0 ? ['client', 'server'] : ['server', 'client'];
    if (turn === 0) ends.client.tryHandshake();
    const flight = takeQueued(ends[from]);
    if (flight.length === 0) break;
    flights[from].push(flight);
    ends[to].tryHandshake(change(flight, from));
  }
  return { ...ends, flights };
}
