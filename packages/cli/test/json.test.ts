import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRequest } from '@sslkit/x509';
import { expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit } from './support/command.ts';
import { makeFolder, writeFiles } from './support/files.ts';
import { tlsServer } from './support/servers.ts';

const documentation = readFileSync(fileURLToPath(new URL('../docs/json.md', import.meta.url)), 'utf8');
const { file, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];
const place = `localhost:${await tlsServer(server)}`;
const request = await createRequest({ names: ['localhost'] });
const more = writeFiles({ 'request.pem': request.requestPem });
const out = ['--out', `${makeFolder()}/out`];

/** What is keyed by names from elsewhere: headers of HTTP, facts of messages, OpenSSL's own words for suites. */
const FOREIGN = new Set(['headers', 'details', 'ciphers']);

function collectKeys(value: unknown, keys = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const element of value) collectKeys(element, keys);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key);
      if (!FOREIGN.has(key)) collectKeys(inner, keys);
    }
  }
  return keys;
}

test.each([
  ['error', ['inspect', 'missing.pem']],
  ['connect', ['connect', place, ...trust]],
  ['connect', ['connect', place, '--servername', 'example.org']],
  ['explain', ['explain', place, ...trust]],
  ['explain-diff', ['explain', '--diff', place, place, ...trust]],
  ['inspect', ['inspect', file('server.pem'), file('expired.pem'), file('server.key'), file('crl.pem')]],
  ['inspect', ['inspect', more('request.pem')]],
  ['verify', ['verify', file('expired.pem'), '--name', 'example.org']],
  ['watch', ['watch', place, ...trust]],
  ['create', ['create', 'selfsigned', 'localhost', ...out]],
  ['convert', ['convert', file('server.pem'), '--to', 'pem', ...out, '--force']],
  ['match', ['match', file('server.pem'), 'example.org']],
  ['ciphers', ['ciphers']],
  ['paths', ['paths']],
  ['random', ['random']],
  ['doctor', ['doctor']],
  ['demo', ['demo']],
  ['completion', ['completion', 'bash']],
])('%s: every field that %j prints is documented', async (schema, words) => {
  const { stdout } = await sslkit([...words, '--json']);
  const json = JSON.parse(stdout);
  expect(json.schema).toBe(`sslkit/${schema}/1`);
  expect(documentation).toContain(`| \`${json.schema}\``);
  const missing = [...collectKeys(json)].filter((key) => !new RegExp(`\\b${key}\\b`).test(documentation));
  expect(missing).toEqual([]);
});
