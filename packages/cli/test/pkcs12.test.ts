import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { Failure } from '../src/failure.ts';
import { recognize } from '../src/material/material.ts';
import { createPkcs12 } from '../src/pkcs12/create.ts';
import { deriveKey, KeyPurpose } from '../src/pkcs12/key-derivation.ts';
import { openPkcs12 } from '../src/pkcs12/open.ts';
import { writeFiles } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';

const { certificate, certificatePem, privateKey, privateKeyPem } = await createCertificate({ names: ['localhost'] });

/** A file of openssl's with one iteration, so that thousands of damaged ones can be tried. */
function makeQuickFile(): Buffer {
  const path = writeFiles({ 'server.pem': certificatePem + privateKeyPem });
  const out = join(path(''), 'server.p12');
  const words = ['pkcs12', '-export', '-in', path('server.pem'), '-passout', 'pass:secret', '-iter', '1', '-out', out];
  execFileSync('openssl', words, { stdio: 'pipe' });
  return readFileSync(out);
}

test('what goes in comes out, whatever the password is made of', async () => {
  for (const password of ['secret', 'pässwörd 日本', 'x'.repeat(200)]) {
    const file = await createPkcs12({ certificates: [certificate], privateKey, password });
    const { items } = openPkcs12(file, password, 'file');
    expect(items.map(({ kind }) => kind)).toEqual(['certificate', 'privateKey']);
    expect(Buffer.from(items[0]?.der ?? []).equals(certificate)).toBe(true);
    expect(Buffer.from(items[1]?.der ?? []).equals(privateKey)).toBe(true);
  }
});

test('a wrong password is a Failure for input', async () => {
  const file = await createPkcs12({ certificates: [certificate], privateKey, password: 'secret' });
  for (const password of ['Secret', undefined]) {
    expect(() => openPkcs12(file, password, 'file')).toThrow(expect.objectContaining({ name: 'Failure', exitCode: 3 }));
  }
});

describe.skipIf(!hasOpenssl)('a file of openssl (skipped without openssl)', () => {
  const file = hasOpenssl ? makeQuickFile() : Buffer.alloc(0);

  test('that is damaged in any one octet is a Failure, or reads as before', () => {
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      try {
        expect(openPkcs12(damaged, 'secret', 'file').items).toHaveLength(2);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
  });

  test('that ends early anywhere is a Failure', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => openPkcs12(file.subarray(0, length), 'secret', 'file')).toThrow(Failure);
      try {
        recognize(file.subarray(0, length), 'file');
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
  });
});

test('the key derivation agrees with the vectors that are known for it', () => {
  // PKCS#12 with SHA-1, password "smeg", one iteration: the vectors that implementations share.
  const salt = Buffer.from('0a58cf64530d823f', 'hex');
  const base = { hash: 'sha1', salt, iterations: 1 };
  const key = deriveKey('smeg', { ...base, purpose: KeyPurpose.ENCRYPTION, length: 24 });
  expect(key.toString('hex')).toBe('8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3');
  const iv = deriveKey('smeg', { ...base, purpose: KeyPurpose.IV, length: 8 });
  expect(iv.toString('hex')).toBe('79993dfe048d3b76');
});
