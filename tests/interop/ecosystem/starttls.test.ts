import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { sslkit, sslkitJson, start } from '../../../packages/cli/test/support/command.ts';
import { writeFiles } from '../../../packages/cli/test/support/files.ts';
import { takeCertificate } from '../../support/certificates.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { sieveObstacle, startDovecot } from '../../support/peers/dovecot.ts';
import { prosodyObstacle, startProsody } from '../../support/peers/prosody.ts';
import { listStarttlsServers } from '../../support/peers/starttls-servers.ts';
import { startVsftpd, vsftpdObstacle } from '../../support/peers/vsftpd.ts';

const pem = async (name: 'authority' | 'otherAuthority') => (await takeCertificate(name)).certificatePem;
const file = writeFiles({ 'authority.pem': await pem('authority'), 'other.pem': await pem('otherAuthority') });
const trust = ['--cafile', file('authority.pem')];

/** What is said of a server that is without TLS, by the word for its protocol. */
const withoutTls: Record<string, RegExp> = {
  smtp: /does not offer STARTTLS/,
  imap: /refuses STARTTLS: it answered 'a1 BAD /,
  pop3: /refuses STLS: it answered '-ERR /,
  sieve: /does not offer STARTTLS/,
  ftp: /refuses AUTH TLS: it answered '530 /,
  ldap: /does not offer StartTLS \(LDAP result 2\): it answered '/,
  postgres: /is a PostgreSQL server with TLS turned off/,
  mysql: /is a MySQL server with TLS turned off/,
  xmpp: /does not offer STARTTLS/,
};

for (const { name, obstacle, start: startServer, protocols } of listStarttlsServers()) {
  describePeer(name, obstacle, () => {
    let server: Awaited<ReturnType<typeof startServer>>;
    const place = (index: number) => [`localhost:${server.ports[index]}`, '--starttls', protocols[index]?.name ?? ''];
    beforeAll(async () => {
      server = await startServer({});
    }, 60_000);

    protocols.forEach((protocol, index) => {
      const { name } = protocol;
      const lack = obstacle === null ? protocol.obstacle : null;
      describe.skipIf(lack !== null)(`--starttls ${name}${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
        test('connect verifies it', async () => {
          const { code, json } = await sslkitJson(['connect', ...place(index), ...trust]);
          expect(code).toBe(0);
          expect(json).toMatchObject({ verified: { chain: true, name: true }, protocol: 'TLSv1.3' });
        });

        test('another name ends with 8', async () => {
          const words = ['connect', ...place(index), ...trust, '--servername', 'other.example'];
          expect((await sslkit(words)).code).toBe(8);
        });

        test('another authority ends with 7', async () => {
          expect((await sslkit(['connect', ...place(index), '--cafile', file('other.pem')])).code).toBe(7);
        });

        test('explain draws its handshake', async () => {
          const { code, json } = await sslkitJson(['explain', ...place(index), ...trust]);
          expect(code).toBe(0);
          expect(json.messages.map((message: { name: string }) => message.name)).toContain('ServerHello');
        });

        test('watch says how long its certificate is valid', async () => {
          const { code, json } = await sslkitJson(['watch', ...place(index), ...trust]);
          expect(code).toBe(0);
          expect(json.results).toMatchObject([{ outcome: 'verified', certificate: { subject: 'CN=localhost' } }]);
        });
      });
    });

    test('without TLS one sentence says so, and the code is 5', async () => {
      await server.stop();
      server = await startServer({ tls: false });
      for (const [index, { name, obstacle }] of protocols.entries()) {
        if (obstacle !== null) continue;
        const run = await sslkit(['connect', ...place(index)]);
        expect(run.code).toBe(5);
        expect(run.stderr).toMatch(withoutTls[name] ?? 'nothing is listed above');
      }
    }, 60_000);
  });
}

describePeer('vsftpd', vsftpdObstacle, () => {
  test('talks on below TLS', async () => {
    const { port } = await startVsftpd();
    const run = await converse(
      ['connect', `localhost:${port}`, ...trust, '--starttls', 'ftp', '--interactive'],
      'PBSZ 0\nPROT P\nQUIT\n',
    );
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^200 PROT /m);
    expect(run.stdout).toMatch(/^221 /m);
  });
});

describePeer('ManageSieve', sieveObstacle, () => {
  test('says below TLS what it can do, and no longer STARTTLS', async () => {
    const { sievePort } = await startDovecot();
    const run = await converse(
      ['connect', `localhost:${sievePort}`, ...trust, '--starttls', 'sieve', '--interactive'],
      'LOGOUT\n',
    );
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^"SASL" "PLAIN"/m);
    expect(run.stdout).not.toContain('STARTTLS');
  });
});

describePeer('Prosody', prosodyObstacle, () => {
  test('a host that it does not serve is named as the reason', async () => {
    const { port } = await startProsody();
    const words = ['connect', `localhost:${port}`, '--starttls', 'xmpp', '--servername', 'unknown.example'];
    const run = await sslkit(words);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain("does not serve 'unknown.example'");
  });
});

/** Input stays open until the server hangs up: at its end the command ends TLS, and a server may answer no more. */
async function converse(words: string[], input: string) {
  const child = start(words);
  child.stdin.write(input);
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, stdout };
}
