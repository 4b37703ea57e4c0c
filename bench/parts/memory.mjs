import { runCases } from '../measuring.mjs';

const COUNT = 300; // pairs for one answer

/** Resident memory for a connection in memory, client and server together, handshake done. */
export const memory = {
  title: 'Memory of an idle connection: both ends in one process',
  run: (settings) =>
    process.platform === 'linux'
      ? runCases(
          // It hardly differs from one time to the next, and each time takes seconds.
          { ...settings, rounds: Math.min(settings.rounds, 3) },
          {
            // Memory that was used once is not given back, so each answer is that of a fresh process.
            fresh: true,
            contenders: ['fast', 'bio', 'tls', 'cpython', 'c'],
            cases: [
              { name: 'before traffic', command: `memory idle ${COUNT}` },
              {
                name: 'after 64 KiB each way',
                command: `memory used ${COUNT}`,
                goals: { 'fast:tls': 2, 'bio:tls': 2 },
              },
            ],
            comparisons: ['fast', 'bio'].flatMap((one) => ['c', 'tls', 'cpython'].map((other) => ({ one, other }))),
          },
        )
      : { rows: [], missing: { everything: 'resident memory is read from /proc, which only Linux has' }, about: {} },
};
