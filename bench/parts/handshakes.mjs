import { runCases } from '../measuring.mjs';

const VERSIONS = ['1.3', '1.2'];
const KEYS = { 'P-256': 'ecdsa', 'RSA-2048': 'rsa' };

// It takes that much longer, where each connection takes little.
const countFor = (contender, count) => (contender === 'tls' ? Math.ceil(count / 2) : count);

/** A connection after the other: certificate and name verified, tickets, close_notify both ways, freed. */
const makePart = (title, kind, counts, goals) => ({
  title,
  run: (settings) =>
    runCases(settings, {
      turns: 2, // long ones, for node:tls reaches its speed only after some fifty connections in a row
      contenders: ['fast', 'bio', 'tls', 'cpython', 'c'],
      cases: VERSIONS.flatMap((version) =>
        Object.entries(KEYS).map(([name, key]) => ({
          name: `TLS ${version}, ${name}`,
          command: (contender) => `handshakes ${version} ${key} ${kind} ${countFor(contender, counts[version])} 0`,
          units: (contender) => countFor(contender, counts[version]),
        })),
      ),
      comparisons: [
        ...['fast', 'bio'].flatMap((one) => [
          { one, other: 'c', goal: goals.c },
          { one, other: 'tls', goal: goals.tls },
          { one, other: 'cpython', goal: goals.cpython },
        ]),
        { one: 'c', other: 'tls' },
      ],
    }),
});

export const handshakes = makePart(
  'Full handshakes: both ends in one process',
  'full',
  { 1.3: 100, 1.2: 100 },
  { c: 0.92, tls: 1.9 },
);

export const resumed = makePart(
  'Resumed handshakes: both ends in one process',
  'resumed',
  { 1.3: 250, 1.2: 500 },
  {
    c: 0.9,
    tls: 3,
    cpython: 1.4,
  },
);
