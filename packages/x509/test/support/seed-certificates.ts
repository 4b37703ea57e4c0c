import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  attribute,
  certificateWith,
  DISTRIBUTION_POINTS,
  der,
  extension,
  hex,
  INFO_ACCESS,
  nameOf,
  plainName,
  SUBJECT_ALT_NAME,
  sequence,
} from './der-builder.ts';

const OTHER_NAME_TYPES = [
  '2b060104018237140203',
  '2b06010505070805',
  '2b06010505070807',
  '2b06010505070808',
  '2b06010505070809',
  '2a0304',
];

const allKinds = [
  ...OTHER_NAME_TYPES.flatMap((oid) =>
    [0x0c, 0x16].map((tag) => der(0xa0, der(0x06, hex(oid)), der(0xa0, der(tag, 'user@example.com')))),
  ),
  der(0x81, 'someone@example.com'),
  der(0x82, 'www.example.com'),
  der(0xa3, der(0x30, der(0x13, 'x400'))),
  der(0xa4, plainName),
  der(0xa5, der(0xa0, der(0x0c, 'assigner')), der(0xa1, der(0x13, 'party'))),
  der(0x86, 'https://example.com/'),
  der(0x87, [192, 0, 2, 1]),
  der(0x87, hex('20010db8000000000000000000000001')),
  der(0x88, hex('2b06010505070301')),
];

const richName = sequence(
  der(0x31, attribute('550406', der(0x13, 'DE'))),
  der(0x31, attribute('55040a', der(0x1e, hex('00410042'))), attribute('55040b', der(0x1c, hex('0000004100000042')))),
  der(0x31, attribute('55042d', der(0x03, [4, 0xf0]))),
  der(0x31, attribute('0992268993f22c640119', der(0x16, 'example'))),
  der(0x31, attribute('2a864886f70d010901', der(0x16, 'a@example.com'))),
  der(0x31, attribute('550403', der(0x14, 'caf\xe9'))),
  der(0x31, attribute('2a0304', der(0x12, '123'))),
);

/** Certificates with one of everything that the dictionary shows, to start mutants from. */
export const builtSeeds: readonly Uint8Array[] = [
  certificateWith({
    subject: richName,
    extensions: [
      extension(SUBJECT_ALT_NAME, sequence(...allKinds)),
      extension(
        INFO_ACCESS,
        sequence(
          sequence(der(0x06, hex('2b06010505073001')), der(0x86, 'http://ocsp.example.com/')),
          sequence(der(0x06, hex('2b06010505073002')), der(0x86, 'http://ca.example.com/ca.crt')),
          sequence(der(0x06, hex('2b06010505073002')), der(0xa4, plainName)),
        ),
      ),
      extension(
        DISTRIBUTION_POINTS,
        sequence(
          sequence(der(0xa0, der(0xa0, der(0x86, 'http://crl.example.com/1'), der(0x86, 'http://crl.example.com/2')))),
          sequence(der(0xa0, der(0xa1, attribute('550403', der(0x0c, 'relative')))), der(0x81, [1, 6])),
          sequence(der(0x82, der(0xa4, plainName))),
        ),
      ),
    ],
  }),
  certificateWith({ extensions: [extension(SUBJECT_ALT_NAME, sequence(...allKinds.slice(-6)))], issuer: nameOf() }),
  certificateWith({
    serial: der(0x02, hex('ff7f')),
    notBefore: der(0x18, '20250101000000.5Z'),
    notAfter: der(0x17, '350101000000+0130'),
    subject: richName,
  }),
];

const ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** The roots that this machine trusts; none where it has no such file. */
export const machineRoots: readonly Uint8Array[] = existsSync(ROOTS) ? pemBlocks(readFileSync(ROOTS, 'latin1')) : [];

/** Every certificate of x509-limbo, each once; none where `SSLKIT_VECTORS` is not set. */
export function limboCertificates(): Uint8Array[] {
  const folder = process.env['SSLKIT_VECTORS'];
  if (folder === undefined) return [];
  const plain = join(folder, 'x509-limbo-core.json');
  const text = existsSync(plain)
    ? readFileSync(plain, 'utf8')
    : gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8');
  const found = new Set<string>();
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string' && value.includes('-----BEGIN CERTIFICATE-----')) found.add(value);
    return value;
  });
  const unique = new Set([...found].flatMap(pemBlocks).map((der) => Buffer.from(der).toString('base64')));
  return [...unique].map((text) => new Uint8Array(Buffer.from(text, 'base64')));
}

function pemBlocks(text: string): Uint8Array[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(
    ([, body]) => new Uint8Array(Buffer.from(body as string, 'base64')),
  );
}
