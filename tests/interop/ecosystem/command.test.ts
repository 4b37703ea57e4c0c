import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { sslkit, sslkitJson, start } from '../../../packages/cli/test/support/command.ts';
import { writeFiles } from '../../../packages/cli/test/support/files.ts';
import { takeCertificate } from '../../support/certificates.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { type Dovecot, dovecotObstacle, PASSWORD, startDovecot } from '../../support/peers/dovecot.ts';
import { eximObstacle, startExim } from '../../support/peers/exim.ts';
import { nginxObstacle, startNginx } from '../../support/peers/nginx.ts';
import { postgresqlObstacle, startPostgreSQL } from '../../support/peers/postgresql.ts';

const authority = await takeCertificate('authority');
const cafile = writeFiles({ 'authority.pem': authority.certificatePem })('authority.pem');
const trust = ['--cafile', cafile];
let port = 0;

describePeer('nginx', nginxObstacle, () => {
  beforeAll(async () => {
    ({ port } = await startNginx());
  }, 60_000);

  test('is verified, and answers a request', async () => {
    const { code, json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--http', '/']);
    expect(code).toBe(0);
    expect(json.http.status).toBe(200);
    expect(JSON.parse(json.http.text)).toMatchObject({ protocol: 'TLSv1.3', name: 'localhost' });
  });

  test('sends 3 MB through', async () => {
    const { json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--http', '/file']);
    expect(json.http.length).toBe(3_000_003);
  });

  test('resumes a session that was saved', async () => {
    const session = `${cafile}.session`;
    const words = ['connect', `localhost:${port}`, ...trust, '--session', session];
    expect((await sslkitJson(words)).json.sessionReused).toBe(false);
    expect((await sslkitJson(words)).json.sessionReused).toBe(true);
  });

  test('is explained, and chooses h2', async () => {
    const { json } = await sslkitJson(['explain', `localhost:${port}`, ...trust]);
    const alpn = json.choices.find(({ topic }: { topic: string }) => topic === 'ALPN');
    expect(alpn).toMatchObject({ chosen: 'h2' });
  });

  test('is inspected, verified and watched', async () => {
    expect((await sslkitJson(['inspect', `localhost:${port}`])).json.sources[0].items[0].names).toContain('localhost');
    expect(await sslkit(['verify', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
    expect(await sslkit(['watch', `localhost:${port}`, ...trust])).toMatchObject({ code: 0 });
  });
});

describe('certificates that nginx shows', () => {
  const cases = [
    ['expired', 9],
    ['notYetValid', 9],
    ['selfSigned', 7],
    ['distrusted', 7],
    ['otherName', 8],
  ] as const;
  test.skipIf(nginxObstacle !== null).each(cases)(
    `%s ends with %i (skipped without nginx)`,
    async (certificate, code) => {
      const nginx = await startNginx({ certificate });
      expect((await sslkit(['connect', `localhost:${nginx.port}`, ...trust])).code).toBe(code);
    },
  );
});

describePeer('PostgreSQL', postgresqlObstacle, () => {
  beforeAll(async () => {
    ({ port } = await startPostgreSQL());
  }, 60_000);

  test('turns TLS on by --starttls postgres', async () => {
    const { code, json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, '--starttls', 'postgres']);
    expect(code).toBe(0);
    expect(json.protocol).toBe('TLSv1.3');
  });
});

describePeer('exim', eximObstacle, () => {
  beforeAll(async () => {
    ({ port } = await startExim());
  }, 60_000);

  test('turns TLS on by --starttls smtp, and talks on', async () => {
    const words = ['connect', `localhost:${port}`, ...trust, '--starttls', 'smtp', '--interactive'];
    const run = await sslkit(words, { input: 'EHLO [127.0.0.1]\nQUIT\n' });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^250[- ]/m);
    expect(run.stdout).toMatch(/^221 /m);
  });

  test('without --starttls the answer leads to it', async () => {
    const run = await sslkit(['connect', `localhost:${port}`, ...trust]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('--starttls smtp');
  });
});

describePeer('Dovecot', dovecotObstacle, () => {
  const login = `a LOGIN tester ${PASSWORD}\nb LOGOUT\n`;
  let dovecot: Dovecot;
  let distrusting: string[];
  beforeAll(async () => {
    const { certificatePem } = await takeCertificate('otherAuthority');
    distrusting = ['--cafile', writeFiles({ 'other.pem': certificatePem })('other.pem')];
    dovecot = await startDovecot();
  }, 60_000);

  test('turns TLS on by --starttls imap, and takes a login', async () => {
    const words = ['connect', `localhost:${dovecot.port}`, ...trust, '--starttls', 'imap', '--interactive'];
    const run = await converse(words, login);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^a OK .*Logged in/m);
    expect(run.stdout).toMatch(/^b OK /m);
  });

  test('turns TLS on by --starttls pop3, and takes a login', async () => {
    const words = ['connect', `localhost:${dovecot.pop3Port}`, ...trust, '--starttls', 'pop3', '--interactive'];
    const run = await converse(words, `USER tester\nPASS ${PASSWORD}\nSTAT\nQUIT\n`);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^\+OK 0 0\r?$/m);
  });

  test('speaks TLS from the first byte on its port for IMAPS', async () => {
    const run = await converse(['connect', `localhost:${dovecot.imapsPort}`, ...trust, '--interactive'], login);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^a OK .*Logged in/m);
  });

  test('is verified behind each of its doors, and says which version', async () => {
    for (const [port, ...starttls] of doors()) {
      const { code, json } = await sslkitJson(['connect', `localhost:${port}`, ...trust, ...starttls]);
      expect(code).toBe(0);
      expect(json.protocol).toBe('TLSv1.3');
    }
  });

  test('is refused behind each of its doors by whoever trusts another authority', async () => {
    for (const [port, ...starttls] of doors()) {
      const { code } = await sslkit(['connect', `localhost:${port}`, ...distrusting, ...starttls]);
      expect(code).toBe(7);
    }
  });

  test.each(['imap', 'pop3'])('without --starttls the answer leads to %s', async (protocol) => {
    const port = protocol === 'imap' ? dovecot.port : dovecot.pop3Port;
    const run = await sslkit(['connect', `localhost:${port}`, ...trust]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain(`--starttls ${protocol}`);
  });

  /** Input stays open until the server hangs up: at its end the command ends TLS, and Dovecot answers no more. */
  async function converse(words: string[], input: string) {
    const child = start(words);
    child.stdin.write(input);
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return { code, stdout };
  }

  function doors(): string[][] {
    return [
      [String(dovecot.port), '--starttls', 'imap'],
      [String(dovecot.pop3Port), '--starttls', 'pop3'],
      [String(dovecot.imapsPort)],
    ];
  }
});
