import { X509Certificate } from 'node:crypto';
import { scale } from '@sslkit/test-support/thorough.ts';
import { checkHost, checkIp, createCertificate } from '@sslkit/x509';
import { expect, test } from 'vitest';

/** Numbers below `limit` from a seed: the linear congruential generator of Numerical Recipes. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const parts = ['a', 'B', 'xn--', '*', '-', '_', '.', '.', '.', 'com', '1', 'a*', '*a', '*.', 'é', '\0'];
const rounds = Number(process.env['SSLKIT_HOSTNAME_ROUNDS'] ?? scale(400, 40));

test(`checkHost answers as the OpenSSL of this Node on ${rounds} certificates with random patterns`, async () => {
  const random = randomFrom(20260101);
  const text = (length: number) => Array.from({ length }, () => parts[random(parts.length)]).join('');
  const key = await createCertificate();
  for (let round = 0; round < rounds; round++) {
    const pattern = `${['', '*.', 'x*.', '*x.'][random(4)]}${text(1 + random(5))}`;
    const inName = random(4) === 0;
    const { certificate } = await createCertificate({
      privateKey: key.privateKey,
      subject: inName ? { commonName: pattern } : {},
      names: inName ? [{ ip: '1.2.3.4' }] : [{ dns: Buffer.from(pattern) }, { dns: 'other.example' }],
    });
    const peer = new X509Certificate(certificate);
    const cert = inName
      ? { subject: [[['commonName', pattern]]] as const, subjectAltName: [['IP Address', '1.2.3.4']] as const }
      : {
          subjectAltName: [
            ['DNS', pattern],
            ['DNS', 'other.example'],
          ] as const,
        };
    const hosts = [pattern, pattern.toUpperCase(), `.${pattern}`, pattern.slice(1)];
    for (const star of ['b', '', 'xn--b', 'a_b', 'a.b', '*', '-'])
      hosts.push(pattern.replace('*', star), `${star}.${pattern}`);
    for (const host of hosts) {
      if (host.includes('\0') || host === '') continue;
      for (const partialWildcards of [false, true]) {
        const expected = peer.checkHost(host, { partialWildcards }) !== undefined;
        const found = checkHost(cert, host, { partialWildcards }) !== undefined;
        expect(found, JSON.stringify({ pattern, host, partialWildcards, inName })).toBe(expected);
      }
    }
  }
});

test('checkIp answers as the OpenSSL of this Node, but for numbers with leading zeros', async () => {
  const ips = ['10.0.0.1', '::1', '1:2:3:4:5:6:7:0', '::ffff:1.2.3.4', '2001:db8::1'];
  const { certificate } = await createCertificate({ names: ips.map((ip) => ({ ip })) });
  const peer = new X509Certificate(certificate);
  const cert = { subjectAltName: ips.map((ip) => ['IP Address', ip] as const) };
  const spellings = [
    ...ips,
    ...[
      '10.0.0.2',
      '10.0.1',
      '10.0.0.1.',
      '10.0.0.257',
      '10.0.0.1x',
      '::',
      '0::1',
      '::01',
      '::00001',
      ':::1',
      '1:2:3:4:5:6:7::',
    ],
    ...[
      '1:2:3:4:5:6:0.7.0.0',
      '1::2:3:4:5:6:7:0',
      '::FFFF:102:304',
      '1.2.3.4',
      '[::1]',
      '::1%lo',
      '2001:DB8:0:0::1',
      '2001:db8::1::',
    ],
  ];
  for (const address of spellings) {
    expect(checkIp(cert, address) !== undefined, address).toBe(isFound(peer, address));
  }
});

/** Node throws for a text that OpenSSL does not take for an address. */
function isFound(peer: X509Certificate, address: string): boolean {
  try {
    return peer.checkIP(address) !== undefined;
  } catch {
    return false;
  }
}
