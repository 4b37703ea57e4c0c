// Runs what the README of @sslkit/errors shows, on the errors of real handshakes.

import { readFileSync } from 'node:fs';
import { MemoryBIO } from '@sslkit/bio';
import { createDefaultContext, Purpose } from '@sslkit/context';
import { createCertificate } from '@sslkit/x509';
import { expect, test } from 'vitest';
import { explain } from '../../examples/errors/explain.ts';

function makeClient() {
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const object = createDefaultContext().wrapBio(incoming, outgoing, { serverHostname: 'example.org' });
  return { incoming, outgoing, object };
}

/** What comes of a handshake with a peer that has sent this, and then ended. */
function fail(bytes: string): unknown {
  const { incoming, object } = makeClient();
  object.tryHandshake();
  incoming.write(Buffer.from(bytes, 'latin1'));
  incoming.writeEof();
  try {
    return object.tryHandshake();
  } catch (error) {
    return error;
  }
}

test('a certificate that nobody vouches for', async () => {
  const { chainPem: cert, privateKeyPem: key } = await createCertificate({ names: ['example.org'] });
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain({ cert, key });
  const { incoming, outgoing, object } = makeClient();
  const server = context.wrapBio(outgoing, incoming, { serverSide: true });
  const shakeHands = () => {
    for (;;) {
      object.tryHandshake();
      server.tryHandshake();
    }
  };
  expect(shakeHands).toThrow(
    expect.toSatisfy((error) => explain(error) === 'not trusted: self-signed certificate (18)'),
  );
});

test.each([
  ['', 'the connection was cut'],
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'the peer speaks HTTP, not TLS'],
  ['\x15\x03\x03\0\x02\x02\x28', 'alert HANDSHAKE_FAILURE, received'],
])('%j is: %s', (bytes, words) => {
  expect(explain(fail(bytes))).toBe(words);
});

test('any other error is none of its business', () => {
  const other = new TypeError('other');
  expect(() => explain(other)).toThrow(other);
});

test('the README shows the example as it is', () => {
  const readRoot = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [, shown] = readRoot('packages/errors/README.md').match(/^```ts\n(.*?)^```$/ms) ?? [];
  const [, region] =
    readRoot('examples/errors/explain.ts').match(/^\/\/ #region readme\n(.*?)^\/\/ #endregion$/ms) ?? [];
  expect(shown).toBe(region);
});
