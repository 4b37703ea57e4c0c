// The whole of @sslkit/x509 in a real browser: a page that imports the bundle reads, creates, signs and verifies.

import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, createCertificateAuthority, createCrl, decodeCertificate, decodeCrl } from '@sslkit/x509';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForWeb } from '../support/bundle.ts';

const executablePath = '/usr/bin/chromium'; // where Debian's package puts it
// Nothing is to be fetched from anywhere, and containers have neither a user namespace nor a graphics card.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Serves a page that has the package as `globalThis.x509`. */
async function servePage(): Promise<Server> {
  const script = bundleForWeb("import * as x509 from '@sslkit/x509'; globalThis.x509 = x509;");
  const server = createServer((request, response) => {
    const isScript = request.url === '/x509.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>x509</title><script type="module" src="x509.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(!existsSync(executablePath))(`in Chromium (needs ${executablePath})`, () => {
  let profile: string;
  let server: Server;
  let browser: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    profile = mkdtempSync(join(tmpdir(), 'sslkit-chromium-'));
    server = await servePage();
    browser = await chromium.launchPersistentContext(profile, { executablePath, args: flags, headless: true });
    page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.x509');
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  /** Runs the body of a function of `x509` and `input` in the page. */
  function inPage(body: string, input: unknown = null): Promise<unknown> {
    return page.evaluate(`(async (x509, input) => { ${body} })(globalThis.x509, ${JSON.stringify(input)})`);
  }

  test('the page is a secure context, without which there is no WebCrypto', async () => {
    expect(await inPage('return isSecureContext;')).toBe(true);
  });

  test('a certificate is decoded to the dictionary that Node gives', async () => {
    const { certificate } = await createCertificate({
      subject: { C: 'DE', O: 'Übung', CN: 'example.org' },
      names: ['example.org', '*.example.org', '2001:db8::1', 'someone@example.org'],
      ocsp: ['http://ocsp.example.org/'],
    });
    const body = 'return x509.decodeCertificate(Uint8Array.from(input));';
    expect(await inPage(body, [...certificate])).toEqual({ ...decodeCertificate(certificate) });
  });

  test('malformed bytes are refused with the class, code and offset of Node', async () => {
    const body = `
      try { x509.decodeCertificate(Uint8Array.of(0x30, 5, 0x30)); }
      catch (error) {
        const isOwn = error instanceof x509.CertificateDecodeError;
        return { isOwn, name: error.name, code: error.code, offset: error.offset };
      }`;
    const expected = { isOwn: true, name: 'CertificateDecodeError', code: 'ERR_ASN1_TRUNCATED', offset: 0 };
    expect(await inPage(body)).toEqual(expected);
  });

  test.each(['P-256', 'P-384', 'P-521', 'Ed25519', 'RSA-2048'])(
    '%s: a certificate is created, loads in Node, and its signature is verified on both sides',
    async (keyType) => {
      const made = (await inPage(
        `
        const authority = await x509.createCertificateAuthority({ keyType: input });
        const server = await x509.createCertificate({ authority, names: ['localhost'], keyType: input });
        return {
          authority: authority.certificatePem,
          certificate: server.certificatePem,
          request: (await x509.createRequest({ names: ['example.org'], keyType: input })).requestPem,
          matches: x509.checkHost(x509.decodePem(server.certificatePem), 'localhost'),
          found: x509.lint(server.certificate, 'internal').map(({ rule }) => rule),
          chain: x509.buildChain(server.certificate, [authority.certificate]).status,
        };`,
        keyType,
      )) as Record<'authority' | 'certificate' | 'request' | 'matches' | 'chain', string>;
      expect(made).toMatchObject({ matches: 'localhost', found: [], chain: 'complete' });
      const authority = new X509Certificate(made.authority);
      const certificate = new X509Certificate(made.certificate);
      expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true);

      // signRequest() verifies the signature of the request before it signs.
      const sign = `
        const authority = await x509.createCertificateAuthority();
        const good = await x509.signRequest(input.request, { authority });
        const bad = x509.pemCertToDerCert(input.request.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'));
        bad[bad.length - 1] ^= 1;
        const refused = await x509.signRequest(bad, { authority }).then(() => 'signed', (error) => error.code);
        return { names: x509.decodeCertificate(good.certificate).subjectAltName, refused };`;
      expect(await inPage(sign, made)).toEqual({ names: [['DNS', 'example.org']], refused: 'ERR_INVALID_ARG_VALUE' });
    },
  );

  test('a CRL that the page creates revokes in Node, and the other way round', async () => {
    const authority = await createCertificateAuthority();
    const { crl } = await createCrl({ authority, revoked: [{ serialNumber: '0ABC', reason: 'keyCompromise' }] });
    const seen = await inPage(
      `
      const list = x509.decodeCrl(Uint8Array.from(input));
      const authority = await x509.createCertificateAuthority();
      const { crl } = await x509.createCrl({ authority, revoked: [{ serialNumber: 0x1234 }] });
      return { reason: list.find('0ABC').reason, other: list.isRevoked('0ABD'), crl: [...crl] };`,
      [...crl],
    );
    const made = seen as { crl: number[] };
    expect(made).toMatchObject({ reason: 'keyCompromise', other: false });
    expect(decodeCrl(Uint8Array.from(made.crl)).isRevoked(0x1234)).toBe(true);
  });

  test('an encrypted private key is opened in the page with its password', async () => {
    const body = `
      const { privateKey } = await x509.createCertificate();
      const { privateKeyPem } = await x509.encryptPrivateKey(privateKey, 'secret', { iterations: 1000 });
      const opened = await x509.decryptPrivateKey(privateKeyPem, 'secret');
      return String(opened.privateKey) === String(privateKey);`;
    expect(await inPage(body)).toBe(true);
  });
});
