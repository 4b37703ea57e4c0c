import { CONNECTIONS_OF_WARM_UP, runCases } from '../measuring.mjs';

const contenders = ['own', 'stream', 'tcp'];
const goals = (own, stream) => [
  { one: 'own', other: 'tcp', goal: own },
  { one: 'stream', other: 'tcp', goal: stream },
];
const makePart = (title, cases, comparisons, warmUp) => ({
  title,
  // Fewer and longer than elsewhere, for each turn opens connections anew.
  run: (settings) => runCases(settings, { turns: 3, warmUp, contenders, cases, comparisons }),
});

/** Client and server in two processes; the CPU time is that of both. */
export const tcpBulk = makePart(
  'Bulk over loopback TCP, both ends of the same kind, TLS 1.3',
  ['up', 'down'].flatMap((direction) => [
    { name: `64 KiB, ${direction}`, command: `tcp-bulk ${direction} 65536 640` },
    { name: `1 MiB, ${direction}`, command: `tcp-bulk ${direction} 1048576 40` },
  ]),
  goals(1.4, 1.1),
  ['up', 'down'].map((direction) => `tcp-bulk ${direction} 65536 3200`),
);

export const tcpPing = makePart(
  'Ping-pong of 100 bytes over loopback TCP, TLS 1.3',
  [
    { name: '1 at a time', command: 'tcp-ping 1 2000' },
    { name: '64 at a time', command: 'tcp-ping 64 3200' },
  ],
  goals(1.2),
  ['tcp-ping 1 8000'],
);

export const tcpConnect = makePart(
  'Connections over loopback TCP: connect, handshake, close_notify, TLS 1.3, P-256, 8 at a time',
  [
    { name: 'full handshakes', command: 'tcp-connect full 96 8', goals: { 'own:tcp': 1.3 } },
    { name: 'resumed', command: 'tcp-connect resumed 160 8', goals: { 'own:tcp': 1.5 } },
  ],
  goals(),
  [`tcp-connect resumed ${CONNECTIONS_OF_WARM_UP} 8`],
);

/** How late the timers of a server are while connections storm in: less is better. */
export const tcpStorm = {
  title: 'Event-loop delay of a server, p99, under a storm of full handshakes: 64 at a time, TLS 1.3, P-256',
  run: (settings) =>
    runCases(settings, {
      contenders: ['own', 'tcp'],
      cases: [{ name: 'full handshakes', command: 'tcp-storm 500 64' }],
      turns: 1, // it ends when the storm does, and needs to last
      comparisons: [{ one: 'own', other: 'tcp', goal: 1 }],
    }),
};

/** Resident memory of a server for a connection that waits; each answer is that of a fresh process. */
export const tcpMemory = {
  title: 'Memory of an idle connection of a server over loopback TCP',
  run: (settings) =>
    process.platform === 'linux'
      ? runCases(
          // It hardly differs from one time to the next, and each time takes seconds.
          { ...settings, rounds: Math.min(settings.rounds, 2) },
          {
            fresh: true,
            contenders: ['own', 'tcp'],
            cases: [
              { name: 'before traffic', command: 'tcp-memory idle 3000' },
              { name: 'after 64 KiB each way', command: 'tcp-memory used 600' },
            ],
            comparisons: [{ one: 'own', other: 'tcp', goal: 1.33 }],
          },
        )
      : { rows: [], missing: { everything: 'resident memory is read from /proc, which only Linux has' }, about: {} },
};
