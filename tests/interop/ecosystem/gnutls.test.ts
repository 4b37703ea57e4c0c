import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { CERT_REQUIRED, type SSLSocket } from '@sslkit/socket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CertificateName, takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import {
  clientCertificateOptions,
  gnutlsObstacle,
  priorityOf,
  requireClientOptions,
  startGnutlsClient,
  startGnutlsServer,
} from '../../support/peers/gnutls.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../../support/socket-contexts.ts';

const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
  ['Ed25519', 'serverEd25519'],
];

describePeer('GnuTLS', gnutlsObstacle, () => {
  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('our client talks to gnutls-serv, %s', async (_kind, certificate) => {
      const { port } = await startGnutlsServer(certificate, '--priority', priorityOf(name));
      const client = await connectTo(port, await socketClientContext(version));
      expect(client.version()).toBe(name.replace(' ', 'v'));
      for (let round = 0; round < 100; round++) {
        const line = `line ${round} ${'x'.repeat(round * 50)}\n`;
        await client.sendAll(line);
        expect(await readLine(client)).toBe(line);
      }
    });

    test.each(KEYS)('gnutls-cli talks to our server, %s', async (_kind, certificate) => {
      const { listener, port } = await listenOn(await socketServerContext(certificate, version));
      const peer = await startGnutlsClient(port, '--priority', priorityOf(name));
      const [server] = await listener.accept();
      expect(server.version()).toBe(name.replace(' ', 'v'));
      await peer.output(/Handshake was completed/);
      peer.write('from gnutls-cli\n');
      expect(await readLine(server)).toBe('from gnutls-cli\n');
      await server.sendAll('from our server\n');
      await peer.output(/from our server/);
      peer.endInput();
      expect(String(await server.recv())).toBe('');
      expect(server.ended).toBe('close_notify');
    });

    test('gnutls-cli takes our close_notify for the end', async () => {
      const { listener, port } = await listenOn(await socketServerContext('server', version));
      const peer = await startGnutlsClient(port, '--priority', priorityOf(name));
      const [server] = await listener.accept();
      await server.close({ notify: true });
      await peer.output(/Peer has closed the GnuTLS connection/);
    });

    test('our client resumes a session of gnutls-serv', async () => {
      const peer = await startGnutlsServer('server', '--priority', priorityOf(name));
      const context = await socketClientContext(version);
      const first = await connectTo(peer.port, context);
      await first.sendAll('ticket\n');
      await readLine(first);
      const { session } = first;
      await first.close({ notify: true });
      const second = await connectTo(peer.port, context, { session });
      expect(second.sessionReused).toBe(true);
      await peer.output(/This is a resumed session/);
    });

    test('gnutls-cli resumes a session of ours', async () => {
      const { listener, port } = await listenOn(await socketServerContext('server', version));
      const peer = await startGnutlsClient(port, '--priority', priorityOf(name), '--resume');
      const [first] = await listener.accept();
      expect(first.sessionReused).toBe(false);
      expect(String(await first.recv())).toBe('');
      await first.close({ notify: true });
      const [second] = await listener.accept();
      expect(second.sessionReused).toBe(true);
      await peer.output(/This is a resumed session/);
    });

    test('our certificate satisfies gnutls-serv', async () => {
      const peer = await startGnutlsServer('server', '--priority', priorityOf(name), ...(await requireClientOptions()));
      const context = await socketClientContext(version);
      const { chainPem, privateKeyPem } = await takeCertificate('client');
      context.loadCertChain({ cert: chainPem, key: privateKeyPem });
      const client = await connectTo(peer.port, context);
      await client.sendAll('known\n');
      expect(await readLine(client)).toBe('known\n');
      await peer.output(/CN=Test client/);
    });

    test('a certificate of gnutls-cli satisfies our server', async () => {
      const context = await socketServerContext('server', version);
      context.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
      context.verifyMode = CERT_REQUIRED;
      const { listener, port } = await listenOn(context);
      await startGnutlsClient(port, '--priority', priorityOf(name), ...(await clientCertificateOptions()));
      const [server] = await listener.accept();
      expect(server.getPeerCert()).toMatchObject({ subject: [[['commonName', 'Test client']]] });
    });

    test('gnutls-cli that does not know our authority tells us so', async () => {
      const { listener, port } = await listenOn(await socketServerContext('distrusted', version));
      const peer = await startGnutlsClient(port, '--priority', priorityOf(name));
      const refused = listener.accept().then(([connection]) => connection.recv());
      refused.catch(() => {});
      await peer.output(/certificate issuer is unknown/);
      // Its own word for what OpenSSL calls an unknown authority: bad_certificate, RFC 8446 §6.2.
      await expect(refused).rejects.toMatchObject({
        code: expect.stringMatching(/ALERT_(BAD_CERTIFICATE|UNKNOWN_CA)$/),
      });
    });

    test('ALPN is agreed on', async () => {
      const peer = await startGnutlsServer('server', '--priority', priorityOf(name), '--alpn', 'two');
      const context = await socketClientContext(version);
      context.setAlpnProtocols(['one', 'two']);
      expect((await connectTo(peer.port, context)).selectedAlpnProtocol()).toBe('two');
    });
  });

  test('both ends derive the same channel binding (RFC 9266)', async () => {
    const peer = await startGnutlsServer('server');
    const client = await connectTo(peer.port, await socketClientContext());
    const [, theirs] = await peer.output(/'tls-exporter': ([0-9a-f]+)/);
    expect(client.getChannelBinding('tls-exporter')?.toString('hex')).toBe(theirs);
  });

  test('a client that changes its keys is followed', async () => {
    const { listener, port } = await listenOn(await socketServerContext());
    const peer = await startGnutlsClient(port, '--inline-commands');
    const [server] = await listener.accept();
    await peer.output(/Handshake was completed/);
    peer.write('^rekey^\n');
    await peer.output(/rekey was completed|Rekey was completed|key was updated/i);
    peer.write('after the update\n');
    expect(await readLine(server)).toContain('after the update\n');
    await server.sendAll('still understood\n');
    await peer.output(/still understood/);
  });

  test('gnutls-cli shows its certificate when it is asked after the handshake', async () => {
    const context = await socketServerContext();
    context.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
    context.verifyMode = CERT_REQUIRED;
    context.postHandshakeAuth = true;
    const { listener, port } = await listenOn(context);
    const peer = await startGnutlsClient(port, '--post-handshake-auth', ...(await clientCertificateOptions()));
    const [server] = await listener.accept();
    expect(server.getPeerCert()).toBeNull();
    server.verifyClientPostHandshake();
    await server.sendAll('who are you?\n');
    await peer.output(/who are you/);
    peer.write('look\n');
    expect(await readLine(server)).toBe('look\n');
    expect(server.getPeerCert()).toMatchObject({ subject: [[['commonName', 'Test client']]] });
  });

  test('gnutls-cli upgrades an SMTP conversation to TLS', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? Number(address?.port) : 0;
    const accepted = once(server, 'connection');
    const peer = await startGnutlsClient(port, '--starttls-proto', 'smtp');
    const [socket] = (await accepted) as [Socket];
    onTestFinished(() => {
      socket.destroy();
    });
    for (const [reply, command] of [
      ['220 ready', 'EHLO'],
      ['250-localhost\r\n250 STARTTLS', 'STARTTLS'],
    ] as const) {
      socket.write(`${reply}\r\n`);
      await once(socket, 'readable');
      expect(String(socket.read())).toContain(command);
    }
    socket.write('220 go ahead\r\n');
    const connection = await (await socketServerContext()).wrapSocket(socket, { serverSide: true });
    await peer.output(/Handshake was completed/);
    peer.write('NOOP\n');
    expect(await readLine(connection)).toBe('NOOP\n');
  });
});

async function readLine(connection: SSLSocket<unknown>): Promise<string> {
  let line = '';
  while (!line.endsWith('\n')) {
    const chunk = await connection.recv(65_536);
    if (chunk.length === 0) return line;
    line += chunk;
  }
  return line;
}
