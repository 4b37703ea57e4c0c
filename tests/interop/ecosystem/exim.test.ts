import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createConnection, type SSLContext, type SSLSocket } from '@sslkit/socket';
import { createTransport, type Transporter } from 'nodemailer';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { describePeer } from '../../support/peers/daemon.ts';
import { type Exim, eximObstacle, startExim } from '../../support/peers/exim.ts';
import { connectTo, socketClientContext } from '../../support/socket-contexts.ts';

describePeer('nodemailer over our makefile(), against Exim on GnuTLS', eximObstacle, () => {
  let exim: Exim;
  let delivered = 0;
  beforeAll(async () => {
    exim = await startExim();
  });

  test('a message is delivered over TLS from the first byte', async () => {
    const context = await socketClientContext();
    const transport = makeTransport(() => connectTo(exim.tlsPort, context));
    await transport.sendMail({ from: 'a@localhost', to: 'b@localhost', subject: 'Implicit', text: 'first byte' });
    const mail = await exim.readMail(++delivered);
    expect(mail).toContain('Subject: Implicit');
    expect(mail).toMatch(/with esmtps {2}\(TLS1\.3\) tls/);
  });

  test('a message of megabytes is delivered over a connection that STARTTLS upgraded', async () => {
    const context = await socketClientContext();
    const transport = makeTransport(() => startTls(exim.port, context));
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index} of a long message`);
    await transport.sendMail({ from: 'a@localhost', to: 'b@localhost', subject: 'Upgraded', text: lines.join('\n') });
    const mail = await exim.readMail(++delivered);
    expect(mail).toContain('Subject: Upgraded');
    // The soft line breaks of quoted-printable, RFC 2045 §6.7
    expect(mail.replaceAll('=\n', '').match(/^line \d+ of a long message$/gm)).toEqual(lines);
    expect(mail.match(/with esmtps /g)).toHaveLength(delivered);
  });
});

function makeTransport(connect: () => Promise<SSLSocket<Socket>>): Transporter {
  const transport = createTransport({
    secure: true,
    getSocket: (_options, callback) => {
      connect().then(
        (connection) => callback(null, { connection: connection.makefile(), secured: true }),
        (error) => callback(error, false),
      );
    },
  });
  onTestFinished(() => transport.close());
  return transport;
}

/** Upgrades a connection by the SMTP command (RFC 3207). */
async function startTls(port: number, context: SSLContext): Promise<SSLSocket<Socket>> {
  const socket = await createConnection(['127.0.0.1', port], { timeout: 10 });
  onTestFinished(() => {
    socket.destroy();
  });
  await readReply(socket);
  socket.write('EHLO localhost\r\n');
  expect(await readReply(socket)).toContain('STARTTLS');
  socket.write('STARTTLS\r\n');
  expect(await readReply(socket)).toMatch(/^220 /);
  const connection = await context.wrapSocket(socket, { serverHostname: 'localhost' });
  // The driver waits for a greeting, which a server does not repeat.
  connection.unread(Buffer.from('220 localhost\r\n'));
  return connection;
}

/** Reads a reply of one or more lines; the last one has a blank behind its number. */
async function readReply(socket: Socket): Promise<string> {
  let reply = '';
  while (!/^\d{3} .*\r\n$/m.test(reply)) {
    await once(socket, 'readable');
    reply += socket.read() ?? '';
  }
  return reply;
}
