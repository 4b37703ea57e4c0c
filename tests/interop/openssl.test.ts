import { SSLCertVerificationError } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import type { CertificateName } from '../support/certificates.ts';
import { VERSIONS } from '../support/contexts.ts';
import {
  authorityFile,
  canRun,
  certificateFiles,
  freePort,
  type PeerProcess,
  startPeer,
} from '../support/peer-process.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';

const missing = !canRun('openssl', 'version');
const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];
const flag = (name: string) => (name === 'TLS 1.2' ? '-tls1_2' : '-tls1_3');

/** Starts `openssl s_server` and resolves when it listens. */
async function startServer(certificate: CertificateName, ...args: string[]): Promise<PeerProcess & { port: number }> {
  const { cert, key } = await certificateFiles(certificate);
  const port = await freePort();
  const peer = startPeer('openssl', [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    cert,
    '-cert_chain',
    cert,
    '-key',
    key,
    ...args,
  ]);
  await peer.output(/ACCEPT/);
  return { ...peer, port };
}

async function startClient(port: number, ...args: string[]): Promise<PeerProcess> {
  const cafile = await authorityFile();
  return startPeer('openssl', [
    's_client',
    '-connect',
    `127.0.0.1:${port}`,
    '-servername',
    'localhost',
    '-verify_hostname',
    'localhost',
    '-CAfile',
    cafile,
    '-verify_return_error',
    ...args,
  ]);
}

describe.skipIf(missing)(missing ? 'openssl (skipped: the command is missing)' : 'openssl', () => {
  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('our client talks to s_server, %s', async (_kind, certificate) => {
      const peer = await startServer(certificate, flag(name));
      const client = await connectTo(peer.port, await socketClientContext(version));
      expect(client.version()).toBe(name.replace(' ', 'v'));
      expect(client.getPeerCert()).toMatchObject({ subjectAltName: expect.arrayContaining([['DNS', 'localhost']]) });
      await client.sendAll('from our client\n');
      await peer.output(/from our client/);
      peer.write('from s_server\n');
      expect(String(await client.recv())).toBe('from s_server\n');
    });

    test.each(KEYS)('s_client talks to our server, %s', async (_kind, certificate) => {
      const { listener, port } = await listenOn(await socketServerContext(certificate, version));
      const peer = await startClient(port, flag(name), '-quiet');
      const [server] = await listener.accept();
      peer.write('from s_client\n');
      expect(String(await server.recv())).toBe('from s_client\n');
      await server.sendAll('from our server\n');
      await peer.output(/from our server/);
      await server.close({ notify: true });
    });

    test('s_server -www answers a whole request', async () => {
      const peer = await startServer('server', flag(name), '-www');
      const client = await connectTo(peer.port, await socketClientContext(version));
      await client.sendAll('GET / HTTP/1.0\r\n\r\n');
      let answer = '';
      for await (const chunk of client) answer += chunk;
      expect(answer).toContain('HTTP/1.0 200 ok');
      expect(answer).toContain('s_server');
    });

    test('a session is resumed with s_server', async () => {
      const peer = await startServer('server', flag(name));
      const context = await socketClientContext(version);
      const first = await connectTo(peer.port, context);
      peer.write('ticket first\n');
      await first.recv();
      const { session } = first;
      await first.close({ notify: true });
      const second = await connectTo(peer.port, context, { session });
      expect([first.sessionReused, second.sessionReused]).toEqual([null, true]);
    });

    test('keying material is exported as s_client exports it', async () => {
      const { listener, port } = await listenOn(await socketServerContext('server', version));
      const peer = await startClient(
        port,
        flag(name),
        '-keymatexport',
        'EXPERIMENTAL sslkit',
        '-keymatexportlen',
        '40',
      );
      const [server] = await listener.accept();
      const [, material] = await peer.output(/Keying material: ([0-9A-F]{80})/);
      expect(server.exportKeyingMaterial(40, 'EXPERIMENTAL sslkit').toString('hex').toUpperCase()).toBe(material);
    });

    test('a client certificate is shown to s_server', async () => {
      const peer = await startServer('server', flag(name), '-Verify', '1', '-CAfile', await authorityFile());
      const context = await socketClientContext(version);
      const { cert, key } = await certificateFiles('client');
      context.loadCertChain(cert, key);
      const client = await connectTo(peer.port, context);
      await client.sendAll('x\n');
      await peer.output(/Test client/);
    });
  });

  test.each([
    ['an authority that is not trusted', 'distrusted', 20],
    ['a name that does not match', 'otherName', 62],
    ['a certificate that has expired', 'expired', 10],
    ['a certificate that is not valid yet', 'notYetValid', 9],
  ] as const)('%s is refused', async (_name, certificate, verifyCode) => {
    const peer = await startServer(certificate);
    const error = await connectTo(peer.port, await socketClientContext()).catch((reason) => reason);
    expect(error).toBeInstanceOf(SSLCertVerificationError);
    expect(error).toMatchObject({ code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED', verifyCode });
    await peer.output(/alert (unknown ca|bad certificate|certificate expired)/i);
  });

  test('s_client that does not trust our authority is told apart by its alert', async () => {
    const { listener, port } = await listenOn(await socketServerContext('distrusted'));
    await startClient(port);
    const refused = listener.accept().then(([connection]) => connection.recv());
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
  });

  test('a rekeying peer is followed in both directions', async () => {
    const { listener, port } = await listenOn(await socketServerContext());
    const peer = await startClient(port);
    const [server] = await listener.accept();
    // "K": update both keys. See openssl-s_client(1), which takes no more than one command at a time.
    peer.write('K\n');
    await peer.output(/KEYUPDATE/);
    peer.write('after the update\n');
    expect(String(await server.recv())).toBe('after the update\n');
    await server.sendAll('still understood\n');
    await peer.output(/still understood/);
  });

  test('a client that s_server asks to renegotiate in TLS 1.2 goes on reading and writing', async () => {
    const peer = await startServer('server', '-tls1_2');
    const client = await connectTo(peer.port, await socketClientContext());
    await client.sendAll('before\n');
    await peer.output(/before/);
    const reading = client.recv();
    // "r": renegotiate. See openssl-s_server(1).
    peer.write('r\n');
    await peer.output(/Read BLOCK|SSL_do_handshake|DONE|renegotiat/i).catch(() => {});
    await client.sendAll('in the middle\n');
    await peer.output(/in the middle/);
    peer.write('after\n');
    expect(String(await reading)).toBe('after\n');
  });
});
