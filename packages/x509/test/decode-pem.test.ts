import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateDecodeError, decodeCertificate, decodePem, derCertToPemCert, encodePem } from '@sslkit/x509';
import { decodeCertificateFile } from '@sslkit/x509/node';
import { afterAll, expect, test } from 'vitest';
import { attribute, COMMON_NAME, certificateWith, der, nameOf } from './support/der-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'sslkit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = certificateWith();
const other = certificateWith({ subject: nameOf(attribute(COMMON_NAME, der(0x0c, 'other'))) });

test('decodePem() decodes the first certificate, whatever stands before it', () => {
  const key = encodePem('PRIVATE KEY', Uint8Array.of(1, 2, 3));
  const trusted = encodePem('TRUSTED CERTIFICATE', other);
  const text = `some text\n${key}${trusted}more\n${derCertToPemCert(bytes)}${derCertToPemCert(other)}`;
  expect(decodePem(text)).toEqual(decodeCertificate(bytes));
});

test('decodePem() refuses a text without a certificate, and one whose first block is broken', () => {
  const pem = derCertToPemCert(bytes);
  for (const text of ['', 'text', pem.replace('-----END CERTIFICATE-----', ''), pem.replace('MI', '!!')]) {
    expect(() => decodePem(text)).toThrow(expect.objectContaining({ code: 'ERR_PEM_NO_BLOCK' }));
  }
});

test('decodeCertificateFile() reads a file, with text of any encoding around the block', () => {
  const path = join(folder, 'certificate.pem');
  writeFileSync(path, Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(derCertToPemCert(bytes))]));
  expect(decodeCertificateFile(path)).toEqual(decodeCertificate(bytes));
});

test('decodeCertificateFile() gives the class of the main entry, and Node’s error for a file that is not there', () => {
  const path = join(folder, 'empty.pem');
  writeFileSync(path, '');
  expect(() => decodeCertificateFile(path)).toThrow(CertificateDecodeError);
  expect(() => decodeCertificateFile(join(folder, 'absent'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
