import { SUITES } from '../certificates.mjs';
import { runCases } from '../measuring.mjs';

const CHUNKS = { '16 KiB': 16 << 10, '64 KiB': 64 << 10, '1 MiB': 1 << 20 };
const BYTES = 24 << 20; // of plaintext for one turn: some 12 ms of a core at least

/** One connection in memory, plaintext in chunks from the client to the server. */
export const bulk = {
  title: 'Sans-IO bulk: both ends in one process, TLS 1.3',
  async run(settings) {
    const results = [];
    for (const [name, suite] of Object.entries(SUITES)) {
      const cases = Object.entries(CHUNKS).map(([size, chunk]) => ({
        name: `${name}, ${size}`,
        command: `bulk ${suite} ${chunk} ${BYTES / chunk} 1`,
      }));
      results.push(
        await runCases(
          { ...settings, suite },
          { contenders, cases, comparisons, warmUp: [`bulk ${suite} 65536 4000 1`] },
        ),
      );
    }
    return results;
  },
};

const contenders = ['fast', 'bio', 'tls', 'cpython', 'c'];
const comparisons = [
  { one: 'fast', other: 'c', goal: 0.9 },
  { one: 'fast', other: 'tls', goal: 2 },
  { one: 'fast', other: 'cpython' },
  { one: 'bio', other: 'c' },
  { one: 'bio', other: 'tls' },
  { one: 'bio', other: 'cpython', goal: 1 },
  { one: 'c', other: 'tls' },
];
