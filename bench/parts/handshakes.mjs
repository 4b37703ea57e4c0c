import { runCases } from '../measuring.mjs';

const VERSIONS = ['1.3', '1.2'];
const KEYS = { 'P-256': 'ecdsa', 'RSA-2048': 'rsa' };

/** A connection after the other: certificate and name verified, tickets, close_notify both ways, freed. */
const makePart = (title, kind, counts, goals) => ({
  title,
  run: (settings) =>
    runCases(settings, {
      contenders: ['fast', 'bio', 'tls', 'cpython', 'c'],
      cases: VERSIONS.flatMap((version) =>
        Object.entries(KEYS).map(([name, key]) => ({
          name: `TLS ${version}, ${name}`,
          command: `handshakes ${version} ${key} ${kind} ${counts[version]} 0`,
        })),
      ),
      comparisons: ['fast', 'bio'].flatMap((one) => [
        { one, other: 'c', goal: goals.c },
        { one, other: 'tls', goal: goals.tls },
        { one, other: 'cpython', goal: goals.cpython },
      ]),
    }),
});

export const handshakes = makePart(
  'Full handshakes: both ends in one process',
  'full',
  { 1.3: 200, 1.2: 200 },
  { c: 0.92, tls: 1.9 },
);

export const resumed = makePart(
  'Resumed handshakes: both ends in one process',
  'resumed',
  { 1.3: 300, 1.2: 1500 },
  {
    c: 0.9,
    tls: 3,
    cpython: 1.4,
  },
);
