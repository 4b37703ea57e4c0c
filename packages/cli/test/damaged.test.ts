import { encodePem } from '@sslkit/x509';
import { expect, test } from 'vitest';
import { describeItem } from '../src/commands/inspect/items.ts';
import { Failure } from '../src/failure.ts';
import { type ItemKind, recognize } from '../src/material/material.ts';
import { makeAuthority } from './support/authority.ts';

const { server, crlPem, root } = await makeAuthority();
const crl = recognize(Buffer.from(crlPem), 'crl').items[0]?.der ?? new Uint8Array();
const context = { name: 'file', password: undefined, profile: 'webpki' as const };

test.each<[ItemKind, string, Uint8Array]>([
  ['certificate', 'CERTIFICATE', server.certificate],
  ['certificate', 'CERTIFICATE', root.certificate],
  ['crl', 'X509 CRL', crl],
  ['privateKey', 'PRIVATE KEY', server.privateKey],
])(
  'a %s that is damaged in any one octet is described or refused in words',
  async (_kind, label, der) => {
    for (let at = 0; at < der.length; at++) {
      const damaged = Uint8Array.from(der);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      for (const bytes of [damaged, Buffer.from(encodePem(label, damaged))]) {
        try {
          for (const item of recognize(bytes, 'file').items)
            expect(await describeItem(item, context)).not.toHaveLength(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }
    }
  },
  60_000,
);
