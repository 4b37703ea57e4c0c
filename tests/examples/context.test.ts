// Runs what the README of @sslkit/context shows.

import { readFileSync } from 'node:fs';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { SSLContext } from '@sslkit/context';
import { SSLCertVerificationError, SSLError } from '@sslkit/errors';
import { createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { afterEach, expect, test } from 'vitest';
import { configure } from '../../examples/context/configure.ts';
import { type Channel, SecureChannel } from '../../examples/context/secure-channel.ts';

const authority = await createCertificateAuthority();
const certificate = await createCertificate({ authority, names: ['db.example.org'] });
const { server, client } = configure(authority, certificate);

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Moves bytes as messages, an empty one at the end. */
function overPort(port: MessagePort): Channel {
  const arrived: Uint8Array[] = [];
  let wake = () => {};
  port.on('message', (bytes: Uint8Array) => {
    arrived.push(bytes);
    wake();
  });
  return {
    send: async (bytes) => port.postMessage(bytes),
    async receive() {
      for (;;) {
        const bytes = arrived.shift();
        if (bytes !== undefined) return bytes;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function makeEnds(trusting: SSLContext = client, serverHostname = 'db.example.org') {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const near = new SecureChannel(trusting, overPort(port1), { serverHostname });
  const far = new SecureChannel(server, overPort(port2), { serverSide: true });
  return { near, far };
}

test('a SecureChannel verifies, carries data both ways, and takes TLS off again', async () => {
  const { near, far } = makeEnds();
  await Promise.all([near.handshake(), far.handshake()]);
  expect(near.tls.version()).toBe('TLSv1.3');
  expect(near.tls.selectedAlpnProtocol()).toBe('h2');
  const question = Buffer.alloc(100_000, 'question');
  await near.write(question);
  const pieces: Uint8Array[] = [];
  for (let missing = question.length; missing > 0; missing -= pieces.at(-1)?.length ?? 0) {
    pieces.push(await far.read());
  }
  expect(Buffer.concat(pieces).equals(question)).toBe(true);
  await far.write(Buffer.from('answer'));
  expect(Buffer.from(await near.read()).toString()).toBe('answer');
  const taken = near.unwrap();
  expect(await far.read()).toHaveLength(0);
  await Promise.all([taken, far.unwrap()]);
});

test('a SecureChannel refuses another name, and tells the peer why', async () => {
  const { near, far } = makeEnds(client, 'other.example.org');
  const [mine, theirs] = await Promise.allSettled([near.handshake(), far.handshake()]);
  expect(mine).toMatchObject({ reason: expect.any(SSLCertVerificationError) });
  expect(theirs).toMatchObject({ reason: expect.any(SSLError) });
  expect(theirs).toMatchObject({ reason: { alert: { name: 'BAD_CERTIFICATE', direction: 'received' } } });
});

test('the README shows the examples as they are', () => {
  const readRoot = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const shown = [...readRoot('packages/context/README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  const regions = ['configure', 'secure-channel'].map((name) => {
    const [, region] =
      readRoot(`examples/context/${name}.ts`).match(/^ *\/\/ #region readme\n(.*?)^ *\/\/ #endregion$/ms) ?? [];
    return region?.replace(/^ {2}(?=.*)/gm, name === 'configure' ? '' : '  ');
  });
  expect(shown).toEqual(regions);
});
