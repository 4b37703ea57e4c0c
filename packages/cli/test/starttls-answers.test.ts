import { expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, sslkitJson } from './support/command.ts';
import { starttlsServer } from './support/starttls-server.ts';

const { file, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const question = /1\.3\.6\.1\.4\.1\.1466\.20037/;

test.each([
  // A text of three letters makes the length of the response the number that is the tag of its result.
  ['with a text', [0x30, 15, 2, 1, 1, 0x78, 10, 0x0a, 1, 0, 4, 0, 4, 3, 0x79, 0x65, 0x73]],
  [
    'with lengths in five octets, as Active Directory writes them',
    [0x30, 0x84, 0, 0, 0, 16, 2, 1, 1, 0x78, 0x84, 0, 0, 0, 7, 0x0a, 1, 0, 4, 0, 4, 0],
  ],
])('ldap: consent %s is understood', async (_name, consent) => {
  const port = await starttlsServer(server, [{ after: question, say: Uint8Array.from(consent) }]);
  expect((await sslkit(['connect', `localhost:${port}`, ...trust, '--starttls', 'ldap'])).code).toBe(0);
});

test('ldap: what is no response of LDAP ends with 5', async () => {
  const port = await starttlsServer(server, [{ after: question, say: Uint8Array.of(0x30, 5, 2, 1, 1, 0x78, 9) }]);
  const run = await sslkit(['connect', `localhost:${port}`, ...trust, '--starttls', 'ldap']);
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('does not answer as an LDAP server');
});

test('explain offers HTTP to a server of HTTP alone', async () => {
  const steps = [{ say: '+OK ready\r\n' }, { after: /STLS\r\n/, say: '+OK begin\r\n' }];
  const words = ['explain', `localhost:${await starttlsServer(server, steps)}`, ...trust, '--starttls', 'pop3'];
  const { json } = await sslkitJson(words);
  const [hello] = json.messages;
  expect(hello.name).toBe('ClientHello');
  expect(hello.details).not.toHaveProperty('ALPN');
});
