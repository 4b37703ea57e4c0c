import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scale } from '@sslkit/test-support/thorough.ts';
import {
  CertificateDecodeError,
  type CertificateOptions,
  type CreatedCertificate,
  createCertificate,
  createCertificateAuthority,
  type LintOptions,
  type LintProfile,
  type LintRuleId,
  lint,
  lintRules,
  readPemBundle,
} from '@sslkit/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasOpenssl, opensslKey } from './create/peer-programs.ts';
import { processorTime } from './support/processor-time.ts';

const day = 24 * 3600 * 1000;
const rulesOf = (certificate: Uint8Array, profile: LintProfile, options?: LintOptions) =>
  lint(certificate, profile, options).map(({ rule }) => rule);
const timestamps = { oid: '1.3.6.1.4.1.11129.2.4.2', value: Uint8Array.of(0x04, 0x02, 0x00, 0x00) };

let root: CreatedCertificate;
/** Makes a certificate in which nothing is wrong for the Web PKI, but for what the options change. */
const make = (options: CertificateOptions = {}) =>
  createCertificate({ authority: root, names: ['www.sslkit.dev'], days: 40, extensions: [timestamps], ...options });
beforeAll(async () => {
  root = await createCertificateAuthority();
});

describe('sound certificates', () => {
  test.each(['webpki', 'internal'] as const)('have no findings in the profile %s', async (profile) => {
    const intermediate = await createCertificateAuthority({ authority: root });
    expect(lint((await make()).certificate, profile)).toEqual([]);
    expect(lint((await make({ keyType: 'RSA-2048' })).certificate, profile)).toEqual([]);
    expect(lint(root.certificate, profile)).toEqual([]);
    expect(lint(intermediate.certificate, profile)).toEqual([]);
  });

  test('of internal hosts have none in the profile internal', async () => {
    const { certificate } = await createCertificate({
      names: ['localhost', 'db.corp', '127.0.0.1', '::1', 'a@b.example'],
    });
    expect(lint(certificate, 'internal')).toEqual([]);
  });
});

