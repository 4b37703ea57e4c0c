import { CONNECTIONS_OF_WARM_UP, runCases } from '../measuring.mjs';

const VERSIONS = ['1.3', '1.2'];
const KEYS = { 'P-256': 'ecdsa', 'RSA-2048': 'rsa' };

// It takes that much longer, where each connection takes little.
const countFor = (contender, count) => (contender === 'tls' ? Math.ceil(count / 2) : count);

/** A connection after the other: certificate and name verified, tickets, close_notify both ways, freed. */
const makePart = (title, kind, counts, goals) => ({
  title,
  run: (settings) =>
    runCases(settings, {
      warmUp: [`handshakes 1.3 ecdsa resumed ${CONNECTIONS_OF_WARM_UP} 0`],
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
  { 1.3: 30, 1.2: 30 },
  { c: 0.92, tls: 1.9 },
);

export const resumed = makePart(
  'Resumed handshakes: both ends in one process',
  'resumed',
  { 1.3: 80, 1.2: 240 },
  {
    c: 0.9,
    tls: 3,
    cpython: 1.4,
  },
);
