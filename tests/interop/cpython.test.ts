import { SSLCertVerificationError } from '@sslkit/socket';
import { describe, expect, test } from 'vitest';
import type { CertificateName } from '../support/certificates.ts';
import { VERSIONS } from '../support/contexts.ts';
import { authorityFile, canRun, certificateFiles, type PeerProcess, startPeer } from '../support/peer-process.ts';
import { connectTo, listenOn, socketClientContext, socketServerContext } from '../support/socket-contexts.ts';

const missing = !canRun('python3', '-c', 'import ssl');
const KEYS: [string, CertificateName][] = [
  ['ECDSA', 'server'],
  ['RSA', 'serverRsa'],
];

// Arguments: the version, the certificate, the key, and what to do on the connection `c` over the plain socket `s`.
const SERVER = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[1]]
context.load_cert_chain(sys.argv[2], sys.argv[3])
listener = socket.create_server(('127.0.0.1', 0))
print('port', listener.getsockname()[1], flush=True)
s, _ = listener.accept()
try:
    c = context.wrap_socket(s, server_side=True)
    exec(sys.argv[4])
except Exception as error:
    print('error', type(error).__name__, getattr(error, 'reason', None), flush=True)
`;

// Arguments: the version, the file of the authority, the port, and what to do on the connection.
const CLIENT = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[1]]
s = socket.create_connection(('127.0.0.1', int(sys.argv[3])))
try:
    c = context.wrap_socket(s, server_hostname='localhost')
    exec(sys.argv[4])
except Exception as error:
    print('error', type(error).__name__, getattr(error, 'reason', None), flush=True)
`;

const versionName = (name: string) => name.replace('TLS 1.', 'TLSv1_');

async function startServer(
  name: string,
  certificate: CertificateName,
  body: string,
): Promise<PeerProcess & { port: number }> {
  const { cert, key } = await certificateFiles(certificate);
  const peer = startPeer('python3', ['-c', SERVER, versionName(name), cert, key, body]);
  return { ...peer, port: Number((await peer.output(/port (\d+)/))[1]) };
}

async function startClient(name: string, port: number, body: string): Promise<PeerProcess> {
  const cafile = await authorityFile();
  return startPeer('python3', ['-c', CLIENT, versionName(name), cafile, String(port), body]);
}

describe.skipIf(missing)(missing ? "CPython's ssl (skipped: python3 is missing)" : "CPython's ssl", () => {
  describe.each(VERSIONS)('%s', (name, version) => {
    test.each(KEYS)('our client talks to its server, %s', async (_kind, certificate) => {
      const peer = await startServer(name, certificate, 'c.sendall(c.recv(100).upper()); c.unwrap()');
      const client = await connectTo(peer.port, await socketClientContext(version));
      await client.sendAll('shout');
      let answer = '';
      for await (const chunk of client) answer += chunk;
      await client.unwrap();
      expect([answer, client.ended]).toEqual(['SHOUT', 'close_notify']);
    });

    test.each(KEYS)('its client talks to our server, %s', async (_kind, certificate) => {
      const { listener, port } = await listenOn(await socketServerContext(certificate, version));
      const peer = await startClient(
        name,
        port,
        'c.sendall(b"hello"); print("got", c.recv(100), c.version(), flush=True)',
      );
      const [server] = await listener.accept();
      expect(String(await server.recv())).toBe('hello');
      await server.sendAll('world');
      await peer.output(/got b'world' TLSv1/);
    });

    test('TLS is taken off on both sides, and plaintext goes on', async () => {
      const body =
        'c.recv(1); p = c.unwrap(); p.sendall(b"plain from python"); print("plain", p.recv(100), flush=True)';
      const peer = await startServer(name, 'server', body);
      const client = await connectTo(peer.port, await socketClientContext(version));
      await client.sendAll('x');
      expect(await client.recv()).toHaveLength(0);
      const plain = await client.unwrap();
      const [chunk] = await new Promise<[Buffer]>((resolve) => plain.once('data', (bytes) => resolve([bytes])));
      expect(String(chunk)).toBe('plain from python');
      plain.write('plain from node');
      await peer.output(/plain b'plain from node'/);
    });

    test('a peer that leaves without close_notify is told from one that says it', async () => {
      const peer = await startServer(name, 'server', 'c.recv(1); c.sendall(b"half a"); c.close()');
      const client = await connectTo(peer.port, await socketClientContext(version));
      await client.sendAll('x');
      let answer = '';
      for await (const chunk of client) answer += chunk;
      expect([answer, client.ended]).toEqual(['half a', 'truncated']);
    });
  });

  test.each([
    ['an authority that is not trusted', 'distrusted', 20, 'TLSV1_ALERT_UNKNOWN_CA'],
    ['a name that does not match', 'otherName', 62, 'SSLV3_ALERT_BAD_CERTIFICATE'],
    ['a certificate that has expired', 'expired', 10, 'SSLV3_ALERT_CERTIFICATE_EXPIRED'],
  ] as const)('%s is refused, and its server hears why', async (_name, certificate, verifyCode, reason) => {
    const peer = await startServer('TLS 1.3', certificate, 'c.recv(1)');
    const error = await connectTo(peer.port, await socketClientContext()).catch((refusal) => refusal);
    expect(error).toBeInstanceOf(SSLCertVerificationError);
    expect(error).toMatchObject({ verifyCode });
    await peer.output(new RegExp(`error SSLError ${reason}`));
  });

  test('its client that refuses us is told by its alert', async () => {
    const { listener, port } = await listenOn(await socketServerContext('distrusted'));
    const peer = await startClient('TLS 1.3', port, 'pass');
    const refused = listener.accept().then(([connection]) => connection.recv());
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
    await peer.output(/error SSLCertVerificationError CERTIFICATE_VERIFY_FAILED/);
  });
});