describe('what is wrong is found', () => {
  const now = Date.now();
  const extension = (oid: string, critical: boolean, ...value: number[]) => ({
    oid,
    critical,
    value: Uint8Array.from(value),
  });
  const without = (...oids: string[]) => ({ extensions: [timestamps, ...oids.map((oid) => ({ oid, value: null }))] });
  const withExtensions = (...extensions: { oid: string; value: Uint8Array; critical: boolean }[]) => ({
    extensions: [timestamps, ...extensions],
  });
  const names = (...dns: string[]) => ({ names: dns.map((name) => ({ dns: Buffer.from(name) })), subject: {} });
  const everywhere = ['webpki', 'internal'] as const;
  const onWeb = ['webpki'] as const;

  test.each<[LintRuleId, readonly LintProfile[], string, CertificateOptions, LintOptions?]>([
    ['not-yet-valid', everywhere, 'a day too early', {}, { at: new Date(now - day) }],
    ['expired', everywhere, 'after the end', {}, { at: new Date(now + 50 * day) }],
    [
      'validity-too-long',
      onWeb,
      '399 days in 2025',
      { notBefore: new Date('2025-01-01'), days: 399 },
      { at: new Date('2025-02-01') },
    ],
    [
      'validity-too-long',
      onWeb,
      '201 days in April 2026',
      { notBefore: new Date('2026-04-01'), days: 201 },
      { at: new Date('2026-04-02') },
    ],
    [
      'validity-too-long',
      onWeb,
      '48 days in 2029',
      { notBefore: new Date('2029-04-01'), days: 48 },
      { at: new Date('2029-04-02') },
    ],
    ['validity-too-long', everywhere, '826 days', { days: 826 }],
    ['no-subject-alt-name', everywhere, 'no names', { names: [], subject: { commonName: 'www.sslkit.dev' } }],
    ['common-name-not-in-names', everywhere, 'another common name', { subject: { commonName: 'sslkit.dev' } }],
    ['common-name-not-in-names', onWeb, 'a title as the common name', { subject: { commonName: 'Our server' } }],
    ['name-malformed', everywhere, 'an empty name', names('')],
    ['name-malformed', everywhere, 'a trailing dot', names('www.sslkit.dev.')],
    ['name-malformed', everywhere, 'a leading dot', names('.sslkit.dev')],
    ['name-malformed', everywhere, 'a blank', names('www .sslkit.dev')],
    ['name-malformed', everywhere, 'a NUL', names('www.sslkit.dev\0.example')],
    ['name-malformed', everywhere, 'an international name', names('bücher.sslkit.dev')],
    ['name-malformed', everywhere, 'a leading hyphen', names('-a.sslkit.dev')],
    ['name-malformed', everywhere, 'an empty label', names('a..sslkit.dev')],
    ['name-malformed', everywhere, 'a label of 64 characters', names(`${'a'.repeat(64)}.sslkit.dev`)],
    ['name-malformed', everywhere, 'a name of 255 characters', names(`${'a.'.repeat(126)}dev`)],
    ['name-malformed', everywhere, 'an address of 5 octets', { names: [{ ip: new Uint8Array(5) }], subject: {} }],
    ['name-with-underscore', everywhere, 'an underscore', names('a_b.sslkit.dev')],
    ['address-as-dns-name', everywhere, 'an IPv4 address as a DNS name', names('8.8.8.8')],
    ['address-as-dns-name', everywhere, 'an IPv6 address as a DNS name', names('2606:4700::1')],
    ['wildcard-not-whole-label', everywhere, 'f*', names('f*.sslkit.dev')],
    ['wildcard-not-first-label', everywhere, 'an inner star', names('a.*.sslkit.dev')],
    ['wildcard-not-first-label', everywhere, 'two stars', names('**.sslkit.dev')],
    ['wildcard-too-wide', everywhere, '*.dev', names('*.dev')],
    ['wildcard-too-wide', everywhere, 'a star alone', names('*')],
    ['internal-name', onWeb, 'a host without a domain', names('server')],
    ['internal-name', onWeb, 'a name below .local', names('server.LOCAL')],
    ['internal-name', onWeb, 'a name below home.arpa', names('server.home.arpa')],
    ['internal-name', onWeb, 'a private IPv4 address', { names: ['172.31.255.255'] }],
    ['internal-name', onWeb, 'a private IPv6 address', { names: [{ ip: 'fd00::1' }], subject: {} }],
    ['internal-name', onWeb, 'an IPv4 address of a protocol', { names: ['192.0.0.9'] }],
    ['internal-name', onWeb, 'an IPv6 address for documentation', { names: [{ ip: '3fff:fff::1' }], subject: {} }],
    [
      'reverse-zone-name',
      onWeb,
      'a name of in-addr.arpa',
      { ...names('1.2.0.192.in-addr.arpa'), notBefore: new Date('2026-03-15'), days: 90 },
      { at: new Date('2026-04-01') },
    ],
    [
      'reverse-zone-name',
      onWeb,
      'a name of ip6.arpa',
      { ...names('8.B.D.0.1.0.0.2.IP6.ARPA'), notBefore: new Date('2026-06-01'), days: 90 },
      { at: new Date('2026-07-01') },
    ],
    ['key-type-not-allowed', onWeb, 'an Ed25519 key', { keyType: 'Ed25519' }],
    ['leaf-can-sign', everywhere, 'keyCertSign on a leaf', { keyUsage: ['digitalSignature', 'keyCertSign'] }],
    [
      'basic-constraints-not-critical',
      everywhere,
      'authority, not critical',
      { role: 'authority', ...withExtensions(extension('2.5.29.19', false, 0x30, 3, 1, 1, 0xff)) },
    ],
    [
      'path-length-misplaced',
      everywhere,
      'a path length on a leaf',
      withExtensions(extension('2.5.29.19', true, 0x30, 3, 2, 1, 0)),
    ],
    ['key-usage-missing', everywhere, 'an authority without key usage', { role: 'authority', ...without('2.5.29.15') }],
    [
      'authority-cannot-sign',
      everywhere,
      'an authority that may only sign lists',
      { role: 'authority', keyUsage: ['cRLSign'] },
    ],
    ['not-an-authority', everywhere, 'a leaf that is to be an authority', {}, { role: 'authority' }],
    ['leaf-is-authority', everywhere, 'an authority that is to be a server', { role: 'authority' }, { role: 'server' }],
    ['key-usage-unfit', everywhere, 'nonRepudiation alone', { keyUsage: ['nonRepudiation'] }],
    ['key-usage-unfit', everywhere, 'keyEncipherment alone', { keyUsage: ['keyEncipherment'], keyType: 'RSA-2048' }],
    [
      'key-usage-not-critical',
      everywhere,
      'key usage not critical',
      withExtensions(extension('2.5.29.15', false, 3, 2, 7, 0x80)),
    ],
    [
      'key-usage-not-for-key-type',
      everywhere,
      'keyEncipherment of P-256',
      { keyUsage: ['digitalSignature', 'keyEncipherment'] },
    ],
    ['extended-key-usage-missing', everywhere, 'no extended key usage', { extendedKeyUsage: [] }],
    ['extended-key-usage-unfit', everywhere, 'a client as a server', { role: 'client' }, { role: 'server' }],
    [
      'extended-key-usage-any',
      everywhere,
      'any purpose',
      withExtensions(extension('2.5.29.37', false, 0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0)),
    ],
    ['serial-too-short', everywhere, 'serial number 1', { serialNumber: 1 }],
    ['authority-key-identifier-missing', everywhere, 'no AKI', without('2.5.29.35')],
    [
      'subject-key-identifier-missing',
      everywhere,
      'an authority without SKI',
      { role: 'authority', ...without('2.5.29.14') },
    ],
    ['key-identifier-critical', everywhere, 'SKI critical', withExtensions(extension('2.5.29.14', true, 4, 1, 0))],
    [
      'unknown-critical-extension',
      everywhere,
      'an unknown critical extension',
      withExtensions(extension('1.2.3.4', true, 5, 0)),
    ],
    [
      'unknown-critical-extension',
      everywhere,
      'SKI critical, which OpenSSL refuses',
      withExtensions(extension('2.5.29.14', true, 4, 1, 0)),
    ],
    ['malformed-part', everywhere, 'a malformed key usage', withExtensions(extension('2.5.29.15', true, 5, 0))],
    ['no-certificate-transparency', onWeb, 'no timestamps', { extensions: [] }],
  ])('%s in %j: %s', async (rule, profiles, _, options, lintOptions) => {
    const { certificate } = await make(options);
    for (const profile of ['webpki', 'internal'] as const) {
      const found = rulesOf(certificate, profile, lintOptions);
      if (profiles.includes(profile)) expect(found).toContain(rule);
      else expect(found).not.toContain(rule);
    }
  });

  test.each([
    [
      '398 days in 2025',
      { notBefore: new Date('2025-01-01'), notAfter: new Date(Date.UTC(2025, 0, 1) + 398 * day - 1000) },
      new Date('2025-02-01'),
    ],
    [
      '200 days in April 2026',
      { notBefore: new Date('2026-04-01'), notAfter: new Date(Date.UTC(2026, 3, 1) + 200 * day - 1000) },
      new Date('2026-04-02'),
    ],
  ])('%s are not too long', async (_, options, at) => {
    expect(lint((await make(options)).certificate, 'webpki', { at })).toEqual([]);
  });

  test('a finding has the severity of its profile, words and a reference', async () => {
    const { certificate } = await make({ subject: { commonName: 'sslkit.dev' } });
    const { explanation, reference } = lintRules['common-name-not-in-names'];
    const message = expect.stringContaining('"sslkit.dev"');
    const finding = { rule: 'common-name-not-in-names', explanation, reference, message };
    expect(lint(certificate, 'webpki')).toEqual([{ ...finding, severity: 'error' }]);
    expect(lint(certificate, 'internal')).toEqual([{ ...finding, severity: 'warning' }]);
  });

  test('the common name is compared without regard to case and to the spelling of an address', async () => {
    const { certificate } = await make({
      names: ['www.sslkit.dev', '2606:4700::1'],
      subject: [[['commonName', 'WWW.sslkit.dev']], [['commonName', '2606:4700:0::1']]],
    });
    expect(rulesOf(certificate, 'webpki')).toEqual([]);
  });
});

