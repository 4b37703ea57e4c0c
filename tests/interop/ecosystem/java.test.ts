import { CERT_REQUIRED, type SSLSocket } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import { type CertificateName, takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { javaObstacle, startJavaClient, startJavaServer } from '../../support/peers/java.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../../support/socket-contexts.ts';

const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];

describePeer("Java's TLS", javaObstacle, () => {
  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('our client talks to a Java server, %s', async (_kind, certificate) => {
      const peer = await startJavaServer({ version: name, certificate });
      const client = await connectTo(peer.port, await socketClientContext(version));
      expect(client.version()).toBe(name.replace(' ', 'v'));
      await client.sendAll('from us\n');
      expect(await readLine(client)).toBe('FROM US\n');
      await client.close({ notify: true });
      await peer.output(/session \S+ \S+ nobody\nend null/);
    });

    test('our client shows its certificate to a Java server and resumes its session', async () => {
      const peer = await startJavaServer({ version: name, certificate: 'server' });
      const context = await socketClientContext(version);
      const { chainPem, privateKeyPem } = await takeCertificate('client');
      context.loadCertChain({ cert: chainPem, key: privateKeyPem });
      const first = await connectTo(peer.port, context);
      await first.sendAll('x\n');
      await readLine(first);
      await peer.output(/CN=Test client/);
      const { session } = first;
      await first.close({ notify: true });
      const second = await connectTo(peer.port, context, { session });
      expect(second.sessionReused).toBe(true);
      await second.sendAll('again\n');
      expect(await readLine(second)).toBe('AGAIN\n');
    });

    test('a Java client talks to our server, shows its certificate and resumes', async () => {
      const context = await socketServerContext('server', version);
      context.loadVerifyLocations({ cadata: (await takeCertificate('authority')).certificatePem });
      context.verifyMode = CERT_REQUIRED;
      const { listener, port } = await listenOn(context);
      const peer = await startJavaClient(port, 2, { version: name, certificate: 'client' });
      const reused: (boolean | null)[] = [];
      for (let connections = 0; connections < 2; connections++) {
        const [server] = await listener.accept();
        expect(server.getPeerCert()).toMatchObject({ subject: [[['commonName', 'Test client']]] });
        expect(await readLine(server)).toBe('from java\n');
        await server.sendAll('from us\n');
        reused.push(server.sessionReused);
        expect(await server.recv()).toHaveLength(0);
        expect(server.ended).toBe('close_notify');
        await server.close({ notify: true });
      }
      await peer.output(/(got from us\nsession \S+ \S+ CN=.*\n){2}/);
      expect(reused).toEqual([false, true]);
    });
  });

  test('a Java client that does not know our authority tells us so', async () => {
    const { listener, port } = await listenOn(await socketServerContext('distrusted'));
    const peer = await startJavaClient(port, 1, { version: 'TLS 1.3', certificate: 'client' });
    const refused = listener.accept().then(([connection]) => connection.recv());
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/ALERT_(CERTIFICATE_UNKNOWN|UNKNOWN_CA)$/),
    });
    await peer.output(/failed javax\.net\.ssl\.SSLHandshakeException/);
  });

  test('a Java client refuses a name that does not match', async () => {
    const { listener, port } = await listenOn(await socketServerContext('otherName'));
    const peer = await startJavaClient(port, 1, { version: 'TLS 1.3', certificate: 'client' });
    const refused = listener.accept().then(([connection]) => connection.recv());
    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/ALERT_CERTIFICATE_UNKNOWN$/) });
    await peer.output(/failed javax\.net\.ssl\.SSLHandshakeException/);
  });
});

async function readLine(connection: SSLSocket<unknown>): Promise<string> {
  let line = '';
  while (!line.endsWith('\n')) {
    const chunk = await connection.recv();
    if (chunk.length === 0) return line;
    line += chunk;
  }
  return line;
}
