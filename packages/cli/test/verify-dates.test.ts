import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCertificate, createCertificateAuthority, createCrl, encodePem } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';
import { writeFiles } from './support/files.ts';
import { hasOpenssl } from './support/peers.ts';
import { tlsServer } from './support/servers.ts';

const DAY = 86_400_000; // milliseconds
const day = (count: number) => new Date(Date.now() + count * DAY);
const iso = (count: number) => day(count).toISOString();
const span = (from: number, to: number) => ({ notBefore: day(from), notAfter: day(to) });

// The root is good from day -400 to 400, the intermediate from -300 to -30 and, newer, from -40 to 300, the leaf from
// -200 to -20; its fresh twin from -1 to 10.
const root = await createCertificateAuthority({ subject: { CN: 'Root' }, ...span(-400, 400) });
const newer = await createCertificateAuthority({ authority: root, subject: { CN: 'Middle' }, ...span(-40, 300) });
const older = await createCertificateAuthority({
  authority: root,
  subject: { CN: 'Middle' },
  privateKey: newer.privateKey,
  ...span(-300, -30),
});
const leaf = await createCertificate({ authority: newer, names: ['localhost'], ...span(-200, -20) });
const fresh = await createCertificate({ authority: newer, names: ['localhost'], ...span(-1, 10) });
const list = async (from: number, to: number, revoked: Uint8Array[] = []) => {
  const entries = revoked.map((certificate) => ({ certificate }));
  return (await createCrl({ authority: newer, revoked: entries, thisUpdate: day(from), nextUpdate: day(to) })).crlPem;
};
const pem = (...certificates: Uint8Array[]) => certificates.map((der) => encodePem('CERTIFICATE', der)).join('');
const file = writeFiles({
  'root.pem': root.certificatePem,
  'leaf.pem': pem(leaf.certificate, newer.certificate),
  'old.pem': pem(leaf.certificate, older.certificate),
  'both.pem': pem(fresh.certificate, older.certificate, newer.certificate),
  'fresh.pem': fresh.chainPem,
  'older.pem': older.certificatePem,
  'newer.pem': newer.certificatePem,
  'old-list.pem': await list(-60, -50),
  'old-list-revoked.pem': await list(-60, -50, [fresh.certificate]),
  'future-list.pem': await list(50, 60),
  'list.pem': await list(-2, 20),
});
const trust = ['--cafile', file('root.pem')];

/** What is wrong, as pairs of a code and a depth. */
async function judge(...words: string[]) {
  const { json, code } = await sslkitJson(['verify', ...words, ...trust]);
  const problems = json.problems.map((problem: { code: string; depth: number }) => [problem.code, problem.depth]);
  expect(json.chain).toHaveLength(3);
  for (const { why, remedies } of json.problems) expect(why.length * remedies.length).toBeGreaterThan(0);
  return { code, problems, json };
}

describe('certificates', () => {
  test.each<[string, string[], [string, number][]]>([
    ['the certificate is over', ['leaf.pem'], [['CERT_HAS_EXPIRED', 0]]],
    ['all is well at another time', ['leaf.pem', '--at', iso(-30)], []],
    ['the intermediate is not there yet', ['leaf.pem', '--at', iso(-100)], [['CERT_NOT_YET_VALID', 1]]],
    [
      'the intermediate is over as well',
      ['old.pem'],
      [
        ['CERT_HAS_EXPIRED', 0],
        ['CERT_HAS_EXPIRED', 1],
      ],
    ],
    ['nothing was over then', ['old.pem', '--at', iso(-100)], []],
    [
      'the root is over as well',
      ['leaf.pem', '--at', iso(401)],
      [
        ['CERT_HAS_EXPIRED', 0],
        ['CERT_HAS_EXPIRED', 1],
        ['CERT_HAS_EXPIRED', 2],
      ],
    ],
    [
      'nothing was there yet',
      ['leaf.pem', '--at', iso(-401)],
      [
        ['CERT_NOT_YET_VALID', 0],
        ['CERT_NOT_YET_VALID', 1],
        ['CERT_NOT_YET_VALID', 2],
      ],
    ],
  ])('%s', async (_name, [source = '', ...words], problems) => {
    const verdict = await judge(file(source), ...words);
    expect(verdict).toMatchObject({ code: problems.length > 0 ? 9 : 0, problems });
  });

  test('of two intermediates with one key the one that is in date is taken', async () => {
    expect(await judge(file('both.pem'), '--name', 'localhost')).toMatchObject({ code: 0, problems: [] });
    const { json } = await judge(file('both.pem'));

    expect(json.chain[1].daysLeft).toBeGreaterThan(0);
  });

  test('days are counted from the moment that was asked for', async () => {
    const { json } = await judge(file('leaf.pem'), '--at', iso(-10));
    expect(json.chain[0].daysLeft).toBe(-11);
    expect(json.problems[0].why[0]).toContain('(10 days ago)');
  });
});