describe('bytes that no one creates by intention', () => {
  const change = (certificate: Uint8Array, from: number[], to: number[]) => {
    const bytes = Buffer.from(certificate);
    const at = bytes.indexOf(Buffer.from(from));
    if (at < 0) throw new Error('The certificate does not have these bytes');
    bytes.set(to, at);
    return bytes;
  };

  test('serial numbers that are zero, negative or too long', async () => {
    const { certificate } = await make({ serialNumber: 0x1122334455667788n });
    const serial = [0x02, 0x08, 0x11, 0x22];
    expect(rulesOf(change(certificate, serial, [0x02, 0x08, 0xf1]), 'webpki')).toContain('serial-not-positive');
    const one = (await make({ serialNumber: 1 })).certificate;
    expect(rulesOf(change(one, [0x02, 0x01, 0x01], [0x02, 0x01, 0x00]), 'internal')).toContain('serial-not-positive');
  });

  test('a malformed time, and a validity that ends before it begins', async () => {
    const { certificate } = await make({
      notBefore: new Date('2025-03-04T05:06:07Z'),
      notAfter: new Date('2025-04-04T05:06:07Z'),
    });
    const time = [...Buffer.from('250404050607Z')];
    expect(rulesOf(change(certificate, time, [...Buffer.from('250231')]), 'internal')).toEqual(['malformed-time']);
    expect(rulesOf(change(certificate, time, [...Buffer.from('240404')]), 'internal')).toEqual(['never-valid']);
  });

  test('an algorithm inside that is not the one outside', async () => {
    const { certificate } = await make();
    const ecdsaSha256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    expect(rulesOf(change(certificate, ecdsaSha256, [...ecdsaSha256.slice(0, -1), 0x03]), 'internal')).toEqual([
      'signature-algorithm-mismatch',
    ]);
  });

  test('a version that is not 3', async () => {
    const { certificate } = await make();
    expect(
      rulesOf(change(certificate, [0xa0, 0x03, 0x02, 0x01, 0x02], [0xa0, 0x03, 0x02, 0x01, 0x01]), 'internal'),
    ).toEqual(['version-not-3']);
  });

  test('a signature algorithm that is not known', async () => {
    const { certificate } = await make();
    const ecdsaSha256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    const unknown = [...ecdsaSha256.slice(0, -1), 0x7f];
    const both = change(change(certificate, ecdsaSha256, unknown), ecdsaSha256, unknown);
    expect(rulesOf(both, 'internal')).toEqual(['unknown-signature-algorithm']);
  });

  test('BER that is not DER', async () => {
    const { certificate } = await make();
    const critical = [0x01, 0x01, 0xff];
    expect(rulesOf(change(certificate, critical, [0x01, 0x01, 0x01]), 'internal')).toEqual(['not-der']);
  });

  test('an extension that stands there twice', async () => {
    const { certificate } = await make();
    const authorityKey = [0x06, 0x03, 0x55, 0x1d, 0x23];
    expect(rulesOf(change(certificate, authorityKey, [0x06, 0x03, 0x55, 0x1d, 0x0e]), 'internal')).toEqual(
      expect.arrayContaining(['duplicate-extension']),
    );
  });

  test('any byte changed gives findings or the error of decoding', async () => {
    const { certificate } = await make({ names: ['a.b', '1.2.3.4', 'x@y.z'], keyType: 'RSA-2048' });
    for (let at = 0; at < certificate.length; at += scale(1, 11)) {
      for (const flip of [1, 0x80, 0xff]) {
        const changed = certificate.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        try {
          lint(changed, 'webpki');
        } catch (error) {
          expect(error, `byte ${at}`).toBeInstanceOf(CertificateDecodeError);
        }
      }
    }
  });

  test('10,000 names are linted in under half a second', async () => {
    const { certificate } = await make({
      names: Array.from({ length: 10_000 }, (_, index) => `host-${index}.sslkit.dev`),
    });
    expect(processorTime(() => expect(rulesOf(certificate, 'webpki')).toEqual([]))).toBeLessThan(500);
  });
});

