// Writes fuzz/corpus anew: flights, records, sessions, certificates, keys and PKCS#12 files of our own making.
//
//   node fuzz/record-corpus.mjs          needs the openssl command for PKCS#12, CRLs and older forms of keys
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificate, createCertificateAuthority, encryptPrivateKey } from '../packages/x509/dist/index.js';
import { connect, makeContexts, takeQueued } from './contexts.mjs';

const corpus = join(dirname(fileURLToPath(import.meta.url)), 'corpus');
const room = Buffer.alloc(1 << 16);

rmSync(corpus, { recursive: true, force: true });
await recordConnections();
await recordCredentials();

async function recordConnections() {
  for (const [kind, contexts] of Object.entries(await makeContexts())) {
    const { client, server, flights } = connect(contexts);
    // What a side sends is what attacks the other.
    for (const [index, flight] of flights.client.entries()) save('server-flights', `${kind}-${index}.bin`, flight);
    for (const [index, flight] of flights.server.entries()) save('client-flights', `${kind}-${index}.bin`, flight);
    client.decrypt(takeQueued(server), room);
    if (client.session !== null) save('sessions', `${kind}.bin`, client.session.toBytes());
    save('records', `${kind}-data.bin`, seal(client, Buffer.from('a few bytes')));
    client.tryUnwrap();
    save('records', `${kind}-close.bin`, takeQueued(client));
  }
  // What a TLS port also meets.
  save('server-flights', 'http.bin', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  save('client-flights', 'smtp.bin', Buffer.from('220 mail.example ESMTP ready\r\n'));
  save('client-flights', 'alert.bin', Buffer.from('15030300020228', 'hex'));
}

function seal(object, plaintext) {
  object.encrypt(plaintext, room);
  return Buffer.from(room.subarray(0, object.produced));
}

async function recordCredentials() {
  const authority = await createCertificateAuthority({ subject: 'Corpus CA' });
  const names = ['www.example.com', '*.example.net', '192.0.2.1', '2001:db8::1'];
  const ec = await createCertificate({ authority, names });
  const ed25519 = await createCertificate({ authority, names, keyType: 'Ed25519' });
  const rsa = await createCertificate({ authority, names, keyType: 'RSA-2048' });
  for (const [name, made] of Object.entries({ authority, ec, ed25519, rsa })) {
    save('certificates', `${name}.der`, Buffer.from(made.certificate));
    save('credentials', `${name}.der`, Buffer.from(made.certificate));
  }
  save('certificates', 'ec.pem', ec.certificatePem);
  save('credentials', 'ec-chain.pem', ec.chainPem);
  save('credentials', 'ec-both.pem', ec.chainPem + ec.privateKeyPem);
  save('credentials', 'two.der', Buffer.concat([ec.certificate, authority.certificate]));
  for (const [name, { privateKey, privateKeyPem }] of Object.entries({ ec, ed25519, rsa })) {
    save('credentials', `${name}-key.der`, Buffer.from(privateKey));
    save('credentials', `${name}-key.pem`, privateKeyPem);
  }
  const encrypted = await encryptPrivateKey(ec.privateKey, 'secret', { iterations: 2 });
  save('credentials', 'ec-encrypted.pem', encrypted.privateKeyPem);
  recordWithOpenssl(authority, ec);
}

function recordWithOpenssl(authority, ec) {
  const folder = mkdtempSync(join(tmpdir(), 'sslkit-corpus-'));
  const path = (name) => join(folder, name);
  const openssl = (...options) =>
    execFileSync('openssl', options, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  for (const [name, text] of Object.entries({
    'leaf.pem': ec.certificatePem,
    'leaf.key': ec.privateKeyPem,
    'ca.pem': authority.certificatePem,
    'ca.key': authority.privateKeyPem,
    'index.txt': 'R\t301231235959Z\t251231235959Z\t1234\tunknown\t/CN=gone\n',
    'ca.cnf': `[ca]\ndefault_ca=d\n[d]\ndatabase=${path('index.txt')}\ndefault_md=sha256\ndefault_crl_days=3650\n`,
  })) {
    writeFileSync(path(name), text);
  }
  const pair = ['-inkey', 'leaf.key', '-in', 'leaf.pem', '-iter', '2', '-passout', 'pass:secret'];
  openssl('pkcs12', '-export', ...pair, '-certfile', 'ca.pem', '-out', 'chain.p12');
  openssl('pkcs12', '-export', ...pair, '-certpbe', 'NONE', '-keypbe', 'NONE', '-nomac', '-out', 'plain.p12');
  openssl('pkcs12', '-export', ...pair, '-nokeys', '-out', 'no-key.p12');
  openssl('ec', '-in', 'leaf.key', '-aes128', '-passout', 'pass:secret', '-out', 'traditional.pem');
  openssl('x509', '-in', 'ca.pem', '-addtrust', 'serverAuth', '-trustout', '-out', 'trusted.pem');
  openssl('ca', '-gencrl', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-out', 'crl.pem');
  openssl('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der');
  for (const name of ['chain.p12', 'plain.p12', 'no-key.p12', 'traditional.pem', 'trusted.pem', 'crl.pem', 'crl.der']) {
    save('credentials', name, readFileSync(path(name)));
  }
  save('certificates', 'crl.der', readFileSync(path('crl.der')));
  rmSync(folder, { recursive: true });
}

function save(folder, name, bytes) {
  if (bytes.length === 0) return;
  mkdirSync(join(corpus, folder), { recursive: true });
  writeFileSync(join(corpus, folder, name), bytes);
}
