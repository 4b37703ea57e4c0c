import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type SSLDuplex } from '@sslkit/socket';
import { Client } from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { takeCertificate } from '../../support/certificates.ts';
import { VERSIONS } from '../../support/contexts.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { ACCOUNT, postgresqlObstacle, startPostgreSQL } from '../../support/peers/postgresql.ts';
import { socketClientContext } from '../../support/socket-contexts.ts';

// "SSLRequest": its length and a code in place of a protocol version; the answer is one byte, S for yes.
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

describePeer('pg over our makefile(), against PostgreSQL', postgresqlObstacle, () => {
  let port = 0;
  beforeAll(async () => {
    port = (await startPostgreSQL()).port;
  }, 60_000);

  test.each(VERSIONS)('the server sees the TLS that we see, %s', async (name, version) => {
    const stream = await openTls(port, await socketClientContext(version));
    const client = await makeClient(stream);
    const { rows } = await client.query(
      'select ssl, version, cipher, client_dn from pg_stat_ssl where pid = pg_backend_pid()',
    );
    const cipher = stream.getCipher()?.name;
    expect(rows).toEqual([{ ssl: true, version: stream.getProtocol(), cipher, client_dn: null }]);
    expect(stream.getProtocol()).toBe(name.replace(' ', 'v'));
  });

  test('a certificate of ours reaches the server', async () => {
    const context = await socketClientContext();
    const { chainPem, privateKeyPem } = await takeCertificate('client');
    context.loadCertChain({ cert: chainPem, key: privateKeyPem });
    const client = await makeClient(await openTls(port, context));
    const { rows } = await client.query('select client_dn from pg_stat_ssl where pid = pg_backend_pid()');
    expect(rows).toEqual([{ client_dn: '/CN=Test client' }]);
  });

  test('the password is bound to the TLS channel by SCRAM-SHA-256-PLUS', async () => {
    const stream = await openTls(port, await socketClientContext());
    const sent: Buffer[] = [];
    const write = stream.write.bind(stream) as (chunk: Buffer) => boolean;
    stream.write = (chunk: Buffer) => {
      sent.push(Buffer.from(chunk));
      return write(chunk);
    };
    const client = await makeClient(stream, { enableChannelBinding: true });
    expect(Buffer.concat(sent).includes('SCRAM-SHA-256-PLUS')).toBe(true);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('megabytes go there and come back', async () => {
    const client = await makeClient(await openTls(port, await socketClientContext()));
    const large = randomBytes(4_000_000);
    const { rows } = await client.query('select $1::bytea as large', [large]);
    expect(large.equals(rows[0].large)).toBe(true);
  });

  test('a thousand rows are asked for one by one', async () => {
    const client = await makeClient(await openTls(port, await socketClientContext()));
    for (let index = 0; index < 1000; index++) {
      expect((await client.query('select $1::int as n', [index])).rows).toEqual([{ n: index }]);
    }
  });

  test('a notification arrives while nothing is asked', async () => {
    const listening = await makeClient(await openTls(port, await socketClientContext()));
    const notifying = await makeClient(await openTls(port, await socketClientContext()));
    await listening.query('listen news');
    const heard = once(listening, 'notification');
    await notifying.query("notify news, 'it works'");
    expect(await heard).toEqual([expect.objectContaining({ channel: 'news', payload: 'it works' })]);
  });

  test('end() ends the connection in good order', async () => {
    const stream = await openTls(port, await socketClientContext());
    const client = await makeClient(stream);
    await client.end();
    expect(stream.connection.closed).toBe(true);
  });
});

/** Asks the server for TLS, as its protocol has it, and puts ours on. */
async function openTls(port: number, context: Awaited<ReturnType<typeof socketClientContext>>): Promise<SSLDuplex> {
  const socket = await createConnection(['127.0.0.1', port], { timeout: 10 });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(SSL_REQUEST);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  expect(String(answer)).toBe('S');
  return (await context.wrapSocket(socket, { serverHostname: 'localhost' })).makefile();
}

/** A client on a connection that is open. */
async function makeClient(stream: SSLDuplex, options: object = {}): Promise<Client> {
  const client = new Client({ ...ACCOUNT, ...options, stream: () => stream });
  onTestFinished(() => client.end());
  await client.connect();
  return client;
}