describe('revocation lists', () => {
  test.each<[string, string[], number, [string, number][]]>([
    ['a list of today', ['--crl', file('list.pem')], 0, []],
    ['an old one', ['--crl', file('old-list.pem')], 11, [['CRL_HAS_EXPIRED', 0]]],
    ['one of the future', ['--crl', file('future-list.pem')], 11, [['CRL_NOT_YET_VALID', 0]]],
    ['an old one beside that of today', ['--crl', file('old-list.pem'), '--crl', file('list.pem')], 0, []],
    [
      'an old one that names the certificate',
      ['--crl', file('old-list-revoked.pem')],
      10,
      [
        ['CERT_REVOKED', 0],
        ['CRL_HAS_EXPIRED', 0],
      ],
    ],
    [
      'an old one, and another name',
      ['--crl', file('old-list.pem'), '--name', 'example.org'],
      8,
      [
        ['HOSTNAME_MISMATCH', 0],
        ['CRL_HAS_EXPIRED', 0],
      ],
    ],
  ])('%s', async (_name, words, code, problems) => {
    expect(await judge(file('fresh.pem'), ...words)).toMatchObject({ code, problems });
  });

  test.each<[string, number, [string, number][]]>([
    ['inside', -51, []],
    ['behind', -49, [['CRL_HAS_EXPIRED', 0]]],
    ['before', -61, [['CRL_NOT_YET_VALID', 0]]],
    [
      'behind, with a certificate that is over too',
      -19,
      [
        ['CRL_HAS_EXPIRED', 0],
        ['CERT_HAS_EXPIRED', 0],
        ['CERT_HAS_EXPIRED', 1],
      ],
    ],
  ])('--at %s the dates of a list', async (_where, at, problems) => {
    const words = [file('old.pem'), '--crl', file('old-list.pem'), '--at', iso(at)];
    expect(await judge(...words)).toMatchObject({ code: problems.length > 0 ? 11 : 0, problems });
  });

  test('the words give the date of the list and the moment', async () => {
    const { json } = await judge(file('fresh.pem'), '--crl', file('old-list.pem'));
    expect(json.problems[0].why[0]).toContain(iso(-50).slice(0, 10));
    const asked = await judge(file('old.pem'), '--crl', file('old-list.pem'), '--at', iso(-49));
    expect(asked.json.problems[0].why[0]).toContain(`you asked for ${iso(-49).slice(0, 10)}`);
  });

  test('connect refuses an old list too, and says which it is', async () => {
    const words = ['connect', `localhost:${await tlsServer(fresh)}`, ...trust];
    expect(await sslkit([...words, '--crl', file('list.pem')])).toMatchObject({ code: 0 });
    const { code, json } = await sslkitJson([...words, '--crl', file('old-list.pem')]);
    expect({ code, problem: json.problem.code }).toEqual({ code: 11, problem: 'CRL_HAS_EXPIRED' });
    expect(json.problem.why[0]).toContain(iso(-50).slice(0, 10));
  });
});

test.each(['9999-12-31T23:59-12:00', '0000-01-01T00:00+12:00', '2027-02-30', 'yesterday'])(
  '--at %s ends with 2',
  async (at) => {
    expect(await sslkit(['verify', file('fresh.pem'), ...trust, '--at', at])).toMatchObject({ code: 2, stdout: '' });
  },
);

test.skipIf(!hasOpenssl)(
  'agrees with openssl verify -attime (skipped without openssl)',
  async () => {
    const words = ['verify', '-purpose', 'sslserver', '-CAfile', file('root.pem'), '-untrusted', file('older.pem')];
    const lists = ['-untrusted', file('newer.pem'), '-crl_check', '-CRLfile', file('old-list.pem')];
    for (const at of [-401, -201, -199, -61, -51, -49, -29, -19, 0]) {
      const moment = String(Math.floor(day(at).getTime() / 1000));
      const theirs = await promisify(execFile)('openssl', [
        ...words,
        ...lists,
        '-attime',
        moment,
        file('leaf.pem'),
      ]).then(
        () => true,
        () => false,
      );
      const more = ['--untrusted', file('older.pem'), '--crl', file('old-list.pem'), '--at', iso(at)];
      expect((await sslkit(['verify', file('leaf.pem'), ...trust, ...more])).code === 0, `day ${at}`).toBe(theirs);
    }
  },
  60_000,
);