test('a name of a reverse zone was fine until 15 March 2026', async () => {
  const name = '1.2.0.192.in-addr.arpa';
  const { certificate } = await make({ names: [name], notBefore: new Date('2026-03-14'), days: 90 });
  expect(rulesOf(certificate, 'webpki', { at: new Date('2026-04-01') })).toEqual([]);
});

describe('arguments', () => {
  test('another profile or role and an invalid date are a RangeError', () => {
    const wrong = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(() => lint(root.certificate, 'other' as LintProfile)).toThrow(wrong);
    expect(() => lint(root.certificate, 'webpki', { role: 'x' as 'server' })).toThrow(wrong);
    expect(() => lint(root.certificate, 'webpki', { at: new Date(Number.NaN) })).toThrow(wrong);
  });

  test('a text for the certificate is a TypeError', () => {
    expect(() => lint(root.certificatePem as unknown as Uint8Array, 'webpki')).toThrow(TypeError);
  });
});

describe.skipIf(!hasOpenssl)('certificates of openssl (skipped where there is none)', () => {
  let rsaKey: string;
  beforeAll(() => {
    rsaKey = opensslKey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
  });
  function opensslCertificate(...options: string[]): Uint8Array {
    const folder = mkdtempSync(join(tmpdir(), 'sslkit-lint-'));
    try {
      writeFileSync(join(folder, 'config'), '[req]\ndistinguished_name=dn\n[dn]\n');
      writeFileSync(join(folder, 'rsa.pem'), rsaKey);
      const command = [
        'req',
        '-config',
        'config',
        '-x509',
        '-nodes',
        '-keyout',
        'key',
        '-subj',
        '/CN=www.sslkit.dev',
        '-days',
        '30',
        ...options,
      ];
      const pem = execFileSync('openssl', command, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
      const der = readPemBundle(pem).certificates[0]?.der;
      if (der === undefined) throw new Error('openssl wrote no certificate');
      return der;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const curve = (name: string) => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${name}`];
  const san = ['-addext', 'subjectAltName=DNS:www.sslkit.dev'];

  test.each<[LintRuleId, string, string[]]>([
    ['weak-key', 'RSA with 1024 bits', ['-newkey', 'rsa:1024', ...san]],
    ['weak-key', 'P-192', [...curve('prime192v1'), ...san]],
    ['rsa-exponent', 'RSA with the exponent 3', ['-newkey', 'rsa:2048', '-pkeyopt', 'rsa_keygen_pubexp:3', ...san]],
    ['key-type-not-allowed', 'secp256k1', [...curve('secp256k1'), ...san]],
    ['key-type-not-allowed', 'Ed25519', ['-newkey', 'ed25519', ...san]],
    ['no-subject-alt-name', 'no names', curve('P-256')],
    [
      'serial-too-long',
      'a serial number of 21 octets',
      [...curve('P-256'), ...san, '-set_serial', `0x${'7f'.repeat(21)}`],
    ],
    ['serial-not-positive', 'a negative serial number', [...curve('P-256'), ...san, '-set_serial', '-5']],
  ])('%s: %s', (rule, _, options) => {
    expect(rulesOf(opensslCertificate(...options), 'webpki', { role: 'server' })).toContain(rule);
  });

  test('weak-signature: SHA-1 and MD5, but not on a root', () => {
    for (const digest of ['-sha1', '-md5']) {
      const certificate = opensslCertificate('-key', 'rsa.pem', digest, ...san);
      expect(rulesOf(certificate, 'internal')).not.toContain('weak-signature');
      // The issuer's name is the first of two equal ones.
      const issued = Buffer.from(certificate);
      issued.write('xxx', issued.indexOf('www.sslkit.dev'));
      expect(rulesOf(issued, 'internal')).toContain('weak-signature');
    }
  });

  test('weak-signature: RSASSA-PSS with its default, which is SHA-1', () => {
    const pss = ['-key', 'rsa.pem', '-sigopt', 'rsa_padding_mode:pss', ...san];
    const change = (certificate: Uint8Array) => {
      const issued = Buffer.from(certificate);
      issued.write('xxx', issued.indexOf('www.sslkit.dev'));
      return issued;
    };
    expect(rulesOf(change(opensslCertificate(...pss, '-sha1')), 'internal')).toContain('weak-signature');
    expect(rulesOf(change(opensslCertificate(...pss, '-sha256')), 'internal')).not.toContain('weak-signature');
  });
});
